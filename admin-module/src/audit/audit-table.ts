// Журнал действий: дописать строку, прочитать страницу, выгрузить. Строки не меняются; секретов в них нет.
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
  const count = await db.query<{ total: number }>(`select count(*) as total from audit_log where ${MATCHES}`, values);
  return { items: rows, total: count.rows[0]?.total ?? 0 };
}

/** Следующая порция выгрузки после номера `after`, от старых к новым. */
export async function readAuditAfter(db: Db, filter: AuditFilter, after: number, limit: number): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditEntry>(
    `select ${COLUMNS} from audit_log where ${MATCHES} and id > $8 order by id limit $9`,
    [...filterValues(filter), after, limit],
  );
  return rows;
}

/** Удаляет записи старше срока хранения; за раз не больше `limit`, чтобы не держать таблицу. */
export async function forgetOldAudit(db: Db, olderThanMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from audit_log where id in (
       select id from audit_log where at < now() - $1 * interval '1 millisecond' order by at limit $2)`,
    [olderThanMs, limit],
  );
  return rowCount ?? 0;
}
