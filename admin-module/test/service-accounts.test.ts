// Учётные записи служб: секрет один раз, срок, остановка, смена с наложением, последнее использование.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import pg from 'pg';
import { openAdmin, startAdmin, type TestAdmin } from './start-admin.ts';

const PATH = '/api/v1/service-accounts';
const DAY_MS = 86_400_000;

function tokenOf(admin: TestAdmin, clientId: string, secret: string) {
  return admin.call('/api/v1/auth/token', { json: { client_id: clientId, client_secret: secret } });
}

test('жизнь учётной записи: создание, правка, смена секрета с наложением, остановка, удаление', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.adminToken();
  const created = await admin.call(PATH, { token, json: { name: 'reports', scopes: ['files:read', 'storage:read'] } });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  assert.equal(created.headers.get('cache-control'), 'no-store');
  const { account, client_secret: secret } = created.body;
  assert.match(account.client_id, /^sa_reports_[a-z0-9]{8}$/);
  assert.match(secret, /^as_[A-Za-z0-9_-]{43}$/);
  const days = (Date.parse(account.secret_expires_at) - Date.now()) / DAY_MS;
  assert.ok(days > 89.9 && days <= 90);
  assert.equal(account.last_used_at, null);
  const one = `${PATH}/${account.id}`;
  assert.ok(!JSON.stringify((await admin.call(one, { token })).body).includes(secret));

  assert.equal((await tokenOf(admin, account.client_id, secret)).body.scope, 'files:read storage:read');
  const edited = await admin.call(one, {
    method: 'PUT',
    token,
    json: { scopes: ['files:read'], description: 'Ночные отчёты' },
  });
  assert.deepEqual(
    [edited.body.scopes, edited.body.description, edited.body.client_id],
    [['files:read'], 'Ночные отчёты', account.client_id],
  );
  assert.equal((await tokenOf(admin, account.client_id, secret)).body.scope, 'files:read');

  const rotated = await admin.call(`${one}/rotate-secret`, { token, json: { overlap_hours: 1, secret_ttl_days: 0 } });
  assert.equal(rotated.status, 200);
  assert.equal(rotated.body.account.secret_expires_at, null);
  assert.notEqual(rotated.body.account.previous_secret_expires_at, null);
  assert.equal((await tokenOf(admin, account.client_id, secret)).status, 200);
  assert.equal((await tokenOf(admin, account.client_id, rotated.body.client_secret)).status, 200);
  const again = await admin.call(`${one}/rotate-secret`, { method: 'POST', token });
  assert.equal((await tokenOf(admin, account.client_id, secret)).status, 401);
  assert.equal((await tokenOf(admin, account.client_id, rotated.body.client_secret)).status, 401);
  assert.equal((await tokenOf(admin, account.client_id, again.body.client_secret)).status, 200);

  await admin.call(one, { method: 'PUT', token, json: { status: 'suspended' } });
  assert.equal((await tokenOf(admin, account.client_id, again.body.client_secret)).status, 401);
  const suspended = (await admin.call(`${PATH}?status=suspended`, { token })).body;
  assert.deepEqual([suspended.total, suspended.items[0].name], [1, 'reports']);
  assert.equal((await admin.call(PATH, { token, json: { name: 'reports', scopes: ['files:read'] } })).status, 409);
  assert.equal((await admin.call(one, { method: 'DELETE', token })).status, 204);
  assert.equal((await admin.call(one, { token })).status, 404);
  const audit = (await admin.call(`/api/v1/audit?result=success&object_id=${account.id}`, { token })).body;
  assert.deepEqual(
    audit.items.map((entry: { action: string }) => entry.action),
    [
      'service_account_deleted',
      'service_account_updated',
      'service_account_secret_rotated',
      'service_account_secret_rotated',
      'service_account_updated',
      'service_account_created',
    ],
  );
  const csv = await admin.call(`/api/v1/audit/export?result=success&object_id=${account.id}`, { token });
  assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
  assert.equal(csv.body.trim().split('\r\n').length, 7);
  const lines = (
    await admin.call(`/api/v1/audit/export?format=ndjson&result=success&object_id=${account.id}`, { token })
  ).body
    .trim()
    .split('\n');
  assert.deepEqual(
    lines.map((line: string) => JSON.parse(line).id).toReversed(),
    audit.items.map((entry: { id: number }) => entry.id),
  );
  assert.ok(!csv.body.includes(secret) && !csv.body.includes(again.body.client_secret));
});

test('негодные поля отвергаются с именем поля', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.adminToken();
  const bad: [object, string][] = [
    [{ name: 'Reports', scopes: ['files:read'] }, 'body.name'],
    [{ name: 'reports', scopes: [] }, 'body.scopes'],
    [{ name: 'reports', scopes: ['files:read', 'files:read'] }, 'body.scopes'],
    [{ name: 'reports', scopes: ['files:delete'] }, 'body.scopes[0]'],
    [{ name: 'reports', scopes: ['files:read'], secret_ttl_days: -1 }, 'body.secret_ttl_days'],
    [{ name: 'reports', scopes: ['files:read'], client_id: 'mine' }, 'body.client_id'],
  ];
  for (const [json, field] of bad) {
    const reply = await admin.call(PATH, { token, json });
    assert.deepEqual([reply.status, reply.body.error.code], [400, 'VALIDATION_ERROR'], field);
    assert.ok(
      reply.body.error.details.some(
        (detail: { field: string }) => detail.field.replaceAll(/\.(\d+)/g, '[$1]') === field,
      ),
      `${field}: ${JSON.stringify(reply.body.error.details)}`,
    );
  }
});

test('последнее использование записывается, а остановка модуля накопленного не теряет', async (t) => {
  const admin = await startAdmin(t);
  await admin.token('query');
  await admin.stop();
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  await waitUntil('время использования', async () => {
    const { rows } = await db.query(`select last_used_at from service_accounts where client_id = 'query'`);
    return rows[0]?.last_used_at !== null;
  });
  await db.end();
});

test('метрики предупреждают об истекающих секретах: по числу и по ближайшему сроку', async (t) => {
  const first = await startAdmin(t);
  const token = await first.adminToken();
  for (const [name, days] of [
    ['week', 5],
    ['month', 20],
    ['forever', 0],
  ] as const) {
    const json = { name, scopes: ['files:read'], secret_ttl_days: days };
    assert.equal((await first.call(PATH, { token, json })).status, 201);
  }
  await first.stop();
  const admin = await openAdmin(t, first.env);
  const metric = async (row: string): Promise<number> => {
    const line = String((await admin.call('/metrics')).body)
      .split('\n')
      .find((text) => row.split(' ').every((part) => text.includes(part)) && !text.startsWith('#'));
    return Number(line?.split(' ').at(-1));
  };
  const kind = 'kind="service_account_secret"';
  await waitUntil('метрики сроков', async () => (await metric(`admin_expires_seconds ${kind}`)) > 0, 30_000);
  assert.equal(await metric(`admin_expiring ${kind} within="30d"`), 2);
  assert.equal(await metric(`admin_expiring ${kind} within="7d"`), 1);
  assert.equal(await metric(`admin_expiring ${kind} within="expired"`), 0);
  const soonest = await metric(`admin_expires_seconds ${kind}`);
  assert.ok(soonest > 4 * 86_400 && soonest <= 5 * 86_400, String(soonest));
});
