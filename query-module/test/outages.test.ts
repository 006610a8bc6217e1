// Соседей нет: таблица ещё не создана, база или Admin недоступны. Query ждёт, отвечает понятной ошибкой и не падает.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRole, waitUntil } from '@artstore/testing';
import { openPool } from '@artstore/postgres';
import { searchDatabaseUrl } from '../src/registry/search-database-url.ts';
import {
  createRegistry,
  createRoles,
  emptyDatabase,
  fileRow,
  grantRights,
  insertFiles,
  type Registry,
  registryDatabase,
  silent,
} from './registry-fixture.ts';
import { startAdmin } from './start-admin.ts';
import { startElement } from './start-element.ts';
import { type ErrorReply, type QueryStand, startQuery } from './start-query.ts';

interface Ready {
  readonly status: string;
  readonly checks: Record<string, { status: string; message?: string }>;
}

const readiness = async (query: QueryStand): Promise<Ready> =>
  (await query.call('GET', '/health/ready', { token: null })).json<Ready>();

test('таблицы ещё нет: поиск отвечает NOT_READY, а после её появления индексы строятся сами', async (t) => {
  const registry = await emptyDatabase(t);
  const query = await startQuery(t, { registry });
  const reply = await query.call('POST', '/api/v1/search', { body: {} });
  assert.equal(reply.status, 503);
  assert.equal(reply.json<ErrorReply>().error.code, 'NOT_READY');
  assert.ok(reply.headers['retry-after']);
  assert.equal((await readiness(query)).checks['database']?.status, 'fail');

  await createRegistry(registry);
  await insertFiles(registry, [fileRow()]);
  await waitUntil('индексы построены', async () => (await readiness(query)).checks['search']?.status === 'ok', 20_000);
  assert.equal((await query.search({ query: 'договоры', mode: 'fulltext' })).total, 1);
  const { rows } = await registry.pool.query(`SELECT indexname FROM pg_indexes WHERE indexname LIKE 'files_query_%'`);
  assert.equal(rows.length, 9);
});

test('индексы строятся на живой таблице: поиск и запись идут, чужая долгая транзакция их лишь задерживает', async (t) => {
  const registry = await emptyDatabase(t);
  await createRegistry(registry);
  await insertFiles(registry, [fileRow(), fileRow({ original_filename: 'смета.xlsx' })]);
  // Построение без остановки записи ждёт конца всех начатых транзакций: открытая держит его сколько нужно проверке.
  const writer = await registry.pool.connect();
  await writer.query(`BEGIN; UPDATE files SET description = 'правка' WHERE original_filename = 'смета.xlsx'`);
  const query = await startQuery(t, { registry, env: { QM_SEARCH_TIMEOUT: '30s' } });
  try {
    await waitUntil('построение ждёт чужую транзакцию', async () => (await countIndexes(registry, false)) > 0, 30_000);
    const ready = await readiness(query);
    assert.equal(ready.status, 'degraded');
    assert.match(ready.checks['search']?.message ?? '', /строятся/);
    for (const body of [
      { query: 'договоры', mode: 'fulltext' },
      { query: 'оговор' },
      { query: 'договор.pdf', mode: 'exact' },
    ]) {
      assert.equal((await query.search(body)).total, 1);
    }
    await insertFiles(registry, [fileRow({ original_filename: 'новый договор.pdf' })]);
    assert.equal((await query.search({ query: 'договоры', mode: 'fulltext' })).total, 2);
    assert.equal(await countIndexes(registry, true), 0);
  } finally {
    await writer.query('COMMIT');
    writer.release();
  }
  await waitUntil('индексы построены', async () => (await readiness(query)).checks['search']?.status === 'ok', 100_000);
  assert.equal(await countIndexes(registry, true), 9);
  assert.equal((await query.search({ query: 'правки', mode: 'fulltext' })).total, 1);
});

/** Сколько индексов поиска готово (valid) или только строится. */
async function countIndexes({ pool }: Registry, valid: boolean): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE relname LIKE 'files_query_%' AND indisvalid = $1`,
    [valid],
  );
  return rows[0]?.count ?? 0;
}

test('роль поиска ещё не вправе читать реестр — NOT_READY; права даны — индексы строит владелец, ищет она', async (t) => {
  const registry = await emptyDatabase(t);
  await createRoles(registry);
  await createRegistry(registry);
  await insertFiles(registry, [fileRow()]);
  await createRoles(registry);
  const query = await startQuery(t, {
    registry,
    env: {
      QM_DATABASE_URL: asRole(registry.url, 'artstore_query'),
      QM_MIGRATIONS_DATABASE_URL: asRole(registry.url, 'artstore_admin_owner'),
    },
  });
  const refused = await query.call('POST', '/api/v1/search', { body: {} });
  assert.deepEqual([refused.status, refused.json<ErrorReply>().error.code], [503, 'NOT_READY']);
  assert.equal((await readiness(query)).checks['database']?.status, 'fail');

  await grantRights(registry);
  await waitUntil('индексы построены', async () => (await readiness(query)).checks['search']?.status === 'ok', 60_000);
  for (const body of [
    { query: 'договоры', mode: 'fulltext' },
    { query: 'оговор' },
    { query: 'договор.pdf', mode: 'exact' },
  ]) {
    assert.equal((await query.search(body)).total, 1);
  }
});

test('миграции обратимы: без индексов поиск верен, без схемы — NOT_READY, а не 500', async (t) => {
  const registry = await registryDatabase(t);
  const query = await startQuery(t, { registry });
  await insertFiles(registry, [fileRow()]);
  const { rows } = await registry.pool.query<{ indexname: string }>(
    `SELECT indexname FROM pg_indexes WHERE indexname LIKE 'files_query_%'`,
  );
  for (const { indexname } of rows) await registry.pool.query(`DROP INDEX CONCURRENTLY ${indexname}`);
  for (const body of [
    { query: 'договоры', mode: 'fulltext' },
    { query: 'оговор' },
    { query: 'договор.pdf', mode: 'exact' },
  ]) {
    assert.equal((await query.search(body)).total, 1);
  }
  await registry.pool.query('DROP SCHEMA query CASCADE');
  assert.equal((await query.call('POST', '/api/v1/search', { body: { query: 'а' } })).status, 503);
});

test('соединение поиска только читает, какие бы права ни были у роли', async (t) => {
  const registry = await registryDatabase(t);
  await insertFiles(registry, [fileRow()]);
  const pool = openPool({
    url: searchDatabaseUrl(registry.url),
    applicationName: 'query-tests',
    connectionsMax: 1,
    log: silent,
  });
  t.after(() => pool.end());
  await assert.rejects(pool.query('DELETE FROM files'));
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM files');
  assert.equal(rows[0]?.count, 1);
});

test('слишком долгий поиск прерван понятной ошибкой', async (t) => {
  const registry = await registryDatabase(t);
  const query = await startQuery(t, { registry, env: { QM_SEARCH_TIMEOUT: '300ms' } });
  await insertFiles(registry, [fileRow()]);
  // Чужая блокировка таблицы — самый простой настоящий способ затормозить поиск.
  const client = await registry.pool.connect();
  await client.query('BEGIN; LOCK TABLE files IN ACCESS EXCLUSIVE MODE');
  const startedAt = performance.now();
  const reply = await query.call('POST', '/api/v1/search', { body: {}, headers: { 'accept-language': 'ru' } });
  await client.query('ROLLBACK');
  client.release();
  assert.equal(reply.status, 503);
  assert.match(reply.json<ErrorReply>().error.message, /не уложился/);
  assert.ok(performance.now() - startedAt < 2_000);
  assert.equal((await query.search({})).total, 1);
});

test('база пропала: поиск 503, известные файлы видны и скачиваются; вернулась — всё работает без перезапуска', async (t) => {
  const registry = await registryDatabase(t);
  const gate = await openGate(t, registry.url);
  const admin = await startAdmin(t);
  const element = await startElement(t, admin);
  admin.elements = [{ id: element.id, url: element.url, mode: 'edit' }];
  const query = await startQuery(t, {
    admin,
    registry: { ...registry, url: gate.url },
    env: { QM_CACHE_TTL: '300ms' },
  });
  const bytes = randomBytes(100_000);
  const [known, unknown] = [await element.put(bytes), await element.put(bytes)];
  await insertFiles(registry, [known, unknown]);
  assert.equal((await query.call('GET', `/api/v1/files/${known.file_id}`)).status, 200);

  gate.shut();
  await waitUntil('потеря базы замечена', async () => (await readiness(query)).status === 'fail');
  await sleep(400);
  assert.equal((await query.call('POST', '/api/v1/search', { body: {} })).status, 503);
  assert.equal((await query.call('GET', `/api/v1/files/${unknown.file_id}`)).status, 503);
  for (let round = 0; round < 3; round += 1) {
    assert.equal((await query.call('GET', `/api/v1/files/${known.file_id}`)).status, 200);
    const reply = await query.call('GET', `/api/v1/files/${known.file_id}/download`);
    assert.ok(reply.bytes.equals(bytes));
  }
  const metrics = (await query.call('GET', '/metrics', { token: null })).bytes.toString();
  const stale = metrics
    .split('\n')
    .find((line) => line.startsWith('query_metadata_cache_requests_total') && line.includes('result="stale"'));
  assert.ok(Number(stale?.split(' ').at(-1)) > 0, `строка метрики: ${stale ?? 'нет'}`);

  gate.open();
  await waitUntil(
    'база снова видна',
    async () => (await query.call('POST', '/api/v1/search', { body: {} })).status === 200,
  );
  assert.equal((await query.call('GET', `/api/v1/files/${unknown.file_id}`)).status, 200);
});

test('Admin пропал: скачивание идёт по последнему списку элементов', async (t) => {
  const admin = await startAdmin(t);
  const element = await startElement(t, admin);
  admin.elements = [{ id: element.id, url: element.url, mode: 'edit' }];
  const query = await startQuery(t, { admin, env: { QM_ELEMENTS_REFRESH: '100ms' } });
  const row = await element.put(Buffer.from('содержимое'));
  await insertFiles(query.registry, [row]);
  const path = `/api/v1/files/${row.file_id}/download`;
  assert.equal((await query.call('GET', path)).status, 200);
  admin.available = false;
  await sleep(500);
  assert.equal((await query.call('GET', path)).status, 200);
});

interface Gate {
  readonly url: string;
  shut(): void;
  open(): void;
}

/** Ворота TCP перед базой: закрытые рвут соединения и не принимают новых. */
async function openGate(t: TestContext, databaseUrl: string): Promise<Gate> {
  const target = new URL(databaseUrl);
  const socketFolder = target.searchParams.get('host') ?? decodeURIComponent(target.hostname);
  const port = target.searchParams.get('port') ?? (target.port === '' ? '5432' : target.port);
  const sockets = new Set<Socket>();
  let shut = false;
  const server = createServer((client) => {
    const upstream = socketFolder.startsWith('/')
      ? connect(`${socketFolder}/.s.PGSQL.${port}`)
      : connect(Number(port), socketFolder);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    if (shut) client.destroy();
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    close();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('ворота не слушают');
  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  url.searchParams.delete('port');
  const result = `postgresql://${url.username}${url.password === '' ? '' : `:${url.password}`}@127.0.0.1:${address.port}${url.pathname}`;
  return {
    url: result,
    shut() {
      shut = true;
      close();
    },
    open() {
      shut = false;
    },
  };
}
