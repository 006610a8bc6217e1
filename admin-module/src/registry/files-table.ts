// Таблица files: единственный, кто в неё пишет. Запись всегда идёт пачкой, одним запросом, и никогда не заменяет
// более новое знание более старым. Файл длиннее обычного: столбцы таблицы перечислены здесь и только здесь.
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';
import { COUNTED } from './file-counters-table.ts';

export type RegisteredFile = Schemas['RegisteredFile'];
export type ElementFile = Schemas['FileRegistration']['file'];

export interface FileFilter {
  readonly status?: string | undefined;
  readonly retentionPolicy?: string | undefined;
  readonly storageElementId?: string | undefined;
  readonly uploadedBy?: string | undefined;
}

const COLUMNS = `file_id, storage_element_id, original_filename, content_type, size, checksum, uploaded_by, uploaded_at,
  description, tags, metadata, status, retention_policy, ttl_days, expires_at, deleted_at, version, revision,
  registered_at, updated_at`;

/** Записи элементов так, как они приходят одним параметром JSON. */
const INCOMING = `json_to_recordset($1::json) as incoming(storage_element_id uuid, file_id uuid, original_filename text,
  content_type text, size bigint, checksum text, uploaded_by text, uploaded_at timestamptz, description text, tags text[],
  metadata jsonb, status text, retention_policy text, ttl_days integer, expires_at timestamptz, deleted_at timestamptz,
  version integer, revision bigint)`;

const INSERT = `insert into files (file_id, storage_element_id, original_filename, content_type, size, checksum, uploaded_by,
  uploaded_at, description, tags, metadata, status, retention_policy, ttl_days, expires_at, deleted_at, version, revision)`;

const SELECT_INCOMING = `select i.file_id, i.storage_element_id, i.original_filename, i.content_type, i.size, i.checksum,
  i.uploaded_by, i.uploaded_at, i.description, i.tags, i.metadata, i.status, i.retention_policy, i.ttl_days, i.expires_at,
  i.deleted_at, i.version, i.revision`;

const SET_EXCLUDED = `storage_element_id = excluded.storage_element_id, original_filename = excluded.original_filename,
  content_type = excluded.content_type, size = excluded.size, checksum = excluded.checksum,
  uploaded_by = excluded.uploaded_by, uploaded_at = excluded.uploaded_at, description = excluded.description,
  tags = excluded.tags, metadata = excluded.metadata, status = excluded.status,
  retention_policy = excluded.retention_policy, ttl_days = excluded.ttl_days, expires_at = excluded.expires_at,
  deleted_at = excluded.deleted_at, version = excluded.version, revision = excluded.revision, marked_at = null,
  updated_at = now()`;

export interface Registration {
  readonly storageElementId: string;
  readonly file: ElementFile;
}

export interface RegistrationOutcome {
  /** Строка реестра после записи; undefined — такого элемента хранения нет. */
  readonly row: RegisteredFile | undefined;
  readonly inserted: boolean;
}

/**
 * Записывает регистрации одним запросом; file_id внутри пачки не повторяются.
 * Известный файл обновляется, только если запись новее; файл другого элемента не трогается, пока тот не помечен удалённым.
 * Элемент удерживается от отключения до конца транзакции.
 */
export async function registerFiles(db: Db, batch: readonly Registration[]): Promise<Map<string, RegistrationOutcome>> {
  const { rows } = await db.query<RegisteredFile & { inserted: boolean }>(
    `with incoming as materialized (select * from ${INCOMING}),
     elements as materialized (
       select id from storage_elements
       where id in (select storage_element_id from incoming) and removed_at is null for key share)
     ${INSERT} ${SELECT_INCOMING}
     from incoming as i join elements on elements.id = i.storage_element_id order by i.file_id
     on conflict (file_id) do update set ${SET_EXCLUDED}
     where (files.storage_element_id = excluded.storage_element_id and files.revision < excluded.revision)
        or (files.storage_element_id <> excluded.storage_element_id and files.status = 'deleted'
            and excluded.status <> 'deleted')
     returning ${COLUMNS}, (xmax = 0) as inserted`,
    [JSON.stringify(batch.map(toRecord))],
  );
  const outcomes = new Map<string, RegistrationOutcome>();
  for (const { inserted, ...row } of rows) outcomes.set(row.file_id, { row, inserted });
  const untouched = batch.filter(({ file }) => !outcomes.has(file.file_id));
  if (untouched.length > 0) {
    const known = await getFiles(
      db,
      untouched.map(({ file }) => file.file_id),
    );
    for (const { file } of untouched) outcomes.set(file.file_id, { row: known.get(file.file_id), inserted: false });
  }
  return outcomes;
}

export interface MergeOutcome {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Файлы, которые числятся за другим элементом. */
  readonly conflicts: number;
  /** Были живы, а по словам элемента теперь удалены или истекли. */
  readonly ended: readonly { readonly fileId: string; readonly status: string }[];
}

export interface MergeOptions {
  readonly storageElementId: string;
  readonly files: readonly ElementFile[];
  /** Строки, записанные раньше этого времени, отсчитаны в прежней эпохе: их revision не сравнивают. */
  readonly epochSeenAt: string | null;
  /**
   * Начало полного прохода: помеченное раньше него он видел живым и вернёт при любой revision. null — запись прочитана
   * не перечнем, и помеченное возвращает только revision не старше пометки.
   */
  readonly passStartedAt?: string | null;
  /** Только посчитать. */
  readonly dryRun: boolean;
}

/** Что из прочитанного у элемента надо внести: неизменное отсеяно до записи и не переписывается. */
const CHANGED = `changed as materialized (
  select i.*, f.file_id is null as is_new, f.storage_element_id as known_element, f.status as known_status
  from incoming as i left join files as f on f.file_id = i.file_id
  where f.file_id is null
     or (f.storage_element_id = i.storage_element_id
         and ${isStale('f', 'i')})
     or (f.storage_element_id <> i.storage_element_id and f.status = 'deleted' and i.status <> 'deleted'))`;

/** Устарела ли строка `known` рядом с записью элемента `told`. Срок файла кончается и без новой revision. */
function isStale(known: string, told: string): string {
  return `(${known}.revision < ${told}.revision or ${known}.updated_at < $2::timestamptz
    or (${known}.marked_at is null and ${known}.revision = ${told}.revision and ${known}.status <> ${told}.status)
    or (${known}.marked_at is not null and case when $3::timestamptz is null then ${known}.revision <= ${told}.revision
        else ${known}.marked_at < $3::timestamptz end))`;
}

const CONFLICTS = `(select count(*) from incoming as i join files as f on f.file_id = i.file_id
  where f.storage_element_id <> i.storage_element_id and f.status <> 'deleted') as conflicts`;

/** Вносит страницу, прочитанную у элемента, одним запросом; file_id внутри страницы не повторяются. */
export async function mergeFiles(db: Db, o: MergeOptions): Promise<MergeOutcome> {
  const records = o.files.map((file) => toRecord({ storageElementId: o.storageElementId, file }));
  const write = `written as (
    ${INSERT} ${SELECT_INCOMING} from changed as i order by i.file_id
    on conflict (file_id) do update set ${SET_EXCLUDED}
    where (files.storage_element_id = excluded.storage_element_id
           and ${isStale('files', 'excluded')})
       or (files.storage_element_id <> excluded.storage_element_id and files.status = 'deleted'
           and excluded.status <> 'deleted')
    returning file_id, (xmax = 0) as is_new)`;
  const { rows } = await db.query<{
    added: number;
    updated: number;
    conflicts: number;
    ended: { file_id: string; status: string }[] | null;
  }>(
    `with incoming as materialized (select * from ${INCOMING}), ${CHANGED}
     ${o.dryRun ? '' : `, ${write}`}
     select count(*) filter (where w.is_new) as added, count(*) filter (where not w.is_new) as updated, ${CONFLICTS},
       (select json_agg(json_build_object('file_id', c.file_id, 'status', c.status))
        from changed as c ${o.dryRun ? '' : 'join written using (file_id)'}
        where c.status in ('deleted', 'expired') and not c.is_new and c.known_status is distinct from c.status) as ended
     from ${o.dryRun ? 'changed' : 'written'} as w`,
    [JSON.stringify(records), o.epochSeenAt, o.passStartedAt ?? null],
  );
  const { added, updated, conflicts, ended } = rows[0] ?? { added: 0, updated: 0, conflicts: 0, ended: null };
  return {
    added,
    updated,
    conflicts,
    unchanged: o.files.length - added - updated - conflicts,
    ended: (ended ?? []).map(({ file_id: fileId, status }) => ({ fileId, status })),
  };
}

export interface DeletionMark {
  readonly fileId: string;
  /** Позиция ленты, где элемент сказал об удалении; null — о нём узнали иначе. */
  readonly revision: number | null;
}

export interface DeletionMarks {
  readonly storageElementId: string;
  readonly marks: readonly DeletionMark[];
  /** Строки, тронутые с этого времени, не помечаются: решение о них устарело. */
  readonly untouchedSince: string | null;
}

/** Помечает файлы элемента удалёнными; возвращает те, что до этого удалёнными не были. */
export async function markDeleted(
  db: Db,
  { storageElementId, marks, untouchedSince }: DeletionMarks,
): Promise<string[]> {
  const { rows } = await db.query<{ file_id: string }>(
    `update files set status = 'deleted', deleted_at = coalesce(files.deleted_at, now()), marked_at = now(),
       updated_at = now(), revision = greatest(files.revision, coalesce(mark.revision, 0))
     from unnest($2::uuid[], $3::bigint[]) as mark(file_id, revision)
     where files.file_id = mark.file_id and files.storage_element_id = $1 and files.status <> 'deleted'
       and (mark.revision is null or files.revision <= mark.revision)
       and ($4::timestamptz is null or files.updated_at < $4::timestamptz)
     returning files.file_id`,
    [storageElementId, marks.map((mark) => mark.fileId), marks.map((mark) => mark.revision), untouchedSince],
  );
  return rows.map((row) => row.file_id);
}

/** Какие из файлов числятся за элементом и ещё не удалены; live — срок файла ещё не вышел. */
export async function listUndeleted(
  db: Db,
  storageElementId: string,
  fileIds: readonly string[],
): Promise<{ file_id: string; live: boolean }[]> {
  const { rows } = await db.query<{ file_id: string; live: boolean }>(
    `select file_id, status <> 'expired' and coalesce(expires_at > now(), true) as live
     from files where file_id = any($2::uuid[]) and storage_element_id = $1 and status <> 'deleted'`,
    [storageElementId, fileIds],
  );
  return rows;
}

/** Есть ли у элемента в реестре хоть одна строка. */
export async function hasRows(db: Db, storageElementId: string): Promise<boolean> {
  const { rows } = await db.query<{ present: boolean }>(
    'select exists (select from files where storage_element_id = $1) as present',
    [storageElementId],
  );
  return rows[0]?.present ?? false;
}

export async function getFile(db: Db, fileId: string): Promise<RegisteredFile | undefined> {
  return (await getFiles(db, [fileId])).get(fileId);
}

async function getFiles(db: Db, fileIds: readonly string[]): Promise<Map<string, RegisteredFile>> {
  const { rows } = await db.query<RegisteredFile>(`select ${COLUMNS} from files where file_id = any($1::uuid[])`, [
    fileIds,
  ]);
  return new Map(rows.map((row) => [row.file_id, row]));
}

const FILTERS: readonly (readonly [keyof FileFilter, string])[] = [
  ['status', 'status'],
  ['retentionPolicy', 'retention_policy'],
  ['storageElementId', 'storage_element_id'],
  ['uploadedBy', 'uploaded_by'],
];

/** Условие и его значения; только из заданных полей, чтобы планировщик видел, какой индекс годится. */
function whereClause(filter: FileFilter): { where: string; values: string[] } {
  const set = FILTERS.flatMap(([key, column]) => {
    const value = filter[key];
    return value === undefined ? [] : [{ column, value }];
  });
  const terms = set.map(({ column }, index) => `${column} = $${index + 1}`);
  return { where: terms.length === 0 ? '' : `where ${terms.join(' and ')}`, values: set.map(({ value }) => value) };
}

export interface FilesFound {
  readonly items: RegisteredFile[];
  readonly total: number;
  /** Найденного не меньше total: дальше не считали. */
  readonly totalIsEstimate: boolean;
}

/** До этого числа total точен и с фильтром по загрузившему. */
export const COUNTED_MAX = 10_000;

export async function listFiles(
  db: Db,
  filter: FileFilter,
  window: { limit: number; offset: number },
): Promise<FilesFound> {
  const { where, values } = whereClause(filter);
  const { rows } = await db.query<RegisteredFile>(
    `select ${COLUMNS} from files ${where} order by uploaded_at desc, file_id desc
     limit $${values.length + 1} offset $${values.length + 2}`,
    [...values, window.limit, window.offset],
  );
  const { total, totalIsEstimate } =
    filter.uploadedBy === undefined
      ? { total: await readCounters(db, filter), totalIsEstimate: false }
      : // Счётчиков по загрузившему нет. Дальше предела считаем не больше, чем пролистано, и ещё строку — для has_more.
        await countUpTo(db, filter, Math.max(COUNTED_MAX, window.offset + window.limit) + 1);
  return { items: rows, total, totalIsEstimate };
}

async function readCounters(db: Db, filter: FileFilter): Promise<number> {
  const { where, values } = whereClause(filter);
  const { rows } = await db.query<{ total: number }>(
    `select coalesce(sum(files), 0)::bigint as total from ${COUNTED} ${where}`,
    values,
  );
  return rows[0]?.total ?? 0;
}

async function countUpTo(
  db: Db,
  filter: FileFilter,
  limit: number,
): Promise<Pick<FilesFound, 'total' | 'totalIsEstimate'>> {
  const { where, values } = whereClause(filter);
  const { rows } = await db.query<{ total: number }>(
    `select count(*) as total from (select from files ${where} limit $${values.length + 1}) as found`,
    [...values, limit],
  );
  const total = rows[0]?.total ?? 0;
  return { total, totalIsEstimate: total === limit };
}

/** Есть ли у элемента файлы, которые ещё можно прочесть или восстановить с него. */
export async function hasLiveFiles(db: Db, storageElementId: string): Promise<boolean> {
  const { rows } = await db.query<{ live: boolean }>(
    `select exists (select from files where storage_element_id = $1
       and status in ('active', 'corrupted', 'missing')) as live`,
    [storageElementId],
  );
  return rows[0]?.live ?? false;
}

function toRecord({ storageElementId, file }: Registration): Record<string, unknown> {
  return { ...file, storage_element_id: storageElementId };
}
