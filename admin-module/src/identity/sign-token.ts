// Токен доступа: какие утверждения в нём стоят (RFC 9068, 2.2). Подписывает ключница.
import { randomUUID } from 'node:crypto';
import type { Role, Scope } from '@artstore/contracts';
import type { SigningKeys } from './signing-keys.ts';

/** Получатель токенов для модулей самой системы. */
export const SYSTEM_AUDIENCE = 'artstore';
/** С таким получателем токен годится только на смену временного пароля: остальные модули его не примут. */
export const PASSWORD_CHANGE_AUDIENCE = 'artstore:password-change';
/** Кем подписаны токены людей и собственные токены модуля. */
export const ADMIN_CLIENT_ID = 'admin-module';

export interface TokenSigner {
  readonly lifeSeconds: number;
  signForService(o: { clientId: string; scopes: readonly Scope[]; audience: string }): Promise<string>;
  signForUser(o: UserClaims): Promise<string>;
}

export interface UserClaims {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly sessionId: string;
  readonly mustChangePassword: boolean;
}

export function createTokenSigner(keys: SigningKeys, o: { issuer: string; lifeSeconds: number }): TokenSigner {
  function common(): { iss: string; iat: number; exp: number; jti: string } {
    const iat = Math.floor(Date.now() / 1000);
    return { iss: o.issuer, iat, exp: iat + o.lifeSeconds, jti: randomUUID() };
  }
  return {
    lifeSeconds: o.lifeSeconds,
    signForService: ({ clientId, scopes, audience }) =>
      keys.sign({
        ...common(),
        aud: audience,
        sub: clientId,
        client_id: clientId,
        scope: scopes.join(' '),
        scopes: [...scopes],
      }),
    signForUser: ({ userId, username, role, sessionId, mustChangePassword }) =>
      keys.sign({
        ...common(),
        aud: mustChangePassword ? PASSWORD_CHANGE_AUDIENCE : SYSTEM_AUDIENCE,
        sub: username,
        client_id: ADMIN_CLIENT_ID,
        uid: userId,
        username,
        role,
        sid: sessionId,
      }),
  };
}
