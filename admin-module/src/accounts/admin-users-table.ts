// Таблица admin_users: учётные записи людей. Хеш пароля отдаётся только тем, кто его проверяет.
import type { Role } from '@artstore/contracts';
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';
import { hashName, plainName } from '../identity/lockout.ts';
import { lockedUntil } from '../identity/login-attempts-table.ts';

export type AdminUser = Schemas['AdminUser'];

type StoredUser = Omit<AdminUser, 'locked_until'>;

export interface UserCredentials {
  readonly user: AdminUser;
  readonly passwordHash: string;
  /** Одноразовый пароль, которым не вошли вовремя: он лежит в чьей-то переписке и больше не годится. */
  readonly expired: boolean;
}

const ONE_TIME_PASSWORD_DAYS = 7;

const COLUMNS = `id, username, full_name, role, status, must_change_password, last_login_at, password_changed_at,
  created_at, updated_at`;

async function withLocks(db: Db, users: readonly StoredUser[]): Promise<AdminUser[]> {
  const hashes = users.map((user) => hashName(user.username));
  const locks = await lockedUntil(db, hashes);
  return users.map((user, index) => ({
    ...user,
    locked_until: locks.get(hashes[index]?.toString('hex') ?? '') ?? null,
  }));
}

export async function insertUser(
  db: Db,
  o: { id: string; username: string; fullName: string; role: Role; passwordHash: string; mustChangePassword: boolean },
): Promise<AdminUser | undefined> {
  const { rows } = await db.query<StoredUser>(
    `insert into admin_users (id, username, full_name, role, status, password_hash, must_change_password)
     values ($1, $2, $3, $4, 'active', $5, $6) on conflict (lower(username)) do nothing returning ${COLUMNS}`,
    [o.id, o.username, o.fullName, o.role, o.passwordHash, o.mustChangePassword],
  );
  return (await withLocks(db, rows))[0];
}

export async function hasUsers(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ exist: boolean }>('select exists (select from admin_users) as exist');
  return rows[0]?.exist ?? false;
}

export async function getUser(db: Db, id: string, lock = false): Promise<AdminUser | undefined> {
  const { rows } = await db.query<StoredUser>(
    `select ${COLUMNS} from admin_users where id = $1 ${lock ? 'for update' : ''}`,
    [id],
  );
  return (await withLocks(db, rows))[0];
}

export async function findCredentials(db: Db, username: string): Promise<UserCredentials | undefined> {
  const { rows } = await db.query<StoredUser & { password_hash: string; expired: boolean }>(
    `select ${COLUMNS}, password_hash,
       must_change_password and password_changed_at < now() - $2 * interval '1 day' as expired
     from admin_users where lower(username) = $1`,
    [plainName(username), ONE_TIME_PASSWORD_DAYS],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { password_hash: passwordHash, expired, ...user } = row;
  return { user: { ...user, locked_until: null }, passwordHash, expired };
}

/**
 * Держит запись человека до конца транзакции, если он действует и его пароль всё тот же.
 * Пока пароль проверяли, его могли сменить, а человека — отключить: такой вход открыл бы сеанс уже после закрытия прежних.
 */
export async function holdUser(db: Db, id: string, passwordHash: string): Promise<AdminUser | undefined> {
  const { rows } = await db.query<StoredUser>(
    `select ${COLUMNS} from admin_users where id = $1 and password_hash = $2 and status = 'active' for update`,
    [id, passwordHash],
  );
  return (await withLocks(db, rows))[0];
}

export async function listUsers(
  db: Db,
  o: { role?: string | undefined; status?: string | undefined; limit: number; offset: number },
): Promise<{ items: AdminUser[]; total: number }> {
  const filter = `($1::text is null or role = $1) and ($2::text is null or status = $2)`;
  const { rows } = await db.query<StoredUser>(
    `select ${COLUMNS} from admin_users where ${filter} order by lower(username) limit $3 offset $4`,
    [o.role ?? null, o.status ?? null, o.limit, o.offset],
  );
  const count = await db.query<{ total: number }>(`select count(*) as total from admin_users where ${filter}`, [
    o.role ?? null,
    o.status ?? null,
  ]);
  return { items: await withLocks(db, rows), total: count.rows[0]?.total ?? 0 };
}

export async function updateUser(
  db: Db,
  id: string,
  edit: { role?: Role | undefined; status?: AdminUser['status'] | undefined; fullName?: string | undefined },
): Promise<AdminUser | undefined> {
  const { rows } = await db.query<StoredUser>(
    `update admin_users set role = coalesce($2, role), status = coalesce($3, status), full_name = coalesce($4, full_name),
       updated_at = now() where id = $1 returning ${COLUMNS}`,
    [id, edit.role ?? null, edit.status ?? null, edit.fullName ?? null],
  );
  return (await withLocks(db, rows))[0];
}

export async function setPassword(
  db: Db,
  id: string,
  o: { passwordHash: string; mustChangePassword: boolean },
): Promise<AdminUser | undefined> {
  const { rows } = await db.query<StoredUser>(
    `update admin_users set password_hash = $2, must_change_password = $3, password_changed_at = now(), updated_at = now()
     where id = $1 returning ${COLUMNS}`,
    [id, o.passwordHash, o.mustChangePassword],
  );
  return (await withLocks(db, rows))[0];
}

export async function recordLogin(db: Db, id: string): Promise<void> {
  await db.query('update admin_users set last_login_at = now() where id = $1', [id]);
}

export async function deleteUser(db: Db, id: string): Promise<void> {
  await db.query('delete from admin_users where id = $1', [id]);
}

/** Действующие admin, удержанные до конца транзакции: двое не смогут разом убрать друг друга. */
export async function lockActiveAdmins(db: Db): Promise<{ id: string; username: string }[]> {
  const { rows } = await db.query<{ id: string; username: string }>(
    `select id, username from admin_users where role = 'admin' and status = 'active' order by id for update`,
  );
  return rows;
}
