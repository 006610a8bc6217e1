// Выход: закрывает сеанс токена или все сеансы человека.
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import type { OpenSessions } from './open-sessions.ts';
import { revokeSession, revokeSessionsOf } from './sessions-table.ts';

export type LogOut = (o: { sessionId: string; userId: string; all: boolean; actor: Actor }) => Promise<void>;

export function createLogOut(database: Database, sessions: OpenSessions): LogOut {
  return async ({ sessionId, userId, all, actor }) => {
    await database.transaction(async (db) => {
      await (all ? revokeSessionsOf(db, userId, 'logout') : revokeSession(db, sessionId, 'logout'));
      const after = { all };
      await recordAudit(db, { actor, action: 'logout', objectType: 'admin_user', objectId: userId, after });
    });
    sessions.forget();
  };
}
