// Таблицы file_absences и sync_absent_rows: каких строк реестра элемент не показал. Одной узкой сверкой страницы
// с индексом (storage_element_id, file_id) узнаётся и что изменилось, и чего нет; полные записи едут в базу потом,
// и только изменившиеся.
import type { Db } from '../database-table.ts';

/** Что элемент показал на странице; revision -1 — имя файла известно, а запись негодна. */
export interface SeenFile {
  readonly fileId: string;
  readonly revision: number;
  readonly status: string;
}

export interface ComparedPage {
  readonly storageElementId: string;
  readonly syncId: string;
  readonly seen: readonly SeenFile[];
  /** Страница отвечает за ключи от `from` (не включая) до `upTo` (включая); null — без края. */
  readonly from: string | null;
  readonly upTo: string | null;
  /** Начало прохода по часам базы: тронутое позже отсутствующим не считается. */
  readonly startedAt: string;
  readonly epochSeenAt: string | null;
  readonly dryRun: boolean;
}

const LOWEST = '00000000-0000-0000-0000-000000000000';
const HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Возвращает, какие из увиденных надо внести, и запоминает, каких строк диапазона на странице нет. */
export async function comparePage(db: Db, o: ComparedPage): Promise<{ stale: Set<string>; absent: number }> {
  const cleared = 'delete from file_absences where storage_element_id = $1 and file_id = any($3::uuid[])';
  const { rows } = await db.query<{ absent: number; stale: string[] }>(
    `with seen as materialized (
       select * from unnest($3::uuid[], $4::bigint[], $5::text[]) as seen(file_id, revision, status)),
     mine as materialized (
       select file_id, revision, status, updated_at, marked_at from files
       where storage_element_id = $1 and file_id > $6::uuid and file_id <= $7::uuid),
     absent as (
       insert into sync_absent_rows (sync_id, file_id)
       select $2::uuid, m.file_id from mine as m
       where m.status <> 'deleted' and m.updated_at < $8::timestamptz
         and not exists (select from seen where seen.file_id = m.file_id)
       on conflict do nothing returning file_id)
     ${o.dryRun ? '' : `, cleared as (${cleared})`}
     select (select count(*) from absent) as absent,
       array(select s.file_id from seen as s left join mine as m on m.file_id = s.file_id
         where m.file_id is null or m.revision < s.revision or m.updated_at < $9::timestamptz
            or (m.marked_at is null and m.revision = s.revision and m.status <> s.status)
            or m.marked_at < $8::timestamptz)::text[] as stale`,
    [
      o.storageElementId,
      o.syncId,
      o.seen.map((file) => file.fileId),
      o.seen.map((file) => file.revision),
      o.seen.map((file) => file.status),
      o.from ?? LOWEST,
      o.upTo ?? HIGHEST,
      o.startedAt,
      o.epochSeenAt,
    ],
  );
  const { absent, stale } = rows[0] ?? { absent: 0, stale: [] };
  return { stale: new Set(stale), absent };
}

/** Целый проход закончен: отсутствующим прибавляется проход, остальные строки элемента больше не отсутствуют. */
export async function recordAbsences(
  db: Db,
  o: { storageElementId: string; syncId: string; epoch: string },
): Promise<void> {
  await db.query(
    `insert into file_absences (storage_element_id, file_id, epoch, passes, via, sync_id)
     select $1, file_id, $3, 1, 'listing', $2 from sync_absent_rows where sync_id = $2 order by file_id
     on conflict (storage_element_id, file_id) do update set sync_id = excluded.sync_id, epoch = excluded.epoch,
       passes = case when file_absences.epoch = excluded.epoch then file_absences.passes + 1 else 1 end,
       via = case when file_absences.epoch = excluded.epoch then file_absences.via else excluded.via end`,
    [o.storageElementId, o.syncId, o.epoch],
  );
  await db.query('delete from file_absences where storage_element_id = $1 and sync_id <> $2', [
    o.storageElementId,
    o.syncId,
  ]);
}

/** Удаления из ленты, отложенные бюджетом потерь: ждут подтверждения наравне с дважды отсутствовавшими. */
export async function deferRemovals(
  db: Db,
  o: { storageElementId: string; syncId: string; epoch: string; fileIds: readonly string[] },
): Promise<void> {
  await db.query(
    `insert into file_absences (storage_element_id, file_id, epoch, passes, via, sync_id)
     select $1, file_id, $3, 2, 'feed', $2 from unnest($4::uuid[]) as removed(file_id) order by file_id
     on conflict (storage_element_id, file_id) do update set sync_id = excluded.sync_id, epoch = excluded.epoch,
       passes = greatest(file_absences.passes, 2), via = 'feed'`,
    [o.storageElementId, o.syncId, o.epoch, o.fileIds],
  );
}

/** Файлы увидены: отсутствовавшими больше не считаются. */
export async function clearAbsences(db: Db, storageElementId: string, fileIds: readonly string[]): Promise<void> {
  await db.query('delete from file_absences where storage_element_id = $1 and file_id = any($2::uuid[])', [
    storageElementId,
    fileIds,
  ]);
}

export async function forgetAbsentRows(db: Db, syncIds: readonly string[]): Promise<void> {
  await db.query('delete from sync_absent_rows where sync_id = any($1::uuid[])', [syncIds]);
}

export interface CandidateQuery {
  readonly storageElementId: string;
  readonly syncId: string;
  readonly epoch: string;
  readonly startedAt: string;
  readonly dryRun: boolean;
}

/** Дважды отсутствовавшие, которых с начала прохода никто не трогал. Пробный проход сам не записан: он и есть второй. */
function candidates(dryRun: boolean): string {
  const absences = dryRun
    ? `sync_absent_rows as s join file_absences as a on a.storage_element_id = $1 and a.file_id = s.file_id
       where s.sync_id = $2 and a.epoch = $3`
    : `file_absences as a where a.storage_element_id = $1 and a.passes >= 2 and a.epoch = $3
       and $2::uuid is not null`;
  return `(select f.file_id, f.status <> 'expired' and coalesce(f.expires_at > now(), true) as live, a.passes, a.via
     from files as f join (select a.file_id, a.passes, a.via from ${absences}) as a on a.file_id = f.file_id
     where f.storage_element_id = $1 and f.status <> 'deleted' and f.updated_at < $4::timestamptz) as candidate`;
}

/** live — сколько из них ещё не отжили срок: исчезновение истёкшего файла не потеря. */
export async function countCandidates(db: Db, o: CandidateQuery): Promise<{ all: number; live: number }> {
  const { rows } = await db.query<{ all: number; live: number }>(
    `select count(*) as "all", count(*) filter (where live) as live from ${candidates(o.dryRun)}`,
    [o.storageElementId, o.syncId, o.epoch, o.startedAt],
  );
  return rows[0] ?? { all: 0, live: 0 };
}

export interface Candidate {
  readonly file_id: string;
  readonly passes: number;
  readonly via: 'listing' | 'feed';
}

export async function nextCandidates(
  db: Db,
  o: CandidateQuery & { after: string | null; limit: number },
): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(
    `select file_id, passes, via from ${candidates(o.dryRun)} where file_id > $5::uuid order by file_id limit $6`,
    [o.storageElementId, o.syncId, o.epoch, o.startedAt, o.after ?? LOWEST, o.limit],
  );
  return rows;
}
