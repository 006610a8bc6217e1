// Сводка для приборной доски: пять запросов, стоимость которых не зависит от числа файлов.
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';

export type Stats = Schemas['Stats'];

export async function readStats(db: Db): Promise<Stats> {
  return {
    generated_at: new Date().toISOString(),
    files: await readFiles(db),
    storage_elements: await readElements(db),
    service_accounts: await readAccounts(db),
    admin_users: await readUsers(db),
    syncs: await readSyncs(db),
  };
}

async function readFiles(db: Db): Promise<Stats['files']> {
  const { rows } = await db.query<{ status: string; retention_policy: string; files: number; bytes: number }>(
    `select status, retention_policy, sum(files)::bigint as files, sum(bytes)::bigint as bytes
     from (select status, retention_policy, files, bytes from file_counters
           union all select status, retention_policy, files, bytes from file_counter_deltas) as counted
     group by status, retention_policy`,
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

async function readElements(db: Db): Promise<Stats['storage_elements']> {
  const { rows } = await db.query<Stats['storage_elements']>(
    `select count(*) as total,
       json_build_object('online', count(*) filter (where status = 'online'),
         'degraded', count(*) filter (where status = 'degraded'), 'offline', count(*) filter (where status = 'offline'),
         'maintenance', count(*) filter (where status = 'maintenance')) as by_status,
       json_build_object('edit', count(*) filter (where mode = 'edit'), 'rw', count(*) filter (where mode = 'rw'),
         'ro', count(*) filter (where mode = 'ro'), 'ar', count(*) filter (where mode = 'ar')) as by_mode,
       coalesce(sum(capacity_bytes), 0)::bigint as capacity_bytes, coalesce(sum(used_bytes), 0)::bigint as used_bytes,
       coalesce(sum(available_bytes), 0)::bigint as available_bytes
     from storage_elements where removed_at is null`,
  );
  return only(rows);
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
         select name_hash from login_attempts where locked_until > now())) as locked
     from admin_users`,
  );
  return only(rows);
}

async function readSyncs(db: Db): Promise<Stats['syncs']> {
  const { rows } = await db.query<Stats['syncs']>(
    `select (select count(*) from syncs where state = 'running') as running,
       (select count(*) from syncs where state = 'failed' and finished_at > now() - interval '1 day') as failed_last_day,
       (select count(*) from syncs where state = 'needs_confirmation') as waiting_for_confirmation`,
  );
  return only(rows);
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('сводный запрос ничего не вернул');
  return row;
}
