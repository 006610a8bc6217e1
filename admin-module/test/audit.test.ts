// Журнал действий: неудачи записаны, секретов нет, строк не изменить и не удалить, старое уходит по сроку.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import pg from 'pg';
import { AUDITED_OPERATIONS } from '../src/audit/refused-calls.ts';
import { cleanUp } from './clean-up.ts';
import { ADMIN_PASSWORD, startAdmin, type TestAdmin } from './start-admin.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: Record<string, unknown> }> };
}

const contract = JSON.parse(readFileSync(new URL('../api/openapi.gen.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
/** Все закрытые операции, которые что-то меняют. */
const WRITES = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method, { security }]) => ['put', 'post', 'delete', 'patch'].includes(method) && security.length > 0)
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);
/** Своё для каждого: найтись в журнале не должен никто из них. */
const MARKER = 'СЕКРЕТ-мёдVz9-';

async function openDatabase(t: TestContext, admin: TestAdmin): Promise<pg.Client> {
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  cleanUp(t, () => db.end());
  return db;
}

test('журнал знает действие каждой изменяющей операции контракта', () => {
  const names = WRITES.map(({ operationId }) => operationId);
  assert.ok(names.length >= 25, String(names.length));
  assert.deepEqual(Object.keys(AUDITED_OPERATIONS).toSorted(), [...names, 'exportAudit'].toSorted());
});

test('отказ в правах на каждую изменяющую операцию записан: кто, что, над чем, откуда', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.token('only-admin-read');
  const db = await openDatabase(t, admin);
  for (const { operationId, path, method } of WRITES) {
    const id = randomUUID();
    const reply = await admin.call(path.replaceAll(/\{[^}]+\}/g, id), { method, token, json: {} });
    assert.equal(reply.status, 403, operationId);
    const { rows } = await db.query(
      `select actor_kind, actor, action, object_type, object_id, result, reason, remote_address, request_id
       from audit_log order by id desc limit 1`,
    );
    const [action, objectType] = AUDITED_OPERATIONS[operationId] ?? [];
    assert.deepEqual(rows[0], {
      actor_kind: 'service',
      actor: 'only-admin-read',
      action,
      object_type: objectType,
      object_id: path.includes('{') ? id : null,
      result: 'failure',
      reason: 'FORBIDDEN',
      remote_address: '127.0.0.1',
      request_id: rows[0].request_id,
    });
    assert.equal(typeof rows[0].request_id, 'string');
  }
});

test('ни один секрет в журнал не попадает: ни верный, ни неверный, ни присланный не туда', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.adminToken();
  const secrets = [ADMIN_PASSWORD, token, MARKER];
  const post = (path: string, json: object) => admin.call(`/api/v1${path}`, { method: 'POST', token, json });
  for (const { path, method, requestBody } of WRITES.filter(({ operationId }) => operationId !== 'logOut')) {
    const example = requestBody?.content['application/json']?.example ?? {};
    const json = Object.fromEntries(
      Object.entries(example).map(([name, value]) => [
        name,
        /password|secret|token/.test(name) && typeof value === 'string' ? `${MARKER}${name}` : value,
      ]),
    );
    const address = path.replaceAll(/\{[^}]+\}/g, randomUUID());
    await admin.call(address, { method, token, json });
    await admin.call(address, { method, token, json: { ...json, client_secret: MARKER, password: MARKER } });
  }
  const fresh = await admin.adminToken();
  secrets.push(fresh);
  const made = await admin.call('/api/v1/service-accounts', {
    token: fresh,
    json: { name: 'night-reports', scopes: ['files:read'] },
  });
  const one = `/api/v1/service-accounts/${made.body.account.id}`;
  const rotated = await admin.call(`${one}/rotate-secret`, { token: fresh, json: { overlap_hours: 1 } });
  const user = await admin.call('/api/v1/admin-users', {
    token: fresh,
    json: { username: 'sidorov', role: 'readonly' },
  });
  const reset = await admin.call(`/api/v1/admin-users/${user.body.user.id}/reset-password`, {
    method: 'POST',
    token: fresh,
  });
  secrets.push(made.body.client_secret, rotated.body.client_secret, user.body.one_time_password);
  secrets.push(reset.body.one_time_password);
  assert.ok(secrets.every((secret) => typeof secret === 'string' && secret.length > 8));
  // Имя и секрет перепутаны местами: и такое бывает.
  await post('/admin-auth/login', { username: MARKER, password: MARKER });
  await post('/admin-auth/login', { username: 'admin', password: MARKER });
  await post('/admin-auth/refresh', { refresh_token: `rt_${MARKER}` });
  await post('/auth/token', { client_id: MARKER, client_secret: MARKER, grant_type: 'client_credentials' });
  await admin.call('/api/v1/auth/token', {
    form: { grant_type: 'client_credentials', client_id: 'full', client_secret: MARKER },
  });
  const db = await openDatabase(t, admin);
  const { rows } = await db.query<{ line: string }>('select audit_log::text as line from audit_log');
  assert.ok(rows.length > 40, String(rows.length));
  for (const { line } of rows) {
    for (const secret of secrets) assert.ok(!line.includes(secret), line);
    assert.ok(!/argon2|secret_hash|password_hash/.test(line), line);
  }
});

test('неудачный вход и неверный секрет службы записаны с тем, кого они касаются; шквал — числом', async (t) => {
  const admin = await startAdmin(t);
  const db = await openDatabase(t, admin);
  const logIn = () =>
    admin.call('/api/v1/admin-auth/login', { json: { username: 'admin', password: 'wrong password' } });
  await Promise.all(Array.from({ length: 50 }, logIn));
  await admin.call('/api/v1/auth/token', {
    form: { grant_type: 'client_credentials', client_id: 'full', client_secret: 'wrong' },
  });
  const { rows } = await db.query(
    `select action, reason, object_id::uuid = coalesce(person.id, account.id) as known, count(*)::int as lines
     from audit_log left join admin_users as person on person.username = 'admin' and object_type = 'admin_user'
       left join service_accounts as account on account.client_id = 'full' and object_type = 'service_account'
     where result = 'failure' group by 1, 2, 3 order by 1, 2`,
  );
  assert.deepEqual(rows, [
    { action: 'login', reason: 'ACCOUNT_LOCKED', known: true, lines: 20 },
    { action: 'login', reason: 'INVALID_CREDENTIALS', known: true, lines: 5 },
    { action: 'token_issued', reason: 'INVALID_CREDENTIALS', known: true, lines: 1 },
  ]);
});

test('журнал не правится и не чистится ничем, кроме срока хранения', async (t) => {
  const admin = await startAdmin(t);
  await admin.adminToken();
  const db = await openDatabase(t, admin);
  const before = (await db.query('select count(*)::int as lines from audit_log')).rows;
  for (const change of [`update audit_log set actor = 'x'`, 'delete from audit_log', 'truncate audit_log']) {
    await assert.rejects(db.query(change), { code: '42501' }, change);
  }
  await assert.rejects(db.query(`select forget_old_audit(interval '0', 10)`), { code: '22023' });
  assert.deepEqual((await db.query('select count(*)::int as lines from audit_log')).rows, before);

  await db.query(
    `insert into audit_log (at, actor_kind, action, object_type, result)
     select now() - interval '2 years', 'system', 'old', 'sync', 'success' from generate_series(1, 25)`,
  );
  const forget = async (): Promise<number> =>
    (await db.query(`select forget_old_audit(interval '1 year', 10) as lines`)).rows[0].lines;
  assert.deepEqual([await forget(), await forget(), await forget(), await forget()], [10, 10, 5, 0]);
  assert.deepEqual((await db.query('select count(*)::int as lines from audit_log')).rows, before);
  await assert.rejects(db.query('delete from audit_log'), { code: '42501' }, 'и после уборки запрет на месте');
});

test('выгрузка тысяч строк идёт порциями, а JSON складывается в один список; о ней есть запись', async (t) => {
  const admin = await startAdmin(t);
  const db = await openDatabase(t, admin);
  await db.query(
    `insert into audit_log (actor_kind, actor, action, object_type, object_id, result)
     select 'system', null, 'bulk', 'sync', number, 'success' from generate_series(1, 2500) as number`,
  );
  const token = await admin.token('only-admin-read');
  const list = (await admin.call('/api/v1/audit/export?format=json&action=bulk', { token })).body;
  assert.deepEqual([list.length, list[0].object_id, list[2499].object_id], [2500, '1', '2500']);
  assert.deepEqual((await admin.call('/api/v1/audit/export?format=json&action=none', { token })).body, []);
  const csv = (await admin.call('/api/v1/audit/export?action=bulk', { token })).body;
  assert.equal(csv.trim().split('\r\n').length, 2501);
  const exported = (await admin.call('/api/v1/audit?action=audit_exported', { token })).body;
  assert.deepEqual([exported.total, exported.items[0].actor], [3, 'only-admin-read']);
});
