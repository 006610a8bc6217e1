// Вход по имени и паролю. Ответ, его время и след в журнале не выдают, есть ли такое имя.
import { ArtError, type ErrorCode, isArtError } from '@artstore/contracts';
import { findCredentials, holdUser, type UserCredentials } from '../accounts/admin-users-table.ts';
import { type Actor, anonymous, type RequestOrigin } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Database } from '../database-table.ts';
import { hashName, type Lockout } from './lockout.ts';
import { countFailedLogin } from './login-failures-table.ts';
import { openSession, type Session, type SessionRules } from './open-session.ts';
import type { Passwords } from './passwords.ts';

export interface LogInRooms {
  readonly database: Database;
  readonly lockout: Lockout;
  readonly passwords: Passwords;
  readonly rules: SessionRules;
}

export type LogIn = (o: { username: string; password: string; origin: RequestOrigin }) => Promise<Session>;

export function createLogIn(rooms: LogInRooms, refusals: Refusals): LogIn {
  const { database, rules } = rooms;

  /** Чьё имя закрыто, видно из журнала; имя, которого нет, не пишется: вместо него по ошибке вводят и пароль. */
  async function refuse(username: string, origin: RequestOrigin, code: ErrorCode): Promise<void> {
    await countFailedLogin(database.db);
    const known = await findCredentials(database.db, username);
    await refusals.note(`login ${hashName(username).toString('hex')} ${origin.remoteAddress} ${code}`, {
      actor: anonymous(origin),
      action: 'login',
      objectType: 'admin_user',
      objectId: known?.user.id ?? null,
      reason: code,
    });
  }

  async function open(username: string, password: string, origin: RequestOrigin): Promise<Session> {
    const right = await checkPassword(rooms, username, password);
    const actor: Actor = { ...anonymous(origin, right.user.username), kind: 'user' };
    return await database.transaction(async (db) => {
      const user = await holdUser(db, right.user.id, right.passwordHash);
      if (user === undefined) throw new ArtError('INVALID_CREDENTIALS');
      const session = await openSession(db, rules, { user, remoteAddress: origin.remoteAddress });
      await recordAudit(db, { actor, action: 'login', objectType: 'admin_user', objectId: user.id });
      return session;
    });
  }

  return async ({ username, password, origin }) => {
    try {
      return await open(username, password, origin);
    } catch (error) {
      if (isArtError(error) && REFUSED.has(error.code)) await refuse(username, origin, error.code);
      throw error;
    }
  };
}

const REFUSED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED']);

/**
 * Проверяет пароль в рамках одной попытки.
 * @throws INVALID_CREDENTIALS, ACCOUNT_LOCKED
 */
export async function checkPassword(
  { database, lockout, passwords }: Omit<LogInRooms, 'rules'>,
  username: string,
  password: string,
): Promise<UserCredentials> {
  const found = await lockout.attempt(username, async () => {
    const known = await findCredentials(database.db, username);
    const right = await passwords.verify(password, known?.passwordHash);
    return right && known?.user.status === 'active' && !known.expired ? known : undefined;
  });
  if (found === undefined) throw new ArtError('INVALID_CREDENTIALS');
  return found;
}
