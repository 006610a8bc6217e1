// Ключи подписи: хранение, смена, несколько копий модуля, главный ключ.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { silentLog } from '@artstore/postgres';
import { waitUntil } from '@artstore/testing';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { openDatabase } from '../src/database-table.ts';
import { createSigningKeys } from '../src/identity/signing-keys.ts';
import { cleanUp } from './clean-up.ts';
import { failToStart, startAdminProcess } from './start-admin-process.ts';
import { ACCOUNTS, openAdmin, startAdmin, type TestAdmin } from './start-admin.ts';

function kidOf(token: string): string {
  return String(decodeProtectedHeader(token).kid);
}

async function kids(admin: Pick<TestAdmin, 'call'>): Promise<string[]> {
  return (await admin.call('/api/v1/auth/jwks')).body.keys.map((key: { kid: string }) => key.kid);
}

/** Двигает сроки в самой базе: модуль решает по ним, и ждать настоящих часов незачем. */
async function moveTime(t: TestContext, databaseUrl: string): Promise<(sql: string, kid: string) => Promise<void>> {
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  cleanUp(t, () => db.end());
  return async (sql, kid) => void (await db.query(`update signing_keys set ${sql} where kid = $1`, [kid]));
}

test('новый ключ сперва объявлен, потом подписывает; прежний проверяется до конца отсрочки', async (t) => {
  const admin = await startAdmin(t, { AM_KEY_PUBLISH: '1h', AM_KEY_GRACE: '2h' });
  const move = await moveTime(t, admin.databaseUrl);
  const token = await admin.adminToken();
  const old = kidOf(token);
  const rotated = await admin.call('/api/v1/jwt-keys/rotate', { method: 'POST', token });
  assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
  assert.equal(rotated.body.active.kid, old);
  const { kid: next, active_from: activeFrom } = rotated.body.next;
  assert.equal(Date.parse(rotated.body.active.grace_until) - Date.parse(activeFrom), 2 * 3_600_000);
  assert.deepEqual(new Set(await kids(admin)), new Set([old, next]));
  assert.equal(kidOf(await admin.token('full')), old);
  const early = await admin.call('/api/v1/jwt-keys/rotate', { method: 'POST', token });
  assert.deepEqual([early.status, early.body.error.code], [409, 'CONFLICT']);

  await move('active_from = now()', next);
  await waitUntil('подписывает новый ключ', async () => kidOf(await admin.token('full')) === next, 30_000);
  const during = (await admin.call('/api/v1/jwt-keys/status', { token })).body;
  assert.deepEqual([during.active.kid, during.next, during.previous[0].kid], [next, null, old]);
  assert.equal(Date.parse(during.previous[0].grace_until), Date.parse(activeFrom) + 2 * 3_600_000);

  await move('grace_until = now()', old);
  await waitUntil('прежний ключ ушёл', async () => (await kids(admin)).join() === next, 30_000);
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
  await waitUntil('третья копия узнала новый ключ', async () => {
    return (await copies[2]?.call('/api/v1/stats', { token: fresh ?? '' }))?.status === 200;
  });
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
  await assert.rejects(start({ AM_MASTER_KEY: randomBytes(32).toString('base64') }), {
    name: 'StartRefused',
    message: /AM_MASTER_KEY/,
  });
  await assert.rejects(start({ AM_MASTER_KEY: randomBytes(16).toString('base64') }), { name: 'StartRefused' });
  await assert.rejects(start({ AM_MASTER_KEY: '' }), { name: 'EnvError' });
});

test('два процесса на одной базе: сменил один — объявляет, потом подписывает и другой; отозвал один — отозвано у обоих', async (t) => {
  const { env, databaseUrl, stop } = await startAdmin(t, { AM_KEY_PUBLISH: '1h' });
  const move = await moveTime(t, databaseUrl);
  await stop();
  const [first, second] = await Promise.all([startAdminProcess(t, env), startAdminProcess(t, env)]);
  const old = kidOf(await second.token('full'));
  const rotated = await first.call('/api/v1/jwt-keys/rotate', { method: 'POST', token: await first.token('full') });
  const next = rotated.body.next.kid;
  await waitUntil('второй объявил новый ключ', async () => (await kids(second)).includes(next), 30_000);
  assert.equal(kidOf(await second.token('full')), old);
  await move('active_from = now()', next);
  await waitUntil('второй подписывает новым', async () => kidOf(await second.token('full')) === next, 30_000);
  // Второй уже подписывает — значит, первый проверяет: новый ключ знают оба, а прежний ещё действует.
  const token = await second.token('full');
  assert.equal((await first.call('/api/v1/stats', { token })).status, 200);
  assert.deepEqual(new Set(await kids(first)), new Set([old, next]));
  assert.deepEqual(new Set(await kids(second)), new Set([old, next]));

  const revoked = await first.call('/api/v1/jwt-keys/rotate', { token, json: { immediate: true } });
  const fresh = revoked.body.active.kid;
  await waitUntil('второй подписывает свежим', async () => kidOf(await second.token('full')) === fresh, 30_000);
  await waitUntil(
    'второй не принимает отозванного',
    async () => {
      return (await second.call('/api/v1/stats', { token })).status === 401;
    },
    30_000,
  );
  assert.deepEqual(await kids(second), [fresh]);
});

test('состарившийся ключ меняется сам, и копии, взявшиеся разом, заводят один', async (t) => {
  const admin = await startAdmin(t);
  const old = kidOf(await admin.token('full'));
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  cleanUp(t, () => db.end());
  await db.query(`update signing_keys set active_from = now() - interval '91 days'`);
  await admin.stop();
  const database = openDatabase({ url: admin.databaseUrl, connectionsMax: 4, log: silentLog });
  cleanUp(t, () => database.close());
  const masterKey = Buffer.from(admin.env['AM_MASTER_KEY'] ?? '', 'base64');
  const rules = { database, masterKey, publishMs: 300_000, graceMs: 3_600_000, ageMaxMs: 90 * 86_400_000 };
  const copies = [createSigningKeys(rules), createSigningKeys(rules), createSigningKeys(rules)];
  await Promise.all(copies.map((keys) => keys.load()));
  await Promise.all(copies.map((keys) => keys.rotateByAge()));
  for (const keys of copies) {
    const { active, next, previous } = await keys.status();
    assert.deepEqual([active.kid, previous], [old, []]);
    assert.ok(next !== null && next.kid !== old);
    assert.notEqual(active.grace_until, null);
  }
  const { rows } = await db.query('select count(*)::int as keys from signing_keys');
  assert.deepEqual(rows, [{ keys: 2 }]);
});

test('главный ключ меняют запуском с прежним: ключи подписи те же, зашифрованы новым, прежний больше не открывает', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.token('full');
  await admin.stop();
  const old = admin.env['AM_MASTER_KEY'] ?? '';
  const env = { ...admin.env, AM_MASTER_KEY: randomBytes(32).toString('base64') };
  await assert.rejects(openAdmin(t, { ...env, AM_MASTER_KEY_PREVIOUS: randomBytes(32).toString('base64') }), {
    name: 'StartRefused',
  });
  const changed = await openAdmin(t, { ...env, AM_MASTER_KEY_PREVIOUS: old });
  assert.equal((await changed.call('/api/v1/stats', { token })).status, 200);
  await changed.stop();
  assert.equal((await (await openAdmin(t, env)).call('/api/v1/stats', { token })).status, 200);
  await assert.rejects(openAdmin(t, { ...env, AM_MASTER_KEY: old }), { name: 'StartRefused' });
});

test('процесс без главного ключа и с чужим кончается отказом и называет причину, секретов не показывая', async (t) => {
  const { env, stop } = await startAdmin(t);
  await stop();
  const { AM_MASTER_KEY: key = '', ...without } = env;
  const foreign = randomBytes(32).toString('base64');
  const [none, wrong] = await Promise.all([
    failToStart(t, without),
    failToStart(t, { ...without, AM_MASTER_KEY: foreign }),
  ]);
  assert.equal(none.code, 2);
  assert.match(none.output, /AM_MASTER_KEY/);
  assert.equal(wrong.code, 1);
  assert.match(wrong.output, /главный ключ \(AM_MASTER_KEY\) не тот/);
  assert.ok(!wrong.output.includes(foreign) && !wrong.output.includes(key));
});
