// Для проверок: база с таблицей реестра, созданной миграциями самого Admin Module, и строки в ней.
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { type Log, migrate, openPool } from '@artstore/postgres';
import { testDatabase } from '@artstore/testing';
import type pg from 'pg';
import type { FileRow } from '../src/registry/file-row.ts';

const ADMIN_MIGRATIONS = new URL('../../admin-module/migrations/', import.meta.url);
const ROLES = new URL('../../admin-module/database/', import.meta.url);
const OWN_MIGRATIONS = new URL('../migrations/', import.meta.url);
export const silent: Log = { info: () => undefined, warn: () => undefined };

export const ELEMENT_ID = '0197a3f2-6c1e-7d53-9b0a-000000000001';

export interface Registry {
  readonly url: string;
  readonly pool: pg.Pool;
}

/** Пустая база; таблицы ещё нет. */
export async function emptyDatabase(t: TestContext): Promise<Registry> {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'query-tests', connectionsMax: 4, log: silent });
  t.after(() => pool.end());
  return { url, pool };
}

export async function createRegistry({ pool }: Registry): Promise<void> {
  await migrate(pool, { directory: ADMIN_MIGRATIONS, table: 'admin_migrations' });
}

export async function createIndexes({ pool }: Registry): Promise<void> {
  await migrate(pool, { directory: OWN_MIGRATIONS, table: 'query_migrations' });
}

/** Заводит роли и отдаёт владельцу всё, что в базе уже есть. */
export async function createRoles({ pool }: Registry): Promise<void> {
  await pool.query(await readFile(new URL('create-roles.sql', ROLES), 'utf8'));
}

/** Раздаёт права, как это делает при запуске Admin Module. */
export async function grantRights({ pool }: Registry): Promise<void> {
  await pool.query(await readFile(new URL('grant-rights.sql', ROLES), 'utf8'));
}

/** База с реестром и индексами поиска. */
export async function registryDatabase(t: TestContext): Promise<Registry> {
  const registry = await emptyDatabase(t);
  await createRegistry(registry);
  await createIndexes(registry);
  return registry;
}

export function fileRow(change: Partial<FileRow> = {}): FileRow {
  return {
    file_id: randomUUID(),
    storage_element_id: ELEMENT_ID,
    original_filename: 'договор.pdf',
    content_type: 'application/pdf',
    size: 1000,
    checksum: createHash('sha256').update(randomUUID()).digest('hex'),
    uploaded_by: 'sa_test_1',
    uploaded_at: '2026-02-21T09:30:00.000Z',
    description: '',
    tags: [],
    metadata: {},
    status: 'active',
    retention_policy: 'permanent',
    ttl_days: null,
    expires_at: null,
    deleted_at: null,
    version: 1,
    ...change,
  };
}

/** Пишет строки так, как их записал бы Admin Module. */
export async function insertFiles({ pool }: Registry, rows: readonly FileRow[]): Promise<void> {
  const elements = new Set(rows.map((row) => row.storage_element_id));
  for (const id of elements) {
    await pool.query(
      `INSERT INTO storage_elements (id, name, url, mode, status, version, epoch, capacity_bytes, used_bytes, available_bytes, revision)
       VALUES ($1::uuid, $1::text, 'http://127.0.0.1:1', 'rw', 'online', '1', '1', 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
      [id],
    );
  }
  const records = rows.map((row) => ({
    ...row,
    revision: 1,
    registered_at: row.uploaded_at,
    updated_at: row.uploaded_at,
  }));
  await pool.query(`INSERT INTO files SELECT * FROM jsonb_populate_recordset(NULL::files, $1::jsonb)`, [
    JSON.stringify(records),
  ]);
}
