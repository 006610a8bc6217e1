// Таблица syncs: проходы синхронизации — идущие и прошлые.
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';

export type SyncRun = Schemas['SyncRun'];

export interface SyncCounts {
  readonly seen: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly markedDeleted: number;
  readonly conflicts: number;
}

export interface SyncFault {
  readonly code: string;
  readonly message: string;
}

const COLUMNS = `id, storage_element_id, mode, trigger, dry_run, confirm, state, started_at, finished_at,
  round(extract(epoch from finished_at - started_at) * 1000)::bigint as duration_ms, seen, added, updated, unchanged,
  marked_deleted, absent, conflicts,
  case when error_code is not null then json_build_object('code', error_code, 'message', error_message) end as error,
  requested_by`;
const COUNTS = `seen = $2, added = $3, updated = $4, unchanged = $5, marked_deleted = $6, conflicts = $7`;

function countValues(counts: SyncCounts): number[] {
  const { seen, added, updated, unchanged, markedDeleted, conflicts } = counts;
  return [seen, added, updated, unchanged, markedDeleted, conflicts];
}

export async function insertSync(
  db: Db,
  o: {
    id: string;
    storageElementId: string;
    mode: SyncRun['mode'];
    trigger: SyncRun['trigger'];
    dryRun: boolean;
    confirm: boolean;
    requestedBy: string | null;
  },
): Promise<SyncRun> {
  const { rows } = await db.query<SyncRun>(
    `insert into syncs (id, storage_element_id, mode, trigger, dry_run, confirm, state, requested_by)
     values ($1, $2, $3, $4, $5, $6, 'running', $7) returning ${COLUMNS}`,
    [o.id, o.storageElementId, o.mode, o.trigger, o.dryRun, o.confirm, o.requestedBy],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('проход не записан');
  return row;
}

/** Записывает ход; отвечает, просили ли прервать. */
export async function recordProgress(db: Db, id: string, counts: SyncCounts): Promise<{ cancelRequested: boolean }> {
  const { rows } = await db.query<{ cancel_requested: boolean }>(
    `update syncs set ${COUNTS} where id = $1 returning cancel_requested`,
    [id, ...countValues(counts)],
  );
  return { cancelRequested: rows[0]?.cancel_requested ?? true };
}

export async function finishSync(
  db: Db,
  id: string,
  o: { state: 'done' | 'failed' | 'cancelled'; counts: SyncCounts; epoch: string | null; fault: SyncFault | undefined },
): Promise<SyncRun | undefined> {
  const { rows } = await db.query<SyncRun>(
    `update syncs set ${COUNTS}, state = $8, epoch = $9, error_code = $10, error_message = $11, finished_at = now()
     where id = $1 returning ${COLUMNS}`,
    [id, ...countValues(o.counts), o.state, o.epoch, o.fault?.code ?? null, o.fault?.message.slice(0, 1000) ?? null],
  );
  return rows[0];
}

/** Проходы элемента, оставшиеся «идущими» после гибели процесса: замок у нас, значит их никто не ведёт. */
export async function closeInterrupted(db: Db, storageElementId: string): Promise<void> {
  await db.query(
    `update syncs set state = 'failed', finished_at = now(), error_code = 'INTERRUPTED', error_message = 'the process stopped'
     where storage_element_id = $1 and state = 'running'`,
    [storageElementId],
  );
}

export async function listSyncs(
  db: Db,
  o: { storageElementId: string; state?: string | undefined; limit: number; offset: number },
): Promise<{ items: SyncRun[]; total: number }> {
  const filter = `storage_element_id = $1 and ($2::text is null or state = $2)`;
  const { rows } = await db.query<SyncRun>(
    `select ${COLUMNS} from syncs where ${filter} order by started_at desc, id limit $3 offset $4`,
    [o.storageElementId, o.state ?? null, o.limit, o.offset],
  );
  const count = await db.query<{ total: number }>(`select count(*) as total from syncs where ${filter}`, [
    o.storageElementId,
    o.state ?? null,
  ]);
  return { items: rows, total: count.rows[0]?.total ?? 0 };
}

/** Просьба прервать; проход увидит её на границе страницы, в какой бы копии модуля он ни шёл. */
export async function requestCancel(db: Db, storageElementId: string, id: string): Promise<SyncRun | undefined> {
  const { rows } = await db.query<SyncRun>(
    `update syncs set cancel_requested = cancel_requested or state = 'running'
     where id = $2 and storage_element_id = $1 returning ${COLUMNS}`,
    [storageElementId, id],
  );
  return rows[0];
}

/** История хранится ограниченно: не дольше срока. */
export async function forgetOldSyncs(db: Db, olderThanMs: number): Promise<void> {
  await db.query(`delete from syncs where state <> 'running' and finished_at < now() - $1 * interval '1 millisecond'`, [
    olderThanMs,
  ]);
}
