// Счётчики файлов: сколько их и как растёт их число. Разности пишут триггеры таблицы files, здесь они сворачиваются;
// читают сумму свёрнутого и ещё не свёрнутого, и сами файлы никто не пересчитывает.
import type { Db } from '../database-table.ts';

/** Свёрнутое и ещё не свёрнутое вместе. */
export const COUNTED = `(select storage_element_id, status, retention_policy, files, bytes from file_counters
  union all select storage_element_id, status, retention_policy, files, bytes from file_counter_deltas) as counted`;

/** Сколько неудалённых строк у элемента. */
export async function countUndeleted(db: Db, storageElementId: string): Promise<number> {
  const { rows } = await db.query<{ total: number }>(
    `select coalesce(sum(files), 0)::bigint as total from ${COUNTED} where storage_element_id = $1 and status <> 'deleted'`,
    [storageElementId],
  );
  return rows[0]?.total ?? 0;
}

/** Сворачивает накопленные разности в счётчики и в часы роста; за раз не больше `limit` строк. */
export async function foldFileCounters(db: Db, limit: number): Promise<number> {
  const { rows } = await db.query<{ folded: number }>(
    `with taken as (
       delete from file_counter_deltas where id in (
         select id from file_counter_deltas order by id limit $1 for update skip locked)
       returning *),
     folded as (
       insert into file_counters (storage_element_id, status, retention_policy, files, bytes)
       select storage_element_id, status, retention_policy, sum(files), sum(bytes) from taken
       group by 1, 2, 3 order by 1, 2, 3
       on conflict (storage_element_id, status, retention_policy) do update
         set files = file_counters.files + excluded.files, bytes = file_counters.bytes + excluded.bytes),
     grown as (
       insert into file_growth_hours (hour, files, bytes)
       select date_trunc('hour', at, 'UTC'), sum(files), sum(bytes) from taken where status <> 'deleted'
       group by 1 having sum(files) <> 0 or sum(bytes) <> 0 order by 1
       on conflict (hour) do update
         set files = file_growth_hours.files + excluded.files, bytes = file_growth_hours.bytes + excluded.bytes)
     select count(*) as folded from taken`,
    [limit],
  );
  return rows[0]?.folded ?? 0;
}

/** Часы, до которых сводке уже нет дела. */
export async function forgetOldGrowth(db: Db, olderThanMs: number): Promise<void> {
  await db.query(`delete from file_growth_hours where hour < now() - $1 * interval '1 millisecond'`, [olderThanMs]);
}
