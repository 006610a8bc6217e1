// Токены, с которыми сам модуль управления приходит к элементам: каждый привязан к одному элементу (RFC 8707)
// и подписан здесь же, без обращения к собственной точке выдачи.
import type { Scope } from '@artstore/contracts';
import { ADMIN_CLIENT_ID, type TokenSigner } from '../identity/sign-token.ts';

const SCOPES: readonly Scope[] = ['files:read', 'files:write', 'storage:read', 'storage:write'];
/** Доля жизни токена, после которой берётся новый. */
const RENEW_AT = 2 / 3;

export interface ElementTokens {
  get(storageId: string): Promise<string>;
  /** Элемент отверг токен: следующий будет новым. */
  forget(token: string): void;
}

export function createElementTokens(signer: TokenSigner): ElementTokens {
  const kept = new Map<string, { token: Promise<string>; text: string; renewAtMs: number }>();
  return {
    async get(storageId) {
      const known = kept.get(storageId);
      if (known !== undefined && performance.now() < known.renewAtMs) return await known.token;
      const token = signer.signForService({ clientId: ADMIN_CLIENT_ID, scopes: SCOPES, audience: storageId });
      const entry = { token, text: '', renewAtMs: performance.now() + signer.lifeSeconds * 1000 * RENEW_AT };
      kept.set(storageId, entry);
      try {
        entry.text = await token;
        return entry.text;
      } catch (error) {
        kept.delete(storageId);
        throw error;
      }
    },
    forget(token) {
      for (const [storageId, entry] of kept) if (entry.text === token) kept.delete(storageId);
    },
  };
}
