// Таблица storage_elements: подключённые элементы, последнее, что о них известно, и докуда дошла синхронизация.
import type { Schemas } from '../api-types.ts';
import type { Db } from '../database-table.ts';

export type StorageElement = Schemas['StorageElement'];

/** Что сказал элемент о себе. */
export interface Observation {
  readonly epoch: string;
  readonly mode: StorageElement['mode'];
  readonly status: StorageElement['status'];
  readonly version: string;
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  readonly revision: number;
  readonly latencyMs: number;
  /** null — элемент без TLS. */
  readonly certificateExpiresAt: string | null;
}

export type FullSyncReason = 'registration' | 'epoch' | 'history_lost' | 'restored';

/** Докуда реестр догнал элемент. */
export interface SyncPosition {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly status: StorageElement['status'];
  readonly epoch: string;
  readonly epoch_seen_at: string;
  readonly epoch_synced: string | null;
  readonly revision_synced: number;
  readonly full_sync_reason: FullSyncReason | null;
  readonly last_sync_at: string | null;
  readonly last_full_sync_at: string | null;
}

const COLUMNS = `id, name, url, mode, status, status_reason, version, epoch, capacity_bytes, used_bytes, available_bytes,
  revision, revision_synced, full_sync_reason is not null as full_sync_pending, latency_ms, certificate_expires_at,
  last_seen_at, last_sync_at, created_at, updated_at`;
const POSITION = `id, name, url, status, epoch, epoch_seen_at, epoch_synced, revision_synced, full_sync_reason, last_sync_at,
  last_full_sync_at`;
const FILTER = `removed_at is null and ($1::text is null or mode = $1) and ($2::text is null or status = $2)`;

export async function listElements(
  db: Db,
  o: { mode?: string | undefined; status?: string | undefined; limit: number; offset: number },
): Promise<{ items: StorageElement[]; total: number }> {
  const { rows } = await db.query<StorageElement>(
    `select ${COLUMNS} from storage_elements where ${FILTER} order by lower(name), id limit $3 offset $4`,
    [o.mode ?? null, o.status ?? null, o.limit, o.offset],
  );
  const count = await db.query<{ total: number }>(`select count(*) as total from storage_elements where ${FILTER}`, [
    o.mode ?? null,
    o.status ?? null,
  ]);
  return { items: rows, total: count.rows[0]?.total ?? 0 };
}

export async function listElementIds(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from storage_elements where removed_at is null');
  return rows.map((row) => row.id);
}

export async function listSyncPositions(db: Db): Promise<SyncPosition[]> {
  const { rows } = await db.query<SyncPosition>(
    `select ${POSITION} from storage_elements where removed_at is null order by id`,
  );
  return rows;
}

export async function getSyncPosition(db: Db, id: string): Promise<SyncPosition | undefined> {
  const { rows } = await db.query<SyncPosition>(
    `select ${POSITION} from storage_elements where id = $1 and removed_at is null`,
    [id],
  );
  return rows[0];
}

/** @param lock удержать строку до конца транзакции */
export async function getElement(db: Db, id: string, lock = false): Promise<StorageElement | undefined> {
  const { rows } = await db.query<StorageElement>(
    `select ${COLUMNS} from storage_elements where id = $1 and removed_at is null ${lock ? 'for update' : ''}`,
    [id],
  );
  return rows[0];
}

/** Записывает элемент или возвращает отключённый; undefined — такой уже подключён. */
export async function insertElement(
  db: Db,
  o: { id: string; name: string; url: string; seen: Observation },
): Promise<StorageElement | undefined> {
  const { seen } = o;
  const { rows } = await db.query<StorageElement>(
    `insert into storage_elements (id, name, url, mode, status, version, epoch, capacity_bytes, used_bytes,
       available_bytes, revision, latency_ms, certificate_expires_at, full_sync_reason, last_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'registration', now())
     on conflict (id) do update set name = excluded.name, url = excluded.url, mode = excluded.mode,
       status = excluded.status, status_reason = null, version = excluded.version, epoch = excluded.epoch,
       epoch_seen_at = now(), capacity_bytes = excluded.capacity_bytes, used_bytes = excluded.used_bytes,
       available_bytes = excluded.available_bytes, revision = excluded.revision, revision_synced = 0, epoch_synced = null,
       latency_ms = excluded.latency_ms, certificate_expires_at = excluded.certificate_expires_at,
       full_sync_reason = 'registration', last_seen_at = now(), removed_at = null, updated_at = now()
     where storage_elements.removed_at is not null
     returning ${COLUMNS}`,
    [
      o.id,
      o.name,
      o.url,
      seen.mode,
      seen.status,
      seen.version,
      seen.epoch,
      seen.capacityBytes,
      seen.usedBytes,
      seen.availableBytes,
      seen.revision,
      seen.latencyMs,
      seen.certificateExpiresAt,
    ],
  );
  return rows[0];
}

export async function editElement(
  db: Db,
  id: string,
  edit: { name?: string | undefined; url?: string | undefined },
): Promise<StorageElement | undefined> {
  const { rows } = await db.query<StorageElement>(
    `update storage_elements set name = coalesce($2, name), url = coalesce($3, url), updated_at = now()
     where id = $1 and removed_at is null returning ${COLUMNS}`,
    [id, edit.name ?? null, edit.url ?? null],
  );
  return rows[0];
}

export async function removeElement(db: Db, id: string): Promise<void> {
  await db.query('update storage_elements set removed_at = now(), updated_at = now() where id = $1', [id]);
}

/** Новое наблюдение. Другая эпоха значит, что прежние revision элемента несравнимы с новыми: нужен полный проход. */
export async function recordObservation(db: Db, id: string, seen: Observation): Promise<void> {
  await db.query(
    `update storage_elements set mode = $2, status = $3, status_reason = null, version = $4, capacity_bytes = $6,
       used_bytes = $7, available_bytes = $8, revision = $9, latency_ms = $10, last_seen_at = now(),
       certificate_expires_at = $11,
       epoch_seen_at = case when epoch = $5 then epoch_seen_at else now() end,
       full_sync_reason = case when epoch = $5 then full_sync_reason else coalesce(full_sync_reason, 'epoch') end,
       epoch = $5,
       updated_at = case when (mode, status, version, epoch) is distinct from ($2, $3, $4, $5) then now() else updated_at end
     where id = $1 and removed_at is null`,
    [
      id,
      seen.mode,
      seen.status,
      seen.version,
      seen.epoch,
      seen.capacityBytes,
      seen.usedBytes,
      seen.availableBytes,
      seen.revision,
      seen.latencyMs,
      seen.certificateExpiresAt,
    ],
  );
}

/** Элемент не ответил или ответил не он. */
export async function recordAbsence(db: Db, id: string, reason: string): Promise<void> {
  await db.query(
    `update storage_elements set status = 'offline', status_reason = $2, latency_ms = null,
       updated_at = case when status = 'offline' then updated_at else now() end
     where id = $1 and removed_at is null`,
    [id, reason],
  );
}

export async function requestFullSync(db: Db, id: string, reason: FullSyncReason): Promise<void> {
  await db.query(
    `update storage_elements set full_sync_reason = coalesce(full_sync_reason, $2)
     where id = $1 and removed_at is null`,
    [id, reason],
  );
}

export async function advanceChanges(db: Db, id: string, revision: number): Promise<void> {
  await db.query(
    `update storage_elements set revision_synced = greatest(revision_synced, $2), last_sync_at = now() where id = $1`,
    [id, revision],
  );
}

/** Лента прочитана, нового в ней нет: реестр не отстаёт, хотя прохода и не было. */
export async function noteNoChanges(db: Db, id: string): Promise<void> {
  await db.query('update storage_elements set last_sync_at = now() where id = $1', [id]);
}

/** Полный проход дошёл до конца в эпохе `epoch`; лента продолжается с позиции, бывшей до его начала. */
export async function finishFullSync(db: Db, id: string, o: { epoch: string; revision: number }): Promise<void> {
  await db.query(
    `update storage_elements set revision_synced = $3, epoch_synced = $2, last_sync_at = now(), last_full_sync_at = now(),
       full_sync_reason = case when epoch = $2 then null else full_sync_reason end
     where id = $1`,
    [id, o.epoch, o.revision],
  );
}
