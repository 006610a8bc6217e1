import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryDirectory, testDatabase, waitUntil } from '@artstore/testing';
import { migrate, openPool, silentLog } from '../index.ts';

async function prepare(t: TestContext, files: Record<string, string>) {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'test', connectionsMax: 5, log: silentLog });
  t.after(() => pool.end());
  const folder = path.join(await temporaryDirectory(t), 'миграции');
  await mkdir(folder);
  const put = (name: string, sql: string) => writeFile(path.join(folder, name), sql);
  for (const [name, sql] of Object.entries(files)) await put(name, sql);
  const run = () => migrate(pool, { directory: pathToFileURL(folder), table: 'some_migrations' });
  return { pool, folder, put, run };
}

test('каждая миграция применяется один раз и по порядку', async (t) => {
  const { pool, put, run } = await prepare(t, {
    '0001-create-note.sql': 'CREATE TABLE note (id int); INSERT INTO note VALUES (1);',
  });
  assert.deepEqual(await run(), { applied: ['0001-create-note.sql'], unknown: [] });
  await put('0002-add-text.sql', "ALTER TABLE note ADD text text DEFAULT 'Ж';");
  assert.deepEqual((await run()).applied, ['0002-add-text.sql']);
  assert.deepEqual((await run()).applied, []);
  assert.deepEqual((await pool.query('SELECT * FROM note')).rows, [{ id: 1, text: 'Ж' }]);
});

test('пять копий стартуют разом: миграция выполняется ровно одной, остальные ждут', async (t) => {
  const { run } = await prepare(t, {
    '0001-create-note.sql': 'CREATE TABLE note (id int); SELECT pg_sleep(0.3);',
    '0002-index-note.sql': '-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS note_id ON note (id);',
  });
  const outcomes = await Promise.all([run(), run(), run(), run(), run()]);
  assert.equal(outcomes.flatMap((outcome) => outcome.applied).length, 2);
});

test('правленый после применения файл не проходит', async (t) => {
  const { put, run } = await prepare(t, { '0001-create-note.sql': 'CREATE TABLE note (id int);' });
  await run();
  await put('0001-create-note.sql', 'CREATE TABLE note (id bigint);');
  await assert.rejects(run(), /0001-create-note\.sql: файл изменён после применения/);
});

test('ошибка SQL называет файл и строку, а от файла не остаётся ничего', async (t) => {
  const { pool, put, run } = await prepare(t, { '0001-create-note.sql': 'CREATE TABLE note (id int);\n\nSELEC 1;\n' });
  await assert.rejects(run(), /0001-create-note\.sql:3: syntax error at or near "SELEC"/);
  assert.equal((await pool.query("SELECT to_regclass('note') AS note")).rows[0].note, null);
  await put('0001-create-note.sql', 'CREATE TABLE note (id int);');
  assert.equal((await run()).applied.length, 1);
});

test('ошибка в файле без транзакции тоже называет строку', async (t) => {
  const { run } = await prepare(t, { '0001-a.sql': '-- no-transaction\nSELECT 1;\nSELECT\n  нет_такого;\n' });
  await assert.rejects(run(), /0001-a\.sql:4: column "нет_такого" does not exist/);
});

test('негодный индекс, оставшийся от обрыва, строится заново', async (t) => {
  const { pool, put, run } = await prepare(t, {
    '0001-create-note.sql': 'CREATE TABLE note (id int); INSERT INTO note VALUES (1), (1);',
  });
  await run();
  // Настоящий обрыв: уникальный индекс по повторам не достраивается и остаётся негодным.
  await assert.rejects(pool.query('CREATE UNIQUE INDEX CONCURRENTLY note_id ON note (id)'));
  await pool.query('DELETE FROM note WHERE ctid = (SELECT min(ctid) FROM note)');
  await put(
    '0002-index.sql',
    '-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS note_id ON note (id);',
  );
  await run();
  const { rows } = await pool.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'note_id'::regclass");
  assert.deepEqual(rows, [{ indisvalid: true }]);
});

test('индекс без IF NOT EXISTS в файле без транзакции не принимается', async (t) => {
  const { run } = await prepare(t, {
    '0001-i.sql': '-- no-transaction\nCREATE INDEX CONCURRENTLY i ON pg_class (oid);',
  });
  await assert.rejects(run(), /0001-i\.sql:2: здесь нужно IF NOT EXISTS/);
});

test('повтор номера, пропущенный номер и чужое имя — ошибки', async (t) => {
  const { put, run, folder } = await prepare(t, { '0002-b.sql': 'SELECT 1' });
  await run();
  await put('0001-a.sql', 'SELECT 1');
  await assert.rejects(run(), /0001-a\.sql: номер меньше уже применённого 2/);
  await rm(path.join(folder, '0001-a.sql'));
  await put('0002-c.sql', 'SELECT 1');
  await assert.rejects(run(), /0002-c\.sql: номер 0002 уже занят/);
  await rm(path.join(folder, '0002-c.sql'));
  await put('Три.sql', 'SELECT 1');
  await assert.rejects(run(), /Три\.sql: имя миграции/);
});

test('база новее кода: старая копия работает и называет незнакомые миграции', async (t) => {
  const { run, folder, put } = await prepare(t, { '0001-a.sql': 'SELECT 1' });
  await put('0002-b.sql', 'SELECT 1');
  await run();
  await rm(path.join(folder, '0002-b.sql'));
  assert.deepEqual(await run(), { applied: [], unknown: ['0002-b.sql'] });
});

test('долгая миграция одного модуля не держит другой', async (t) => {
  const { pool, run, folder } = await prepare(t, { '0001-wait.sql': '-- no-transaction\nSELECT pg_advisory_lock(1);' });
  const holder = await pool.connect();
  await holder.query('SELECT pg_advisory_lock(1)');
  const long = run();
  await waitUntil('долгая миграция идёт', async () => {
    const { rows } = await pool.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
    return rows.length === 1;
  });
  const other = path.join(folder, 'сосед');
  await mkdir(other);
  await writeFile(path.join(other, '0001-create-note.sql'), 'CREATE TABLE note (id int);');
  const { applied } = await migrate(pool, {
    directory: pathToFileURL(other),
    table: 'other_migrations',
    lockWaitMs: 0,
  });
  assert.deepEqual(applied, ['0001-create-note.sql']);
  await holder.query('SELECT pg_advisory_unlock(1)');
  holder.release();
  assert.equal((await long).applied.length, 1);
});

test('занятую таблицу миграция ждёт короткими попытками: за ней самой очередь не растёт', async (t) => {
  const { pool, put, folder, run } = await prepare(t, { '0001-create-note.sql': 'CREATE TABLE note (id int);' });
  await run();
  await put('0002-add-text.sql', 'ALTER TABLE note ADD text text;');
  const reader = await pool.connect();
  await reader.query('BEGIN; SELECT FROM note');
  let blocked = 0;
  const info = (fields: Readonly<Record<string, unknown>>) => {
    if (fields['event'] === 'migration_blocked') blocked += 1;
  };
  const waiting = migrate(pool, {
    directory: pathToFileURL(folder),
    table: 'some_migrations',
    log: { ...silentLog, info },
  });
  await waitUntil('первая попытка уступила', () => blocked === 1);
  await pool.query('INSERT INTO note VALUES (1)');
  await reader.query('COMMIT');
  reader.release();
  assert.deepEqual((await waiting).applied, ['0002-add-text.sql']);
});

test('повторяемый файл выполняется при каждом вызове, но не тогда, когда база новее кода', async (t) => {
  const { pool, folder, put } = await prepare(t, { '0001-create-note.sql': 'CREATE TABLE note (id int);' });
  const everyTime = path.join(await temporaryDirectory(t), 'add-note.sql');
  await writeFile(everyTime, 'INSERT INTO note VALUES (1);');
  const wish = { directory: pathToFileURL(folder), table: 'some_migrations', everyTime: pathToFileURL(everyTime) };
  const count = async () => (await pool.query('SELECT count(*)::int AS count FROM note')).rows[0].count;
  await migrate(pool, wish);
  await put('0002-add-text.sql', 'ALTER TABLE note ADD text text;');
  await migrate(pool, wish);
  assert.equal(await count(), 2);
  await rm(path.join(folder, '0002-add-text.sql'));
  assert.deepEqual((await migrate(pool, wish)).unknown, ['0002-add-text.sql']);
  assert.equal(await count(), 2);
  await writeFile(everyTime, '\nINSERT INTO nowhere VALUES (1);');
  await put('0002-add-text.sql', 'ALTER TABLE note ADD text text;');
  await assert.rejects(migrate(pool, wish), /add-note\.sql:2: relation "nowhere" does not exist/);
});
