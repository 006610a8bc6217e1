// Наполняет таблицу files строками набора: пачками через unnest, пока сервер пишет одну, складывается следующая.

import { openPool, silentLog } from '@artstore/postgres';
import { type BenchFile, makeFile, type Registry } from './make-file.ts';

const BATCH_FILES = 5_000;
/** Столько пачек сервер пишет разом. */
const HANDS = 2;
const ELEMENT_ID = '0197a3f2-6c1e-7d53-9b0a-000000000001';

const INSERT = `INSERT INTO files (file_id, storage_element_id, original_filename, content_type, size, checksum, uploaded_by,
    uploaded_at, description, tags, metadata, status, retention_policy, ttl_days, expires_at, version, revision)
  SELECT file_id, '${ELEMENT_ID}', name, 'application/octet-stream', size, checksum, uploaded_by, uploaded_at, description,
    ARRAY(SELECT jsonb_array_elements_text(tags)), metadata, status, retention_policy, ttl_days, expires_at, 1, 1
  FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::jsonb[],
    $9::jsonb[], $10::text[], $11::text[], $12::int[], $13::timestamptz[]) AS batch (file_id, name, size, checksum,
    uploaded_by, uploaded_at, description, tags, metadata, status, retention_policy, ttl_days, expires_at)`;

const COLUMNS: readonly ((file: BenchFile) => unknown)[] = [
  (file) => file.fileId,
  (file) => file.name,
  (file) => file.size,
  (file) => file.checksum,
  (file) => file.uploadedBy,
  (file) => file.uploadedAt,
  (file) => file.description,
  (file) => JSON.stringify(file.tags),
  (file) => JSON.stringify(file.metadata),
  (file) => file.status,
  (file) => file.retentionPolicy,
  (file) => file.ttlDays,
  (file) => file.expiresAt,
];

/** @param url база, где миграции модуля управления уже применены */
export async function loadRegistry(url: string, registry: Registry, signal: AbortSignal): Promise<void> {
  const pool = openPool({
    url,
    applicationName: 'artstore-bench',
    connectionsMax: HANDS,
    statementTimeoutMs: 0,
    log: silentLog,
  });
  try {
    await pool.query(
      `INSERT INTO storage_elements (id, name, url, mode, status, version, epoch, capacity_bytes, used_bytes, available_bytes, revision)
       VALUES ($1, 'bench', 'http://127.0.0.1:1', 'rw', 'online', '1', '1', 0, 0, 0, 0)`,
      [ELEMENT_ID],
    );
    let next = 0;
    const load = async (): Promise<void> => {
      while (next < registry.files) {
        signal.throwIfAborted();
        const from = next;
        next = Math.min(from + BATCH_FILES, registry.files);
        const batch = Array.from({ length: next - from }, (_, index) => makeFile(registry, from + index));
        await pool.query(
          INSERT,
          COLUMNS.map((column) => batch.map(column)),
        );
      }
    };
    await Promise.all(Array.from({ length: HANDS }, load));
    // Как на базе, которая живёт давно: видимость строк и статистика в порядке.
    await pool.query('VACUUM (ANALYZE) files');
  } finally {
    await pool.end();
  }
}
