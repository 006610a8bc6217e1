// Заголовок Authorization → проверенный владелец токена (RFC 6750, 2.1).
import { ArtError, type Principal } from '@artstore/contracts';
import type { Verifier } from './verify-token.ts';

/** Токены ArtStore короче двух килобайт; всё, что заметно длиннее, не наше. */
const TOKEN_CHARS_MAX = 8_192;
const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/**
 * Строит `authenticate` для шасси. Без заголовка и с чужой схемой — UNAUTHORIZED без подробностей:
 * по RFC 6750 (3.1) код ошибки называют только тому, кто токен предъявил.
 */
export function bearer(verify: Verifier): (authorization: string | undefined) => Promise<Principal> {
  return async (authorization) => {
    if (authorization === undefined || authorization.length > TOKEN_CHARS_MAX) throw new ArtError('UNAUTHORIZED');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new ArtError('UNAUTHORIZED');
    return await verify(token);
  };
}
