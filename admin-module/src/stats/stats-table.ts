// Сводка для приборной доски: семь запросов, стоимость которых не зависит от числа файлов.
// Таблицу files они не читают: файлы и их рост считают готовые суммы, час роста — наименьшая мера.
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';
import { COUNTED } from '../registry/file-counters-table.ts';
import { type ExpiryKind, readExpiries } from './expiries-table.ts';

export type Stats = Schemas['Stats'];

export async function readStats(db: Db, { keyAgeMaxMs }: { keyAgeMaxMs: number }): Promise<Stats> {
  return {
    generated_at: new Date().toISOString(),
    files: { ...(await readFiles(db)), growth: await readGrowth(db) },
    storage_elements: await readElements(db),
    service_accounts: await readAccounts(db),
    admin_users: await readUsers(db),
    syncs: await readSyncs(db),
    expiring: await readExpiring(db, keyAgeMaxMs),
  };
}

async function readFiles(db: Db): Promise<Omit<Stats['files'], 'growth'>> {
  const { rows } = await db.query<{ status: string; retention_policy: string; files: number; bytes: number }>(
    `select status, retention_policy, sum(files)::bigint as files, sum(bytes)::bigint as bytes
     from ${COUNTED} group by status, retention_policy`,
  );
  const sum = (wanted: (row: (typeof rows)[number]) => boolean, value: 'files' | 'bytes' = 'files'): number =>
    rows.filter(wanted).reduce((total, row) => total + row[value], 0);
  return {
    total: sum(() => true),
    bytes: sum((row) => row.status !== 'deleted', 'bytes'),
    by_status: {
      active: sum((row) => row.status === 'active'),
      expired: sum((row) => row.status === 'expired'),
      deleted: sum((row) => row.status === 'deleted'),
      corrupted: sum((row) => row.status === 'corrupted'),
      missing: sum((row) => row.status === 'missing'),
    },
    by_policy: {
      temporary: sum((row) => row.retention_policy === 'temporary'),
      permanent: sum((row) => row.retention_policy === 'permanent'),
    },
  };
}

/** Начало отсчёта — начало часа: суммы хранятся по часам, и сутки бывают длиннее на неполный час. */
async function readGrowth(db: Db): Promise<Stats['files']['growth']> {
  const { rows } = await db.query<Stats['files']['growth']>(
    `select json_build_object('files', coalesce(sum(files) filter (where at >= day), 0),
         'bytes', coalesce(sum(bytes) filter (where at >= day), 0)) as last_day,
       json_build_object('files', coalesce(sum(files), 0), 'bytes', coalesce(sum(bytes), 0)) as last_week
     from (select ${hourAgo('1 day')} as day, ${hourAgo('7 days')} as week) as since
     cross join lateral (
       select hour as at, files, bytes from file_growth_hours where hour >= week
       union all
       select at, files, bytes from file_counter_deltas where status <> 'deleted' and at >= week) as grown`,
  );
  return only(rows);
}

function hourAgo(interval: string): string {
  return `date_trunc('hour', now() - interval '${interval}', 'UTC')`;
}

async function readElements(db: Db): Promise<Stats['storage_elements']> {
  const { rows } = await db.query<Stats['storage_elements']>(
    `select count(*) as total,
       json_build_object('online', count(*) filter (where status = 'online'),
         'degraded', count(*) filter (where status = 'degraded'), 'offline', count(*) filter (where status = 'offline'),
         'maintenance', count(*) filter (where status = 'maintenance')) as by_status,
       json_build_object('edit', count(*) filter (where mode = 'edit'), 'rw', count(*) filter (where mode = 'rw'),
         'ro', count(*) filter (where mode = 'ro'), 'ar', count(*) filter (where mode = 'ar')) as by_mode,
       coalesce(sum(capacity_bytes), 0)::bigint as capacity_bytes, coalesce(sum(used_bytes), 0)::bigint as used_bytes,
       coalesce(sum(available_bytes), 0)::bigint as available_bytes,
       json_build_object(${MODES.map((mode) => `'${mode}', ${capacityOf(mode)}`).join(', ')}) as capacity_by_mode
     from storage_elements where removed_at is null`,
  );
  return only(rows);
}

const MODES: readonly (keyof Stats['storage_elements']['capacity_by_mode'])[] = ['edit', 'rw', 'ro', 'ar'];

function capacityOf(mode: string): string {
  const sums = ['capacity_bytes', 'used_bytes', 'available_bytes'].map(
    (column) => `'${column}', coalesce(sum(${column}) filter (where mode = '${mode}'), 0)`,
  );
  return `json_build_object(${sums.join(', ')})`;
}

async function readAccounts(db: Db): Promise<Stats['service_accounts']> {
  const { rows } = await db.query<Stats['service_accounts']>(
    `select count(*) as total, count(*) filter (where status = 'active') as active,
       count(*) filter (where status = 'suspended') as suspended,
       count(*) filter (where secret_expires_at <= now()) as secrets_expired,
       count(*) filter (where secret_expires_at > now() and secret_expires_at <= now() + interval '14 days')
         as secrets_expiring_soon
     from service_accounts`,
  );
  return only(rows);
}

async function readUsers(db: Db): Promise<Stats['admin_users']> {
  const { rows } = await db.query<Stats['admin_users']>(
    `select count(*) as total, count(*) filter (where status = 'active') as active,
       count(*) filter (where sha256(convert_to(lower(username), 'UTF8')) in (
         select name_hash from login_attempts where locked_until > now())) as locked,
       (select coalesce(sum(failures), 0)::bigint from login_failure_hours
        where hour >= ${hourAgo('1 day')}) as failed_logins_last_day
     from admin_users`,
  );
  return only(rows);
}

async function readSyncs(db: Db): Promise<Stats['syncs']> {
  const { rows } = await db.query<Stats['syncs']>(
    `select (select count(*) from syncs where state = 'running') as running,
       (select count(*) from syncs where state = 'failed' and finished_at > now() - interval '1 day') as failed_last_day,
       (select count(*) from syncs where state = 'needs_confirmation') as waiting_for_confirmation,
       count(*) filter (where last_sync_at is null) as never_synced,
       ${ageSeconds('max(last_sync_at)')} as last_sync_age_seconds,
       ${ageSeconds('min(last_sync_at)')} as oldest_sync_age_seconds
     from storage_elements where removed_at is null`,
  );
  return only(rows);
}

/** Время, записанное соседней транзакцией, бывает на миг впереди нашего. У пустого возраста нет: greatest его не видит. */
function ageSeconds(at: string): string {
  return `case when ${at} is not null then greatest(0, floor(extract(epoch from now() - ${at})))::bigint end`;
}

async function readExpiring(db: Db, keyAgeMaxMs: number): Promise<Stats['expiring']> {
  const expiries = await readExpiries(db, keyAgeMaxMs);
  const of = (wanted: ExpiryKind): Stats['expiring']['signing_keys'] => {
    const { expired, within_7d, within_30d, next_at } = only(expiries.filter(({ kind }) => kind === wanted));
    return { expired, within_7d, within_30d, next_at };
  };
  return {
    service_account_secrets: of('service_account_secret'),
    element_certificates: of('element_certificate'),
    signing_keys: of('signing_key'),
  };
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('сводный запрос ничего не вернул');
  return row;
}
