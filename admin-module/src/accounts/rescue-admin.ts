// Выручить администратора с самого сервера, без HTTP и без входа: снять блокировку или выдать одноразовый пароль.
// Нужны окружение модуля и база; сам модуль может и работать, и стоять.
import { SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { hashName } from '../identity/lockout.ts';
import { forgetAttempts } from '../identity/login-attempts-table.ts';
import type { Passwords } from '../identity/passwords.ts';
import { newOneTimePassword } from '../identity/secrets.ts';
import { revokeSessionsOf } from '../identity/sessions-table.ts';
import { findCredentials, setPassword } from './admin-users-table.ts';

export interface RescueRooms {
  readonly database: Database;
  readonly passwords: Passwords;
}

/** Чем кончилась команда: код выхода и слова для человека. */
export interface RescueOutcome {
  readonly exitCode: 0 | 1 | 2;
  readonly text: string;
}

const USAGE = `Команды на сервере / Commands on the server:
  unlock NAME           снять блокировку входа / lift the lockout
  reset-password NAME   выдать одноразовый пароль, закрыть сеансы, снять блокировку / issue a one-time password
  dump FILE             записать копию административной части в новый файл / write a dump to a new file
  restore FILE          восстановить из копии в пустую базу / restore into an empty database
`;

export async function rescueAdmin(rooms: RescueRooms, args: readonly string[]): Promise<RescueOutcome> {
  const [command, username, ...rest] = args;
  if (username === undefined || rest.length > 0) return { exitCode: 2, text: USAGE };
  if (command === 'unlock') return await unlock(rooms, username);
  if (command === 'reset-password') return await resetPassword(rooms, username);
  return { exitCode: 2, text: USAGE };
}

async function unlock({ database }: RescueRooms, username: string): Promise<RescueOutcome> {
  const known = await findCredentials(database.db, username);
  if (known === undefined) return nobody(username);
  const wasLocked = await database.transaction(async (db) => {
    const locked = await forgetAttempts(db, hashName(username));
    await record(db, 'admin_user_unlocked', known.user.id);
    return locked;
  });
  const text = wasLocked ? 'Блокировка снята. / Unlocked.' : 'Блокировки не было. / It was not locked.';
  return { exitCode: 0, text: `${known.user.username}: ${text}\n` };
}

async function resetPassword({ database, passwords }: RescueRooms, username: string): Promise<RescueOutcome> {
  const known = await findCredentials(database.db, username);
  if (known === undefined) return nobody(username);
  const { id } = known.user;
  const oneTimePassword = newOneTimePassword();
  const passwordHash = await passwords.hash(oneTimePassword);
  await database.transaction(async (db) => {
    await setPassword(db, id, { passwordHash, mustChangePassword: true });
    await revokeSessionsOf(db, id, 'password_reset');
    await forgetAttempts(db, hashName(username));
    await record(db, 'admin_user_password_reset', id);
  });
  const disabled =
    known.user.status === 'disabled'
      ? 'Учётная запись отключена, войти с ним нельзя. / The account is disabled.\n'
      : '';
  return {
    exitCode: 0,
    text:
      `${known.user.username}: одноразовый пароль / one-time password: ${oneTimePassword}\n` +
      `При входе его надо сменить. / Must be changed at login.\n${disabled}`,
  };
}

async function record(db: Database['db'], action: string, objectId: string): Promise<void> {
  const reason = 'command on the server';
  await recordAudit(db, { actor: SYSTEM, action, objectType: 'admin_user', objectId, reason });
}

function nobody(username: string): RescueOutcome {
  return { exitCode: 1, text: `${username}: такого администратора нет / there is no such administrator\n` };
}
