// Роли базы: у роли работы нет ничего сверх строк, а база, заведённая без ролей, переходит к владельцу целиком.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { migrate } from '@artstore/postgres';
import { asRole, testDatabase } from '@artstore/testing';
import pg from 'pg';
import { cleanUp, inOrder } from './clean-up.ts';
import { createRoles } from './create-roles.ts';
import { openAdmin, startAdmin } from './start-admin.ts';

const REFUSED = { code: '42501' };
const MIGRATIONS = new URL('../migrations/', import.meta.url);
const QUERY_MIGRATIONS = new URL('../../query-module/migrations/', import.meta.url);

async function connect(t: TestContext, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  cleanUp(t, () => client.end());
  return client;
}

test('роль работы модуля управления не меняет ни схемы, ни журнала, ни учёта миграций', async (t) => {
  const admin = await startAdmin(t);
  const db = await connect(t, asRole(admin.databaseUrl, 'artstore_admin'));
  for (const sql of [
    'create table extra (id int)',
    'create temporary table extra (id int)',
    'create schema extra',
    'drop table files',
    'truncate files',
    'alter table files add extra int',
    'create index on files (size)',
    "update audit_log set action = 'x'",
    'delete from audit_log',
    "set artstore.audit_retention = 'on'; delete from audit_log",
    'truncate audit_log',
    'delete from admin_migrations',
    "create or replace function forget_old_audit(keep interval, portion integer) returns integer language sql as 'select 0'",
  ]) {
    await assert.rejects(db.query(sql), REFUSED, sql);
  }
  await db.query("select forget_old_audit('1 day', 10)");
  await db.query("insert into login_attempts values ('', 1, null, now())");
  assert.equal((await db.query('delete from login_attempts')).rowCount, 1);
});

test('роль модуля поиска читает одни файлы', async (t) => {
  const admin = await startAdmin(t);
  const db = await connect(t, asRole(admin.databaseUrl, 'artstore_query'));
  const { rows } = await db.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')`,
  );
  const names = rows.map(({ relname }) => relname);
  for (const known of ['service_accounts', 'signing_keys', 'sessions', 'admin_users']) assert.ok(names.includes(known));
  for (const name of names.filter((one) => one !== 'files')) {
    await assert.rejects(db.query(`select from ${name}`), REFUSED, name);
  }
  await db.query('select * from files');
  for (const sql of [
    'insert into files select * from files',
    "update files set status = 'deleted'",
    'delete from files',
    'truncate files',
    'select from files for update',
    'create table extra (id int)',
    'create temporary table extra (id int)',
    "select forget_old_audit('1 day', 10)",
  ]) {
    await assert.rejects(db.query(sql), REFUSED, sql);
  }
});

test('перезапуск снимает лишние права и возвращает недостающие', async (t) => {
  const first = await startAdmin(t);
  const db = await connect(t, first.databaseUrl);
  await db.query(`grant delete, truncate on audit_log to artstore_admin; revoke select on files from artstore_query;
    grant select on signing_keys to artstore_query; revoke insert on sessions from artstore_admin`);
  await openAdmin(t, first.env);
  const { rows } = await db.query(
    `select has_table_privilege('artstore_admin', 'audit_log', 'delete, truncate') as audit,
       has_table_privilege('artstore_query', 'signing_keys', 'select') as keys,
       has_table_privilege('artstore_query', 'files', 'select') as files,
       has_table_privilege('artstore_admin', 'sessions', 'insert') as sessions`,
  );
  assert.deepEqual(rows, [{ audit: false, keys: false, files: true, sessions: true }]);
});

test('база, которую завели без ролей, переходит к владельцу целиком, и модуль в ней работает', async (t) => {
  const { url } = await testDatabase(inOrder(t));
  const db = await connect(t, url);
  const pool = new pg.Pool({ connectionString: url });
  await migrate(pool, { directory: MIGRATIONS, table: 'admin_migrations' });
  await migrate(pool, { directory: QUERY_MIGRATIONS, table: 'query_migrations' });
  await pool.end();
  await createRoles(url);
  await createRoles(url);
  const { rows } = await db.query(`
    select kind, name from (
      select 'relation' as kind, oid::regclass::text as name, relowner as owner, relnamespace as home, 'pg_class'::regclass as class, oid from pg_class
      union all select 'routine', oid::regprocedure::text, proowner, pronamespace, 'pg_proc'::regclass, oid from pg_proc
      union all select 'dictionary', dictname, dictowner, dictnamespace, 'pg_ts_dict'::regclass, oid from pg_ts_dict
      union all select 'configuration', cfgname, cfgowner, cfgnamespace, 'pg_ts_config'::regclass, oid from pg_ts_config
      union all select 'type', typname, typowner, typnamespace, 'pg_type'::regclass, oid from pg_type
    ) as thing
    where home in ('public'::regnamespace, 'query'::regnamespace) and owner <> 'artstore_admin_owner'::regrole
      and not exists (select from pg_depend where deptype = 'e' and classid = class and objid = thing.oid)`);
  assert.deepEqual(rows, []);

  const admin = await startAdmin(t, {
    AM_DATABASE_URL: asRole(url, 'artstore_admin'),
    AM_MIGRATIONS_DATABASE_URL: asRole(url, 'artstore_admin_owner'),
  });
  assert.equal((await admin.call('/health/ready')).status, 200);
  // Запись в files считает выражения индексов модуля поиска: для них роли нужна его схема.
  const own = await connect(t, asRole(url, 'artstore_admin'));
  await own.query(`
    insert into storage_elements (id, name, url, mode, status, version, epoch, capacity_bytes, used_bytes, available_bytes, revision)
    values ('0197a3f2-6c1e-7d53-9b0a-000000000001', 'se', 'http://127.0.0.1:1', 'rw', 'online', '1', '1', 0, 0, 0, 0);
    insert into files (file_id, storage_element_id, original_filename, content_type, size, checksum, uploaded_by, uploaded_at,
      description, tags, metadata, status, retention_policy, version, revision)
    values (gen_random_uuid(), '0197a3f2-6c1e-7d53-9b0a-000000000001', 'договор.pdf', 'text/plain', 1, '', 'sa', now(),
      '', '{}', '{}', 'active', 'permanent', 1, 1)`);
  const reader = await connect(t, asRole(url, 'artstore_query'));
  const found = await reader.query(`select from files where query.search_vector(original_filename, description, tags)
    @@ query.words_query(query.words('договоры'))`);
  assert.equal(found.rowCount, 1);
});
