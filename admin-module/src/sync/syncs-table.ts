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
  /** Сколько строк реестра элемент не показал. */
  readonly absent: number;
  readonly conflicts: number;
}

export interface SyncFault {
  readonly code: string;
  readonly message: string;
}

const COLUMNS = `id, storage_element_id, mode, trigger, dry_run, confirm, state, started_at, finished_at,
  round(extract(epoch from finished_at - started_at) * 1000)::bigint as duration_ms, total,
  case when state in ('done', 'needs_confirmation') then 100
    when total > 0 then least(99, seen * 100 / total) end::int as progress_percent, seen, added, updated, unchanged,
  marked_deleted, absent, conflicts,
  case when error_code is not null then json_build_object('code', error_code, 'message', error_message) end as error,
  requested_by`;
const INTERRUPTED = 'INTERRUPTED';
const PROGRESS = `seen = $2, added = $3, updated = $4, unchanged = $5, marked_deleted = $6, conflicts = $7,
  absent = $8, total = $9`;

/** Что проход знает о своём ходе. */
export interface SyncProgress {
  readonly counts: SyncCounts;
  readonly total: number | null;
}

function progressValues({ counts, total }: SyncProgress): (number | null)[] {
  const { seen, added, updated, unchanged, markedDeleted, conflicts, absent } = counts;
  return [seen, added, updated, unchanged, markedDeleted, conflicts, absent, total];
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
export async function recordProgress(
  db: Db,
  id: string,
  progress: SyncProgress,
): Promise<{ cancelRequested: boolean }> {
  const { rows } = await db.query<{ cancel_requested: boolean }>(
    `update syncs set ${PROGRESS} where id = $1 and state = 'running' returning cancel_requested`,
    [id, ...progressValues(progress)],
  );
  return { cancelRequested: rows[0]?.cancel_requested ?? true };
}

/** Просили ли прервать этот проход. */
export async function isCancelRequested(db: Db, id: string): Promise<boolean> {
  const { rows } = await db.query('select from syncs where id = $1 and cancel_requested', [id]);
  return rows.length > 0;
}

export interface SyncOutcome extends SyncProgress {
  readonly state: 'done' | 'failed' | 'cancelled' | 'needs_confirmation';
  readonly epoch: string | null;
  readonly fault: SyncFault | undefined;
}

export async function finishSync(db: Db, id: string, o: SyncOutcome): Promise<SyncRun | undefined> {
  const { rows } = await db.query<SyncRun>(
    `update syncs set ${PROGRESS}, state = $10, epoch = $11, error_code = $12, error_message = $13, finished_at = now()
     where id = $1 returning ${COLUMNS}`,
    [id, ...progressValues(o), o.state, o.epoch, o.fault?.code ?? null, o.fault?.message.slice(0, 1000) ?? null],
  );
  return rows[0];
}

/** Проходы элемента, оставшиеся «идущими» после гибели процесса: замок у нас, значит их никто не ведёт. */
export async function closeInterrupted(db: Db, storageElementId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `update syncs set state = 'failed', finished_at = now(), error_code = '${INTERRUPTED}', error_message = 'the process stopped'
     where storage_element_id = $1 and state = 'running' returning id`,
    [storageElementId],
  );
  return rows.map((row) => row.id);
}

/** Новый целый проход рассудил заново: прежние подтверждения больше никто не ждёт. */
export async function settleConfirmations(db: Db, storageElementId: string, exceptId: string): Promise<void> {
  await db.query(
    `update syncs set state = 'done' where storage_element_id = $1 and state = 'needs_confirmation' and id <> $2`,
    [storageElementId, exceptId],
  );
}

export async function isSyncRunning(db: Db, storageElementId: string): Promise<boolean> {
  const { rows } = await db.query(`select from syncs where state = 'running' and storage_element_id = $1 limit 1`, [
    storageElementId,
  ]);
  return rows.length > 0;
}

export interface RunningSync extends SyncRun {
  /** Сколько проходов этого элемента оборвалось за последний час. */
  readonly interruptions: number;
}

/** Проходы, числящиеся идущими: здесь, у других копий и у погибших процессов. */
export async function listRunning(db: Db): Promise<RunningSync[]> {
  const { rows } = await db.query<RunningSync>(
    `select ${COLUMNS}, (select count(*) from syncs as past where past.storage_element_id = syncs.storage_element_id
       and past.error_code = '${INTERRUPTED}' and past.started_at > now() - interval '1 hour') as interruptions
     from syncs where state = 'running'`,
  );
  return rows;
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

/** Просьба прервать; проход увидит её, в какой бы копии модуля он ни шёл. */
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
