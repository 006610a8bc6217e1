import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { temporaryDirectory, testDatabase, waitUntil } from '@artstore/testing';
import { openPool, silentLog, startEmbeddedPostgres, transaction } from '../index.ts';

test('bigint приходит числом, а непомещающийся — ошибкой', async (t) => {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'test', connectionsMax: 2, log: silentLog });
  t.after(() => pool.end());
  const { rows } =
    await pool.query(`SELECT 9007199254740991::bigint AS big, count(*) AS n, ARRAY[1, 2]::bigint[] AS list,
    ARRAY['2026-01-01Z'::timestamptz] AS times, '2026-01-02'::date AS day, 'infinity'::timestamptz AS never`);
  assert.deepEqual(rows, [
    {
      big: 9007199254740991,
      n: 1,
      list: [1, 2],
      times: ['2026-01-01T00:00:00.000Z'],
      day: '2026-01-02',
      never: 'infinity',
    },
  ]);
  await assert.rejects(pool.query('SELECT 9007199254740993::bigint AS big'), /не помещается в число/);
  assert.equal((await pool.query('SELECT 1 AS one')).rows[0].one, 1);
});

test('транзакция откатывается целиком и возвращает соединение', async (t) => {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'test', connectionsMax: 1, log: silentLog });
  t.after(() => pool.end());
  await pool.query('CREATE TABLE note (id int UNIQUE)');
  const failure = new Error('передумали');
  await assert.rejects(
    transaction(pool, async (client) => {
      await client.query('INSERT INTO note VALUES (1)');
      throw failure;
    }),
    failure,
  );
  assert.equal(await transaction(pool, async (client) => (await client.query('SELECT FROM note')).rowCount), 0);
});

test('перезапуск базы: запросы получают NOT_READY, затем идут дальше, процесс цел', async (t) => {
  const directory = await temporaryDirectory(t);
  let server = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => server.stop());
  const lost: unknown[] = [];
  const log = { info: () => undefined, warn: (fields: unknown) => void lost.push(fields) };
  const pool = openPool({ url: server.url, applicationName: 'test', connectionsMax: 3, log });
  t.after(() => pool.end());
  const idle = await pool.connect();
  await pool.query('SELECT 1');

  const running = assert.rejects(pool.query('SELECT pg_sleep(30)'), { code: 'NOT_READY' });
  const inside = assert.rejects(
    transaction(pool, async (client) => {
      await client.query('SELECT 1');
      await server.stop();
      await client.query('SELECT 2');
    }),
    { code: 'NOT_READY' },
  );
  await Promise.all([running, inside]);
  await assert.rejects(pool.query('SELECT 1'), { code: 'NOT_READY' });
  await assert.rejects(pool.connect(), { code: 'NOT_READY' });
  await assert.rejects(idle.query('SELECT 1'), { code: 'NOT_READY' });
  idle.release(true);
  assert.ok(lost.length > 0);

  server = await startEmbeddedPostgres({ directory, log: silentLog });
  await waitUntil('пул снова отвечает', async () => (await pool.query('SELECT 7 AS n')).rows[0].n === 7);
});

test('пул не больше заданного, лишние ждут недолго и получают NOT_READY', async (t) => {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'test', connectionsMax: 1, connectTimeoutMs: 100, log: silentLog });
  t.after(() => pool.end());
  const only = await pool.connect();
  await assert.rejects(pool.query('SELECT 1'), { code: 'NOT_READY' });
  only.release();
  assert.equal((await pool.query('SELECT 1 AS n')).rows[0].n, 1);
});

test('долгий запрос обрывается сервером по пределу времени', async (t) => {
  const { url } = await testDatabase(t);
  const pool = openPool({ url, applicationName: 'test', connectionsMax: 1, statementTimeoutMs: 100, log: silentLog });
  t.after(() => pool.end());
  await assert.rejects(pool.query('SELECT pg_sleep(5)'), { code: '57014' });
});

test('база молчит (сеть пропала без обрыва): запрос получает NOT_READY в срок, соединение в пул не возвращается', async (t) => {
  const { url } = await testDatabase(t);
  const target = new URL(url);
  const socketPath = `${decodeURIComponent(target.hostname)}/.s.PGSQL.5432`;
  const silence = new AbortController();
  const proxy = createServer((socket) => {
    const upstream = connect(socketPath);
    for (const side of [socket, upstream]) side.on('error', () => undefined);
    socket.on('data', (chunk) => silence.signal.aborted || upstream.write(chunk));
    upstream.on('data', (chunk) => silence.signal.aborted || socket.write(chunk));
    socket.on('close', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  target.host = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const pool = openPool({
    url: target.href,
    applicationName: 'test',
    connectionsMax: 1,
    statementTimeoutMs: 200,
    log: silentLog,
  });
  t.after(() => pool.end());
  const client = await pool.connect();
  silence.abort();
  const startedAt = performance.now();
  await assert.rejects(client.query('SELECT 1'), { code: 'NOT_READY' });
  assert.ok(performance.now() - startedAt < 5_000);
  client.release();
  await waitUntil('соединение убрано из пула', () => pool.totalCount === 0, 1_000);
});
