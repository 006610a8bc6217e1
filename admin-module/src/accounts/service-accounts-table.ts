// Таблица service_accounts: учётные записи служб. Секреты здесь — только хеши, наружу они не отдаются.
import type { Scope } from '@artstore/contracts';
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';

export type ServiceAccount = Schemas['ServiceAccount'];

/** То, что нужно для проверки секрета. */
export interface AccountSecrets {
  readonly id: string;
  readonly client_id: string;
  readonly scopes: Scope[];
  readonly status: ServiceAccount['status'];
  readonly secret_hash: Buffer;
  readonly secret_expires_at: string | null;
  readonly previous_secret_hash: Buffer | null;
  readonly previous_secret_expires_at: string | null;
}

export interface NewAccount {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly secretHash: Buffer;
  /** Сколько дней действует секрет; 0 — бессрочно. */
  readonly secretTtlDays: number;
}

export interface AccountEdit {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  readonly status?: ServiceAccount['status'] | undefined;
}

const COLUMNS = `id, name, description, client_id, scopes, status, secret_expires_at,
  case when previous_secret_expires_at > now() then previous_secret_expires_at end as previous_secret_expires_at,
  last_used_at, created_at, updated_at`;

const EXPIRY = (days: string): string =>
  `case when ${days}::int = 0 then null else now() + ${days} * interval '1 day' end`;

export async function findAccountSecrets(db: Db, clientId: string): Promise<AccountSecrets | undefined> {
  const { rows } = await db.query<AccountSecrets>(
    `select id, client_id, scopes, status, secret_hash, secret_expires_at, previous_secret_hash, previous_secret_expires_at
     from service_accounts where client_id = $1`,
    [clientId],
  );
  return rows[0];
}

/** undefined — учётная запись с таким client_id уже есть (при `ifAbsent`). */
export async function insertAccount(
  db: Db,
  account: NewAccount,
  ifAbsent = false,
): Promise<ServiceAccount | undefined> {
  const { rows } = await db.query<ServiceAccount>(
    `insert into service_accounts (id, name, description, client_id, scopes, status, secret_hash, secret_expires_at)
     values ($1, $2, $3, $4, $5, 'active', $6, ${EXPIRY('$7')})
     ${ifAbsent ? 'on conflict (client_id) do nothing' : ''} returning ${COLUMNS}`,
    [
      account.id,
      account.name,
      account.description,
      account.clientId,
      account.scopes,
      account.secretHash,
      account.secretTtlDays,
    ],
  );
  return rows[0];
}

export async function getAccount(db: Db, id: string, lock = false): Promise<ServiceAccount | undefined> {
  const { rows } = await db.query<ServiceAccount>(
    `select ${COLUMNS} from service_accounts where id = $1 ${lock ? 'for update' : ''}`,
    [id],
  );
  return rows[0];
}

export async function listAccounts(
  db: Db,
  o: { status?: string | undefined; limit: number; offset: number },
): Promise<{ items: ServiceAccount[]; total: number }> {
  const { rows } = await db.query<ServiceAccount>(
    `select ${COLUMNS} from service_accounts where ($1::text is null or status = $1) order by name, id limit $2 offset $3`,
    [o.status ?? null, o.limit, o.offset],
  );
  const count = await db.query<{ total: number }>(
    `select count(*) as total from service_accounts where ($1::text is null or status = $1)`,
    [o.status ?? null],
  );
  return { items: rows, total: count.rows[0]?.total ?? 0 };
}

export async function updateAccount(db: Db, id: string, edit: AccountEdit): Promise<ServiceAccount | undefined> {
  const { rows } = await db.query<ServiceAccount>(
    `update service_accounts set name = coalesce($2, name), description = coalesce($3, description),
       scopes = coalesce($4, scopes), status = coalesce($5, status), updated_at = now()
     where id = $1 returning ${COLUMNS}`,
    [id, edit.name ?? null, edit.description ?? null, edit.scopes ?? null, edit.status ?? null],
  );
  return rows[0];
}

/** Новый секрет; прежний живёт ещё `overlapHours` часов, но не дольше своего срока. */
export async function replaceSecret(
  db: Db,
  o: { id: string; secretHash: Buffer; secretTtlDays: number; overlapHours: number },
): Promise<ServiceAccount | undefined> {
  const { rows } = await db.query<ServiceAccount>(
    `update service_accounts set
       previous_secret_hash = case when $4::int > 0 then secret_hash end,
       previous_secret_expires_at = case when $4 > 0 then least(now() + $4 * interval '1 hour', secret_expires_at) end,
       secret_hash = $2, secret_expires_at = ${EXPIRY('$3')}, updated_at = now()
     where id = $1 returning ${COLUMNS}`,
    [o.id, o.secretHash, o.secretTtlDays, o.overlapHours],
  );
  return rows[0];
}

export async function deleteAccount(db: Db, id: string): Promise<void> {
  await db.query('delete from service_accounts where id = $1', [id]);
}

/** Записывает накопленные времена последнего использования; более позднее не затирается. */
export async function touchAccounts(db: Db, used: ReadonlyMap<string, Date>): Promise<void> {
  await db.query(
    `update service_accounts set last_used_at = greatest(last_used_at, used.at)
     from unnest($1::uuid[], $2::timestamptz[]) as used(id, at) where service_accounts.id = used.id`,
    [[...used.keys()], [...used.values()]],
  );
}
