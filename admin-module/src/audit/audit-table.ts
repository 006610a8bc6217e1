// Журнал действий: дописать строку, прочитать страницу, выгрузить. Строк не меняет никто — за этим следит и база;
// секретов в них нет.
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';
import type { Actor } from './actor.ts';

export type AuditEntry = Schemas['AuditEntry'];

export interface AuditRecord {
  readonly actor: Actor;
  readonly action: string;
  readonly objectType: Schemas['AuditObjectType'];
  readonly objectId?: string | null;
  readonly result?: Schemas['AuditResult'];
  readonly reason?: string | null;
  readonly before?: object | null;
  readonly after?: object | null;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  readonly result?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const COLUMNS = `id, at, actor_kind, actor, action, object_type, object_id, result, reason, before, after,
  remote_address, request_id`;

/** Дальше этого total списка не считается. */
const COUNTED_MAX = 100_000;

export async function recordAudit(db: Db, record: AuditRecord): Promise<void> {
  await recordAuditBatch(db, [record]);
}

/** Все записи одним запросом: проход синхронизации и пачка регистраций дают их сотнями. */
export async function recordAuditBatch(db: Db, records: readonly AuditRecord[]): Promise<void> {
  if (records.length === 0) return;
  await db.query(
    `insert into audit_log (actor_kind, actor, action, object_type, object_id, result, reason, before, after,
       remote_address, request_id)
     select actor_kind, actor, action, object_type, object_id, result, reason, before, after, remote_address, request_id
     from json_to_recordset($1::json) as entry(actor_kind text, actor text, action text, object_type text, object_id text,
       result text, reason text, before jsonb, after jsonb, remote_address text, request_id text)`,
    [JSON.stringify(records.map(toRow))],
  );
}

function toRow(record: AuditRecord): Record<string, unknown> {
  const { actor, objectType, objectId, result, before, after } = record;
  return {
    actor_kind: actor.kind,
    actor: actor.subject,
    action: record.action,
    object_type: objectType,
    object_id: objectId ?? null,
    result: result ?? 'success',
    reason: record.reason ?? null,
    before: before ?? null,
    after: after ?? null,
    remote_address: actor.remoteAddress,
    request_id: actor.requestId,
  };
}

const MATCHES = `($1::text is null or actor = $1) and ($2::text is null or action = $2)
  and ($3::text is null or object_type = $3) and ($4::text is null or object_id = $4)
  and ($5::text is null or result = $5) and ($6::timestamptz is null or at >= $6) and ($7::timestamptz is null or at < $7)`;

function filterValues(filter: AuditFilter): (string | null)[] {
  const { actor, action, objectType, objectId, result, from, to } = filter;
  return [actor, action, objectType, objectId, result, from, to].map((value) => value ?? null);
}

export async function listAudit(
  db: Db,
  filter: AuditFilter,
  window: { limit: number; offset: number },
): Promise<{ items: AuditEntry[]; total: number }> {
  const values = filterValues(filter);
  const { rows } = await db.query<AuditEntry>(
    `select ${COLUMNS} from audit_log where ${MATCHES} order by id desc limit $8 offset $9`,
    [...values, window.limit, window.offset],
  );
  // Журнал бывает в миллионы строк: дальше этого числа считать незачем, лишь бы было видно, что страницы не кончились.
  const countMax = Math.max(COUNTED_MAX, window.offset + window.limit + 1);
  const count = await db.query<{ total: number }>(
    `select count(*) as total from (select from audit_log where ${MATCHES} limit $8) as counted`,
    [...values, countMax],
  );
  return { items: rows, total: count.rows[0]?.total ?? 0 };
}

/** Следующая порция выгрузки: номера после `after`, но не после `last`, от старых к новым. */
export async function readAuditPortion(
  db: Db,
  filter: AuditFilter,
  { after, last, limit }: { after: number; last: number; limit: number },
): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditEntry>(
    `select ${COLUMNS} from audit_log where ${MATCHES} and id > $8 and id <= $9 order by id limit $10`,
    [...filterValues(filter), after, last, limit],
  );
  return rows;
}

/** Номер последней записи; 0 — журнал пуст. */
export async function lastAuditId(db: Db): Promise<number> {
  const { rows } = await db.query<{ last: number }>('select coalesce(max(id), 0)::bigint as last from audit_log');
  return rows[0]?.last ?? 0;
}

/**
 * Удаляет записи старше срока хранения; за раз не больше `limit`, чтобы не держать таблицу. Другого пути удалить
 * что-то из журнала нет: остальное отвергает сама база.
 */
export async function forgetOldAudit(db: Db, olderThanMs: number, limit: number): Promise<number> {
  const { rows } = await db.query<{ forgotten: number }>(
    `select forget_old_audit($1 * interval '1 millisecond', $2) as forgotten`,
    [olderThanMs, limit],
  );
  return rows[0]?.forgotten ?? 0;
}
