// Продление сеанса: одноразовый токен обновления меняется на новую пару. Повторное предъявление закрывает сеанс целиком:
// кто из двух предъявивших вор, отсюда не видно (RFC 9700, 4.14.2).
import { ArtError } from '@artstore/contracts';
import { getUser } from '../accounts/admin-users-table.ts';
import { anonymous, type RequestOrigin } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { continueSession, type Session, type SessionRules } from './open-session.ts';
import type { OpenSessions } from './open-sessions.ts';
import { hashSecret } from './secrets.ts';
import { revokeSession, spendRefreshToken } from './sessions-table.ts';

export type RefreshSession = (refreshToken: string, origin: RequestOrigin) => Promise<Session>;

export function createRefreshSession(database: Database, rules: SessionRules, sessions: OpenSessions): RefreshSession {
  return async (refreshToken, origin) => {
    // Отказ — значение, а не исключение: закрытие сеанса и запись о нём должны зафиксироваться.
    const session = await database.transaction(async (db) => {
      const spent = await spendRefreshToken(db, hashSecret(refreshToken));
      if (spent === undefined) return undefined;
      if (spent.reused) {
        await revokeSession(db, spent.sessionId, 'refresh_token_reused');
        await recordAudit(db, {
          actor: anonymous(origin),
          action: 'refresh_token_reused',
          objectType: 'session',
          objectId: spent.sessionId,
          result: 'failure',
          reason: 'a spent refresh token was presented; the session is closed',
        });
        sessions.forget();
        return undefined;
      }
      const user = spent.valid ? await getUser(db, spent.userId) : undefined;
      if (user?.status !== 'active') return undefined;
      return await continueSession(db, rules, { user, sessionId: spent.sessionId });
    });
    if (session === undefined) throw new ArtError('INVALID_REFRESH_TOKEN');
    return session;
  };
}
