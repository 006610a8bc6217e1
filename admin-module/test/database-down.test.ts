// База пропала и вернулась: готовность падает, запросы получают 503, ничего не рушится, перезапуск не нужен.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import pg from 'pg';
import { startAdmin } from './start-admin.ts';

test('без базы — 503 и fail, после её возвращения всё идёт дальше само', async (t) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '100ms', AM_WATCH_INTERVAL: '100ms' });
  const token = await admin.token('full');
  assert.equal((await admin.call('/health/ready')).body.status, 'ok');
  const url = new URL(admin.databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const server = new pg.Client({ connectionString: url.href });
  await server.connect();
  const cut = () =>
    server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)', [
      [name, `${name}_away`],
    ]);
  await waitUntil('база убрана', async () => {
    await cut();
    return await server.query(`alter database ${name} rename to ${name}_away`).then(
      () => true,
      () => false,
    );
  });
  const ready = await admin.call('/health/ready');
  assert.deepEqual([ready.status, ready.body.status, ready.body.checks.database.status], [503, 'fail', 'fail']);
  assert.equal((await admin.call('/health/live')).status, 200);
  const list = await admin.call('/api/v1/storage-elements', { token });
  assert.deepEqual([list.status, list.body.error.code], [503, 'NOT_READY']);
  assert.ok(Number(list.headers.get('retry-after')) >= 1);
  const login = await admin.call('/api/v1/admin-auth/login', { json: { username: 'admin', password: 'x' } });
  assert.equal(login.status, 503);
  assert.equal((await admin.call('/api/v1/auth/jwks')).status, 200);
  await server.query(`alter database ${name}_away rename to ${name}`);
  await server.end();
  await waitUntil('модуль снова готов', async () => (await admin.call('/health/ready')).body.status === 'ok');
  assert.equal((await admin.call('/api/v1/storage-elements', { token })).status, 200);
});
