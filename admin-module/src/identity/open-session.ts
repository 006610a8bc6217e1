// Сеанс человека: короткий токен доступа и одноразовый токен обновления. Общий конец входа, продления и смены пароля.
import { randomUUID } from 'node:crypto';
import { type AdminUser, recordLogin } from '../accounts/admin-users-table.ts';
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';
import { hashSecret, newRefreshToken } from './secrets.ts';
import { insertRefreshToken, insertSession } from './sessions-table.ts';
import type { TokenSigner } from './sign-token.ts';

export type Session = Schemas['Session'];

export interface SessionRules {
  readonly signer: TokenSigner;
  /** Сколько живёт неиспользованный токен обновления, мс. */
  readonly refreshLifeMs: number;
  /** Сколько живёт сеанс, как бы часто его ни продлевали, мс. */
  readonly sessionLifeMs: number;
}

export async function openSession(
  db: Db,
  rules: SessionRules,
  o: { user: AdminUser; remoteAddress: string | null },
): Promise<Session> {
  const sessionId = randomUUID();
  await insertSession(db, {
    id: sessionId,
    userId: o.user.id,
    lifeMs: rules.sessionLifeMs,
    remoteAddress: o.remoteAddress,
  });
  await recordLogin(db, o.user.id);
  return await continueSession(db, rules, { user: o.user, sessionId });
}

/** Новая пара токенов того же сеанса. */
export async function continueSession(
  db: Db,
  { signer, refreshLifeMs }: SessionRules,
  { user, sessionId }: { user: AdminUser; sessionId: string },
): Promise<Session> {
  const refreshToken = newRefreshToken();
  const refreshSeconds = await insertRefreshToken(db, {
    tokenHash: hashSecret(refreshToken),
    sessionId,
    lifeMs: refreshLifeMs,
  });
  const accessToken = await signer.signForUser({
    userId: user.id,
    username: user.username,
    role: user.role,
    sessionId,
    mustChangePassword: user.must_change_password,
  });
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: signer.lifeSeconds,
    refresh_token: refreshToken,
    refresh_expires_in: refreshSeconds,
    must_change_password: user.must_change_password,
    user,
  };
}
