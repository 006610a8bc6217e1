// Ключи подписи: хранение, смена, несколько копий модуля, главный ключ.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { ACCOUNTS, openAdmin, startAdmin, type TestAdmin } from './start-admin.ts';

function kidOf(token: string): string {
  return String(decodeProtectedHeader(token).kid);
}

async function kids(admin: TestAdmin): Promise<string[]> {
  return (await admin.call('/api/v1/auth/jwks')).body.keys.map((key: { kid: string }) => key.kid);
}

test('новый ключ сперва объявлен, потом подписывает; прежний проверяется до конца отсрочки', async (t) => {
  const admin = await startAdmin(t, { AM_KEY_PUBLISH: '3s', AM_KEY_GRACE: '3s' });
  const token = await admin.adminToken();
  const old = kidOf(token);
  const rotated = await admin.call('/api/v1/jwt-keys/rotate', { method: 'POST', token });
  assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
  assert.equal(rotated.body.active.kid, old);
  const next = rotated.body.next.kid;
  assert.deepEqual(new Set(await kids(admin)), new Set([old, next]));
  assert.equal(kidOf(await admin.token('full')), old);
  const early = await admin.call('/api/v1/jwt-keys/rotate', { method: 'POST', token });
  assert.deepEqual([early.status, early.body.error.code], [409, 'CONFLICT']);
  await waitUntil('подписывает новый ключ', async () => kidOf(await admin.token('full')) === next);
  const during = (await admin.call('/api/v1/jwt-keys/status', { token })).body;
  assert.deepEqual([during.active.kid, during.next, during.previous[0].kid], [next, null, old]);
  await waitUntil('прежний ключ ушёл', async () => (await kids(admin)).join() === next);
  assert.equal((await admin.call('/api/v1/stats', { token })).status, 401);
});

test('immediate: прежние токены перестают действовать сразу', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.adminToken();
  const rotated = await admin.call('/api/v1/jwt-keys/rotate', { token, json: { immediate: true } });
  assert.deepEqual([rotated.status, rotated.body.previous], [200, []]);
  assert.equal((await admin.call('/api/v1/stats', { token })).status, 401);
  assert.equal((await admin.call('/api/v1/stats', { token: await admin.token('full') })).status, 200);
});

test('копии модуля, начавшие разом, заводят один ключ, одного администратора и принимают токены друг друга', async (t) => {
  const first = await startAdmin(t, { AM_WATCH_INTERVAL: '1h' });
  const db = new pg.Client({ connectionString: first.databaseUrl });
  await db.connect();
  await db.query('truncate signing_keys, admin_users, service_accounts cascade');
  const copies = await Promise.all([openAdmin(t, first.env), openAdmin(t, first.env), openAdmin(t, first.env)]);
  const { rows } = await db.query(
    'select (select count(*)::int from signing_keys) as keys, (select count(*)::int from admin_users) as users, (select count(*)::int from service_accounts) as accounts',
  );
  assert.deepEqual(rows[0], { keys: 1, users: 1, accounts: ACCOUNTS.length });
  await db.end();
  const token = await copies[0]?.adminToken();
  for (const copy of copies) assert.equal((await copy.call('/api/v1/stats', { token })).status, 200);
  const rotated = await copies[1]?.call('/api/v1/jwt-keys/rotate', { token, json: { immediate: true } });
  assert.equal(rotated?.status, 200);
  const fresh = await copies[1]?.token('full');
  // Незнакомый kid заставляет копию перечитать ключи, но не чаще раза в пять секунд.
  await new Promise((resolve) => setTimeout(resolve, 5_100));
  assert.equal((await copies[2]?.call('/api/v1/stats', { token: fresh ?? '' }))?.status, 200);
});

test('закрытый ключ в базе зашифрован; с другим главным ключом и без него модуль не запускается', async (t) => {
  const admin = await startAdmin(t);
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  const { rows } = await db.query<{ private_key: Buffer }>('select private_key from signing_keys');
  await db.end();
  const sealed = rows[0]?.private_key ?? Buffer.alloc(0);
  assert.equal(sealed[0], 1);
  assert.ok(!sealed.includes(Buffer.from('2a864886f70d010101', 'hex')), 'внутри нет заголовка PKCS8');
  await admin.stop();
  const start = (change: Record<string, string>) => openAdmin(t, { ...admin.env, ...change });
  await assert.rejects(start({ AM_MASTER_KEY: randomBytes(32).toString('base64') }), { name: 'SealBroken' });
  await assert.rejects(start({ AM_MASTER_KEY: randomBytes(16).toString('base64') }), { name: 'StartRefused' });
  await assert.rejects(start({ AM_MASTER_KEY: '' }), { name: 'EnvError' });
});
