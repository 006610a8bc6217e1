// Учение: база потеряна. Копия административной части, пустая база, восстановление командами из документа, запуск —
// и реестр собирается из настоящих элементов строка в строку.
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLogger } from '@artstore/chassis';
import { migrate } from '@artstore/postgres';
import { temporaryDirectory, waitUntil } from '@artstore/testing';
import { Client } from 'pg';
import { ADMINISTRATIVE_TABLES, LEFT_OUT } from '../src/backup/backup-table.ts';
import { dumpDatabase } from '../src/backup/dump-database.ts';
import { restoreDatabase } from '../src/backup/restore-database.ts';
import { openDatabase } from '../src/database-table.ts';
import { cleanUp, inOrder } from './clean-up.ts';
import { runDocumented } from './run-documented.ts';
import { createRoles } from './create-roles.ts';
import { ADMIN_PASSWORD, openAdmin, startAdmin, type TestAdmin } from './start-admin.ts';
import { putFile, registerElement, startElement, type TestElement } from './start-element.ts';

const DOCUMENT = 'docs/operations/restore-database.md';
const MIGRATIONS = new URL('../migrations/', import.meta.url);
const WAIT_MS = 60_000;
const INTERVALS = { AM_CHANGES_INTERVAL: '500ms', AM_WATCH_INTERVAL: '500ms' };
/** Всё, кроме времени записи самой строки. */
const REGISTRY = `select to_jsonb(f) - 'registered_at' - 'updated_at' as row from files as f order by file_id`;
const COUNTERS = `select storage_element_id, status, retention_policy, sum(files)::int as files, sum(bytes)::int as bytes
  from (select storage_element_id, status, retention_policy, files, bytes from file_counters
    union all select storage_element_id, status, retention_policy, files, bytes from file_counter_deltas) as counted
  group by 1, 2, 3 having sum(files) <> 0 order by 1, 2, 3`;

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function serverOf(databaseUrl: string): { server: string; database: string } {
  const url = new URL(databaseUrl);
  const database = url.pathname.slice(1);
  url.pathname = '/postgres';
  return { server: url.href, database };
}

/** Шаг 2 документа. */
async function recreate(databaseUrl: string): Promise<void> {
  const { server, database } = serverOf(databaseUrl);
  await ask(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await ask(server, `CREATE DATABASE ${database} TEMPLATE template0`);
  await createRoles(databaseUrl);
}

/** Файлы всякого вида: на edit срочные, правленые, удалённые и возвращённые, на rw — постоянные и правленые. */
async function fill(admin: TestAdmin, element: TestElement, mode: 'edit' | 'rw'): Promise<void> {
  const token = await admin.token('full', { resource: element.storageId });
  const change = async (path: string, method: string, json?: object): Promise<void> => {
    const response = await fetch(`${element.url}/api/v1/files/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });
    assert.ok(response.ok, `${method}: ${response.status} ${await response.text()}`);
  };
  for (let number = 0; number < 12; number += 1) {
    const { file_id: fileId } = await putFile(admin, element, {
      content: 'я'.repeat(number),
      intent: {
        original_filename: `Договор «№ ${number}» 100%_\\ "да".txt`,
        tags: ['договор', `метка-${number}`],
        metadata: { номер: String(number), кавычки: '"' },
        ...(mode === 'rw' ? { retention_policy: 'permanent', ttl_days: null } : {}),
      },
    });
    if (number % 3 === 0) await change(fileId, 'PATCH', { description: `Правка ${number}` });
    if (mode === 'rw') continue;
    if (number % 4 === 1) await change(fileId, 'DELETE');
    if (number === 5) await change(`${fileId}/restore`, 'POST');
  }
}

async function settled(admin: TestAdmin, elements: readonly TestElement[], files: number): Promise<void> {
  const token = await admin.token('full');
  await waitUntil(
    'реестр догнал элементы',
    async () => {
      for (const { storageId, url } of elements) {
        const state = (await admin.call(`/api/v1/storage-elements/${storageId}`, { token })).body;
        const info = (await (await fetch(`${url}/api/v1/info`)).json()) as { revision: number };
        if (state.full_sync_pending || state.status !== 'online' || state.revision_synced < info.revision) return false;
      }
      return (await ask(admin.databaseUrl, REGISTRY)).length === files;
    },
    WAIT_MS,
  );
}

test('база потеряна: из копии возвращается административная часть, реестр — из элементов, строка в строку', async (t) => {
  const admin = await startAdmin(t, INTERVALS);
  const edit = await startElement(t, { admin, mode: 'edit' });
  const lasting = await startElement(t, { admin, mode: 'rw' });
  const elements = [edit, lasting];
  for (const [index, element] of elements.entries()) await registerElement(admin, element, `элемент ${index}`);
  const fillBoth = async (): Promise<void> => {
    await fill(admin, edit, 'edit');
    await fill(admin, lasting, 'rw');
  };
  await fillBoth();
  await settled(admin, elements, 24);
  const folder = await temporaryDirectory(inOrder(t));
  const env = { ...admin.env, TMPDIR: folder, DUMP: join(folder, 'artstore.dump') };
  const session = await admin.call('/api/v1/admin-auth/login', {
    json: { username: 'admin', password: ADMIN_PASSWORD },
  });
  const oldToken = await admin.token('full');

  const dumped = await runDocumented(DOCUMENT, 'dump', env);
  assert.equal(dumped.code, 0, dumped.output);
  assert.equal((await stat(env.DUMP)).mode & 0o777, 0o600);
  const dump = await readFile(env.DUMP, 'utf8');
  assert.ok(!dump.includes('Договор «№'), 'реестра в копии нет');
  assert.notEqual((await runDocumented(DOCUMENT, 'dump', env)).code, 0, 'прежняя копия не затирается');

  // Случившееся после копии знают только элементы.
  await fillBoth();
  await settled(admin, elements, 48);
  await admin.stop();
  const [before, counted] = [await ask(admin.databaseUrl, REGISTRY), await ask(admin.databaseUrl, COUNTERS)];
  const occupied = await runDocumented(DOCUMENT, 'restore', env);
  assert.notEqual(occupied.code, 0, 'в непустую базу копия не пишется');
  assert.match(occupied.output, /the database is not empty: storage_elements/);

  await recreate(admin.databaseUrl);
  const restored = await runDocumented(DOCUMENT, 'restore', env);
  assert.equal(restored.code, 0, restored.output);
  assert.deepEqual(await ask(admin.databaseUrl, REGISTRY), [], 'реестр пуст до запуска');
  const again = await openAdmin(t, admin.env);
  await settled(again, elements, 48);
  assert.deepEqual(await ask(admin.databaseUrl, REGISTRY), before);
  assert.deepEqual(await ask(admin.databaseUrl, COUNTERS), counted);

  assert.equal((await again.call('/api/v1/files', { token: oldToken })).status, 200, 'ключ подписи прежний');
  const { refresh_token: refreshToken } = session.body;
  const refreshed = await again.call('/api/v1/admin-auth/refresh', { json: { refresh_token: refreshToken } });
  assert.equal(refreshed.status, 401, 'сеансы копия не возвращает');
  const token = await again.adminToken();
  const audit = (await again.call('/api/v1/audit', { token })).body.items as { action: string }[];
  const actions = new Set(audit.map(({ action }) => action));
  assert.ok(actions.has('database_restored') && actions.has('storage_element_registered'), [...actions].join());
  for (const { storageId } of elements) {
    const runs = (await again.call(`/api/v1/storage-elements/${storageId}/syncs`, { token })).body.items;
    assert.ok(
      runs.some((run: { trigger: string; state: string }) => run.trigger === 'restored' && run.state === 'done'),
    );
  }
});

test('испорченная, оборванная и чужая копия не оставляет в базе ни строки', async (t) => {
  const admin = await startAdmin(t, INTERVALS);
  await assertEveryTableDecided(admin);
  const folder = await temporaryDirectory(inOrder(t));
  const log = createLogger({ service: 'admin-module', level: 'silent', format: 'text' });
  const database = openDatabase({ url: admin.databaseUrl, connectionsMax: 2, log });
  const good = join(folder, 'whole.dump');
  await dumpDatabase(database, good);
  await admin.stop();
  await database.close();
  const whole = await readFile(good, 'utf8');
  const broken: [string, string, RegExp][] = [
    ['foreign', whole.replace('0001-', '0000-'), /another version/],
    ['corrupted', whole.replace('"role":"admin"', '"role":"adm1n"'), /violates check constraint|checksum/],
    ['swapped', whole.replace('"username":"admin"', '"username":"nimda"'), /the checksum does not match/],
    ['truncated', whole.split('\n').slice(0, -2).join('\n'), /truncated/],
  ];
  await recreate(admin.databaseUrl);
  const empty = openDatabase({ url: admin.databaseUrl, connectionsMax: 2, log });
  cleanUp(t, empty.close);
  await migrate(empty.pool, { directory: MIGRATIONS, table: 'admin_migrations' });
  for (const [name, text, reason] of broken) {
    const path = join(folder, `${name}.dump`);
    await writeFile(path, text);
    await assert.rejects(restoreDatabase(empty, path), reason, name);
  }
  const left = await ask(admin.databaseUrl, 'select from admin_users union all select from signing_keys');
  assert.equal(left.length, 0);
  assert.ok((await restoreDatabase(empty, good)) > 0, 'целая копия в ту же базу ложится');
});

async function assertEveryTableDecided(admin: TestAdmin): Promise<void> {
  const rows = await ask(admin.databaseUrl, `select tablename as name from pg_tables where schemaname = 'public'`);
  const decided = new Set([...ADMINISTRATIVE_TABLES.map(({ name }) => name), ...LEFT_OUT.keys()]);
  const missing = rows.map((row) => String(row['name'])).filter((name) => !decided.has(name));
  assert.deepEqual(missing, [], 'назовите таблицу в src/backup/backup-table.ts: в копии она или нет');
}
