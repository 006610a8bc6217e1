// Вход по имени и паролю. Ответ, его время и след в журнале не выдают, есть ли такое имя.
import { ArtError } from '@artstore/contracts';
import { findCredentials, holdUser, type UserCredentials } from '../accounts/admin-users-table.ts';
import { type Actor, anonymous, type RequestOrigin } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import type { Lockout } from './lockout.ts';
import { openSession, type Session, type SessionRules } from './open-session.ts';
import type { Passwords } from './passwords.ts';

export interface LogInRooms {
  readonly database: Database;
  readonly lockout: Lockout;
  readonly passwords: Passwords;
  readonly rules: SessionRules;
}

export type LogIn = (o: { username: string; password: string; origin: RequestOrigin }) => Promise<Session>;

export function createLogIn(rooms: LogInRooms): LogIn {
  const { database, rules } = rooms;
  return async ({ username, password, origin }) => {
    const right = await checkPassword(rooms, { username, password, actor: anonymous(origin) });
    const actor: Actor = { ...anonymous(origin, right.user.username), kind: 'user' };
    return await database.transaction(async (db) => {
      const user = await holdUser(db, right.user.id, right.passwordHash);
      if (user === undefined) throw new ArtError('INVALID_CREDENTIALS');
      const session = await openSession(db, rules, { user, remoteAddress: origin.remoteAddress });
      await recordAudit(db, { actor, action: 'login', objectType: 'admin_user', objectId: user.id });
      return session;
    });
  };
}

/**
 * Проверяет пароль в рамках одной попытки.
 * @throws INVALID_CREDENTIALS, ACCOUNT_LOCKED; обе — с записью в журнал
 */
export async function checkPassword(
  { database, lockout, passwords }: Omit<LogInRooms, 'rules'>,
  { username, password, actor }: { username: string; password: string; actor: Actor },
): Promise<UserCredentials> {
  const refuse = (reason: string): Promise<void> =>
    recordAudit(database.db, { actor, action: 'login', objectType: 'admin_user', result: 'failure', reason });
  try {
    const found = await lockout.attempt(username, async () => {
      const known = await findCredentials(database.db, username);
      const right = await passwords.verify(password, known?.passwordHash);
      return right && known?.user.status === 'active' ? known : undefined;
    });
    if (found !== undefined) return found;
  } catch (error) {
    if (error instanceof ArtError && error.code === 'ACCOUNT_LOCKED') await refuse('locked');
    throw error;
  }
  await refuse('wrong name or password');
  throw new ArtError('INVALID_CREDENTIALS');
}
