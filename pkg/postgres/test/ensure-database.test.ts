import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '@artstore/testing';
import { ensureDatabase, openPool, silentLog } from '../index.ts';

test('база заводится один раз, владелец без особых прав, но расширение триграмм ему доступно', async (t) => {
  const { url } = await testDatabase(t);
  const name = `owner_${process.pid}`;
  const admin = openPool({ url, applicationName: 'test', connectionsMax: 1, log: silentLog });
  t.after(() => admin.end());
  await ensureDatabase(url, { database: name, role: name, password: 'первый' });
  const owned = await ensureDatabase(url, { database: name, role: name, password: 'а/б@в %:1' });
  const pool = openPool({ url: owned, applicationName: 'test', connectionsMax: 1, log: silentLog });
  await pool.query('CREATE EXTENSION pg_trgm; CREATE TABLE word (text text)');
  const { rows } = await pool.query(
    'SELECT current_database() AS base, rolsuper AS super FROM pg_roles WHERE rolname = current_user',
  );
  assert.deepEqual(rows, [{ base: name, super: false }]);
  await pool.end();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.query(`DROP ROLE ${name}`);
});
