import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryDirectory } from '@artstore/testing';
import { checkDatabase, openPool, silentLog, startEmbeddedPostgres } from '../index.ts';

test('сервер поднимается, хранит данные между запусками и отвечает по-русски', async (t) => {
  const directory = `${await temporaryDirectory(t)}/папка с пробелом`;
  const first = await startEmbeddedPostgres({ directory, log: silentLog });
  const pool = openPool({ url: first.url, applicationName: 'test', connectionsMax: 2, log: silentLog });
  assert.equal(first.created, true);
  await pool.query('CREATE EXTENSION pg_trgm');
  await pool.query(
    "CREATE TABLE word AS SELECT 'Договор'::text AS text, 5::bigint AS n, '2026-02-21T13:00:00.5+03'::timestamptz AS at",
  );
  const findings = await checkDatabase(pool);
  assert.deepEqual(
    findings.map((f) => [f.name, f.status]),
    [
      ['version', 'ok'],
      ['encoding', 'ok'],
      ['durability', 'ok'],
      ['trigrams', 'ok'],
    ],
  );
  await pool.end();
  await first.stop();

  const second = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => second.stop());
  const again = openPool({ url: second.url, applicationName: 'test', connectionsMax: 2, log: silentLog });
  t.after(() => again.end());
  assert.equal(second.created, false);
  assert.equal(second.url, first.url);
  const { rows } = await again.query("SELECT text, n, at FROM word WHERE text ILIKE 'дОГ%'");
  assert.deepEqual(rows, [{ text: 'Договор', n: 5, at: '2026-02-21T10:00:00.500Z' }]);
});
