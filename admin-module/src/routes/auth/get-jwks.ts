// GET /api/v1/auth/jwks: открытые ключи, которыми проверяют наши токены.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { SigningKeys } from '../../identity/signing-keys.ts';

/** Недолго: новый ключ объявляют за минуты до того, как он начнёт подписывать. */
const CACHE = { 'cache-control': 'public, max-age=60' };

export function getJwksRoute(keys: SigningKeys): Handler<AdminOperations['getJwks']> {
  return async () => ({ status: 200, headers: CACHE, body: { keys: [...(await keys.jwks())] } });
}
