// Учётные записи людей. Последнего действующего admin и самого себя нельзя удалить, понизить или отключить;
// смена роли, состояния или пароля закрывает сеансы.
import { randomUUID } from 'node:crypto';
import { ArtError, type Role } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database, Db } from '../database-table.ts';
import { hashName } from '../identity/lockout.ts';
import { forgetAttempts } from '../identity/login-attempts-table.ts';
import type { OpenSessions } from '../identity/open-sessions.ts';
import { checkPasswordStrength } from '../identity/password-rules.ts';
import type { Passwords } from '../identity/passwords.ts';
import { newOneTimePassword } from '../identity/secrets.ts';
import { revokeSessionsOf } from '../identity/sessions-table.ts';
import {
  type AdminUser,
  deleteUser,
  getUser,
  insertUser,
  lockActiveAdmins,
  setPassword,
  updateUser,
} from './admin-users-table.ts';

export interface UserRooms {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly sessions: OpenSessions;
}

export interface UserWish {
  readonly username: string;
  readonly role: Role;
  readonly fullName: string;
  /** Без него выдаётся одноразовый. */
  readonly password: string | undefined;
}

export interface UserEdit {
  readonly role?: Role | undefined;
  readonly status?: AdminUser['status'] | undefined;
  readonly fullName?: string | undefined;
}

export async function createAdminUser(
  { database, passwords }: UserRooms,
  { username, role, fullName, password }: UserWish,
  actor: Actor,
): Promise<{ user: AdminUser; oneTimePassword: string | null }> {
  if (password !== undefined) checkPasswordStrength(password, username, 'body.password');
  const oneTimePassword = password === undefined ? newOneTimePassword() : null;
  const passwordHash = await passwords.hash(password ?? oneTimePassword ?? '');
  const mustChangePassword = oneTimePassword !== null;
  const user = await database.transaction(async (db) => {
    const row = await insertUser(db, { id: randomUUID(), username, fullName, role, passwordHash, mustChangePassword });
    if (row === undefined) {
      throw new ArtError('CONFLICT', {
        explain: { ru: 'Такое имя уже занято.', en: 'This name is already taken.' },
        details: [{ field: 'body.username', message: 'is already taken', ru: 'имя уже занято' }],
      });
    }
    await record(db, { actor, action: 'admin_user_created', objectId: row.id, after: visible(row) });
    return row;
  });
  return { user, oneTimePassword };
}

export async function editAdminUser(
  { database, sessions }: UserRooms,
  { id, edit, actor }: { id: string; edit: UserEdit; actor: Actor },
): Promise<AdminUser> {
  const user = await database.transaction(async (db) => {
    const before = await guard(db, { id, actor, losesAdmin: edit.role === 'readonly' || edit.status === 'disabled' });
    const after = await updateUser(db, id, edit);
    if (after === undefined) throw new ArtError('NOT_FOUND');
    if (before.role !== after.role || before.status !== after.status)
      await revokeSessionsOf(db, id, 'role_or_status_changed');
    await record(db, {
      actor,
      action: 'admin_user_updated',
      objectId: id,
      before: visible(before),
      after: visible(after),
    });
    return after;
  });
  sessions.forget();
  return user;
}

export async function removeAdminUser({ database, sessions }: UserRooms, id: string, actor: Actor): Promise<void> {
  await database.transaction(async (db) => {
    const before = await guard(db, { id, actor, losesAdmin: true });
    await deleteUser(db, id);
    await record(db, { actor, action: 'admin_user_deleted', objectId: id, before: visible(before) });
  });
  sessions.forget();
}

export async function resetPassword(
  { database, passwords, sessions }: UserRooms,
  id: string,
  actor: Actor,
): Promise<string> {
  const oneTimePassword = newOneTimePassword();
  const passwordHash = await passwords.hash(oneTimePassword);
  await database.transaction(async (db) => {
    const user = await setPassword(db, id, { passwordHash, mustChangePassword: true });
    if (user === undefined) throw new ArtError('NOT_FOUND');
    await revokeSessionsOf(db, id, 'password_reset');
    // Закрытому имени новый пароль не помог бы.
    await forgetAttempts(db, hashName(user.username));
    await record(db, { actor, action: 'admin_user_password_reset', objectId: id });
  });
  sessions.forget();
  return oneTimePassword;
}

export async function unlockAdminUser({ database }: UserRooms, id: string, actor: Actor): Promise<void> {
  await database.transaction(async (db) => {
    const user = await getUser(db, id);
    if (user === undefined) throw new ArtError('NOT_FOUND');
    if (!(await forgetAttempts(db, hashName(user.username)))) throw new ArtError('NOT_LOCKED');
    await record(db, { actor, action: 'admin_user_unlocked', objectId: id });
  });
}

/** Не даёт остаться без администратора и навредить самому себе. Возвращает запись до перемены. */
async function guard(
  db: Db,
  { id, actor, losesAdmin }: { id: string; actor: Actor; losesAdmin: boolean },
): Promise<AdminUser> {
  const admins = losesAdmin ? await lockActiveAdmins(db) : [];
  const user = await getUser(db, id, true);
  if (user === undefined) throw new ArtError('NOT_FOUND');
  if (!losesAdmin) return user;
  // Пока ждали замка, вызвавшего самого могли понизить: из двух убирающих друг друга прав остаётся первый.
  if (actor.kind === 'user' && !admins.some(({ username }) => username === actor.subject)) {
    throw new ArtError('FORBIDDEN');
  }
  if (actor.kind === 'user' && actor.subject === user.username) {
    throw new ArtError('CONFLICT', {
      explain: {
        ru: 'С собственной учётной записью этого сделать нельзя.',
        en: 'You cannot do this to your own account.',
      },
    });
  }
  if (admins.length === 1 && admins[0]?.id === id) {
    throw new ArtError('CONFLICT', {
      explain: { ru: 'Это последний действующий администратор.', en: 'This is the last active administrator.' },
    });
  }
  return user;
}

interface UserRecord {
  readonly actor: Actor;
  readonly action: string;
  readonly objectId: string;
  readonly before?: object;
  readonly after?: object;
}

async function record(db: Db, entry: UserRecord): Promise<void> {
  await recordAudit(db, { ...entry, objectType: 'admin_user' });
}

function visible({ username, full_name, role, status }: AdminUser): object {
  return { username, full_name, role, status };
}
