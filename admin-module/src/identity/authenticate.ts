// Опознание по токену в самом модуле управления: подпись, сроки и — для людей — открыт ли ещё сеанс.
// Токен, выданный под временный пароль, узнаётся отдельно: он годится только на смену пароля.
import { bearer, createVerifier } from '@artstore/auth';
import { ArtError, type Principal } from '@artstore/contracts';
import { decodeJwt } from 'jose';
import type { OpenSessions } from './open-sessions.ts';
import { PASSWORD_CHANGE_AUDIENCE, SYSTEM_AUDIENCE } from './sign-token.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface Authentication {
  authenticate(authorization: string | undefined): Promise<Principal>;
  /** @throws FORBIDDEN, если владелец токена обязан сначала сменить пароль. */
  refuseTemporary(principal: Principal): void;
  /** Сеанс человека; у служб его нет. */
  sessionOf(principal: Principal): { sessionId: string; userId: string };
}

interface UserToken {
  readonly sessionId: string;
  readonly userId: string;
  readonly temporary: boolean;
}

export function createAuthentication(o: { keys: SigningKeys; issuer: string; sessions: OpenSessions }): Authentication {
  const verifyOrdinary = createVerifier({ keys: o.keys, issuer: o.issuer, audience: SYSTEM_AUDIENCE });
  const verifyTemporary = createVerifier({ keys: o.keys, issuer: o.issuer, audience: PASSWORD_CHANGE_AUDIENCE });
  // Ключ — сам владелец: проверка отдаёт один и тот же объект на каждый повторный показ того же токена.
  const userTokens = new WeakMap<Principal, UserToken>();

  async function verify(token: string): Promise<Principal> {
    const claims = readClaims(token);
    const temporary = claims['aud'] === PASSWORD_CHANGE_AUDIENCE;
    const principal = await (temporary ? verifyTemporary(token) : verifyOrdinary(token));
    if (principal.kind === 'service') return principal;
    const { sid, uid } = claims;
    if (typeof sid !== 'string' || typeof uid !== 'string' || !(await o.sessions.isOpen(sid))) throw invalidToken();
    userTokens.set(principal, { sessionId: sid, userId: uid, temporary });
    return principal;
  }

  return {
    authenticate: bearer(verify),
    refuseTemporary(principal) {
      if (userTokens.get(principal)?.temporary !== true) return;
      throw new ArtError('FORBIDDEN', {
        explain: { ru: 'Сначала смените временный пароль.', en: 'Change the temporary password first.' },
      });
    },
    sessionOf(principal) {
      const token = userTokens.get(principal);
      if (token === undefined) throw new ArtError('FORBIDDEN');
      return token;
    },
  };
}

/** Утверждения ещё не проверенного токена: по ним только выбирают, чем проверять. */
function readClaims(token: string): Record<string, unknown> {
  try {
    return decodeJwt(token);
  } catch {
    throw invalidToken();
  }
}

function invalidToken(): ArtError {
  return new ArtError('UNAUTHORIZED', {
    headers: { 'www-authenticate': 'Bearer realm="artstore", error="invalid_token"' },
  });
}
