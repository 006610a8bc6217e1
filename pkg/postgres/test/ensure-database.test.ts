import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryDirectory, testDatabase } from '@artstore/testing';
import { ensureDatabase, openPool, silentLog } from '../index.ts';

test('база и роли заводятся один раз, владелец без особых прав, но расширение триграмм ему доступно', async (t) => {
  const { url } = await testDatabase(t);
  const name = `owner_${process.pid}`;
  const old = `old_${process.pid}`;
  const file = path.join(await temporaryDirectory(t), 'roles.sql');
  await writeFile(
    file,
    `DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name}; END IF;
    END $$;
    ALTER DATABASE ${name} OWNER TO ${name};`,
  );
  const admin = openPool({ url, applicationName: 'test', connectionsMax: 1, log: silentLog });
  t.after(() => admin.end());
  await admin.query(`CREATE ROLE ${old} LOGIN`);
  const wish = { database: name, roles: pathToFileURL(file), retired: [old] };
  await ensureDatabase(url, { ...wish, passwords: { [name]: 'первый' } });
  const urlOf = await ensureDatabase(url, { ...wish, passwords: { [name]: 'а/б@в %:1' } });
  const pool = openPool({ url: urlOf(name), applicationName: 'test', connectionsMax: 1, log: silentLog });
  await pool.query('CREATE EXTENSION pg_trgm; CREATE TABLE word (text text)');
  const { rows } = await pool.query(
    `SELECT current_database() AS base, rolsuper AS super,
       (SELECT rolcanlogin FROM pg_roles WHERE rolname = '${old}') AS old
     FROM pg_roles WHERE rolname = current_user`,
  );
  assert.deepEqual(rows, [{ base: name, super: false, old: false }]);
  await pool.end();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.query(`DROP ROLE ${name}, ${old}`);
});
