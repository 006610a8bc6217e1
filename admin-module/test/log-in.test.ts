// Вход людей: блокировка, неразличимость имён, продление и кража токена, смена пароля, конец сеансов.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import pg from 'pg';
import { ADMIN_PASSWORD, startAdmin, type TestAdmin } from './start-admin.ts';

const LOGIN = '/api/v1/admin-auth/login';
const OTHER_PASSWORD = 'совсем-другая-фраза-43';

function logIn(admin: TestAdmin, username: string, password: string) {
  return admin.call(LOGIN, { json: { username, password } });
}

async function newUser(admin: TestAdmin, username: string, role = 'readonly'): Promise<string> {
  const reply = await admin.call('/api/v1/admin-users', {
    token: await admin.adminToken(),
    json: { username, role, password: ADMIN_PASSWORD },
  });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return reply.body.user.id;
}

test('пятьдесят параллельных неверных паролей: сосчитаны ровно пять, известное имя и неизвестное неразличимы', async (t) => {
  const admin = await startAdmin(t);
  await newUser(admin, 'petrova');
  const bodies: string[] = [];
  for (const username of ['petrova', 'nobody']) {
    const replies = await Promise.all(Array.from({ length: 50 }, () => logIn(admin, username, 'wrong password')));
    const statuses = replies.map((reply) => reply.status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [...Array<number>(5).fill(401), ...Array<number>(45).fill(423)], username);
    const locked = replies.find((reply) => reply.status === 423);
    assert.equal(locked?.body.error.code, 'ACCOUNT_LOCKED');
    const retryAfter = Number(locked?.headers.get('retry-after'));
    assert.ok(retryAfter > 800 && retryAfter <= 900, String(retryAfter));
    bodies.push(...replies.map((reply) => JSON.stringify({ ...reply.body.error, request_id: '' })));
  }
  assert.equal(new Set(bodies).size, 2, 'два вида ответов на оба имени');
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  const { rows } = await db.query('select failures from login_attempts');
  assert.deepEqual(rows, [{ failures: 5 }, { failures: 5 }]);
  await db.end();
  assert.equal((await logIn(admin, 'petrova', ADMIN_PASSWORD)).status, 423);
  assert.equal((await logIn(admin, 'Petrova', ADMIN_PASSWORD)).status, 423);
});

test('блокировка кончается сама и снимается вручную; открытые сеансы она не трогает; верный пароль забывает неудачи', async (t) => {
  const admin = await startAdmin(t, { AM_LOGIN_FAILURES: '2', AM_LOGIN_LOCK: '1h' });
  const id = await newUser(admin, 'petrova');
  const open = await logIn(admin, 'petrova', ADMIN_PASSWORD);
  const token = await admin.adminToken();
  const unlock = () => admin.call(`/api/v1/admin-users/${id}/unlock`, { method: 'POST', token });
  assert.deepEqual([(await unlock()).status], [409]);

  for (const expected of [401, 200, 401, 401, 423]) {
    const password = expected === 200 || expected === 423 ? ADMIN_PASSWORD : 'wrong';
    assert.equal((await logIn(admin, 'petrova', password)).status, expected);
  }
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: open.body.access_token })).status, 200);
  assert.notEqual((await admin.call(`/api/v1/admin-users/${id}`, { token })).body.locked_until, null);
  assert.equal((await unlock()).status, 204);
  assert.equal((await logIn(admin, 'petrova', ADMIN_PASSWORD)).status, 200);

  assert.equal((await logIn(admin, 'petrova', 'wrong')).status, 401);
  assert.equal((await logIn(admin, 'petrova', 'wrong')).status, 401);
  assert.equal((await logIn(admin, 'petrova', ADMIN_PASSWORD)).status, 423);
  // Час прошёл: сдвинуто время в самой базе, по нему модуль и решает.
  const db = new pg.Client({ connectionString: admin.databaseUrl });
  await db.connect();
  await db.query(
    `update login_attempts set locked_until = locked_until - interval '1 hour', last_failed_at = last_failed_at - interval '1 hour'`,
  );
  await db.end();
  assert.equal((await logIn(admin, 'petrova', ADMIN_PASSWORD)).status, 200);
});

test('двадцать одновременных верных входов проходят все', async (t) => {
  const admin = await startAdmin(t);
  const replies = await Promise.all(Array.from({ length: 20 }, () => logIn(admin, 'admin', ADMIN_PASSWORD)));
  assert.ok(replies.every((reply) => reply.status === 200));
});

test('токен обновления одноразовый: повтор закрывает весь сеанс, чужой и испорченный не годятся', async (t) => {
  const admin = await startAdmin(t);
  const refresh = (token: string) => admin.call('/api/v1/admin-auth/refresh', { json: { refresh_token: token } });
  const first = (await logIn(admin, 'admin', ADMIN_PASSWORD)).body;
  const second = await refresh(first.refresh_token);
  assert.equal(second.status, 200);
  assert.equal(second.headers.get('cache-control'), 'no-store');
  assert.notEqual(second.body.refresh_token, first.refresh_token);
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: second.body.access_token })).status, 200);

  const stolen = await refresh(first.refresh_token);
  assert.deepEqual([stolen.status, stolen.body.error.code], [401, 'INVALID_REFRESH_TOKEN']);
  assert.equal((await refresh(second.body.refresh_token)).status, 401);
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: second.body.access_token })).status, 401);
  assert.equal((await refresh('rt_nonsense')).body.error.code, 'INVALID_REFRESH_TOKEN');

  const parallel = (await logIn(admin, 'admin', ADMIN_PASSWORD)).body;
  const both = await Promise.all([refresh(parallel.refresh_token), refresh(parallel.refresh_token)]);
  assert.deepEqual(
    both.map((reply) => reply.status).toSorted((a, b) => a - b),
    [200, 401],
  );
});

test('выход закрывает свой сеанс, а с all — все', async (t) => {
  const admin = await startAdmin(t);
  const sessions = await Promise.all(
    Array.from({ length: 3 }, async () => (await logIn(admin, 'admin', ADMIN_PASSWORD)).body),
  );
  const me = async (index: number): Promise<number> =>
    (await admin.call('/api/v1/admin-auth/me', { token: sessions[index].access_token })).status;
  const logOut = (index: number, json?: object) =>
    admin.call('/api/v1/admin-auth/logout', {
      method: 'POST',
      token: sessions[index].access_token,
      ...(json === undefined ? {} : { json }),
    });
  assert.equal((await logOut(0)).status, 204);
  assert.deepEqual([await me(0), await me(1), await me(2)], [401, 200, 200]);
  assert.equal((await logOut(1, { all: true })).status, 204);
  assert.deepEqual([await me(1), await me(2)], [401, 401]);
});

test('смена пароля требует нынешний, проверяет новый и закрывает прежние сеансы', async (t) => {
  const admin = await startAdmin(t);
  const { access_token: token } = (await logIn(admin, 'admin', ADMIN_PASSWORD)).body;
  const change = (current: string, next: string) =>
    admin.call('/api/v1/admin-auth/change-password', {
      token,
      json: { current_password: current, new_password: next },
    });
  for (const weak of [
    'короткий',
    'qwertyuiop123',
    'aaaaaaaaaaaaaa',
    '123456789012',
    'superadminpass',
    'парольпароль',
    'abcdefghijklmn',
  ]) {
    const reply = await change(ADMIN_PASSWORD, weak);
    assert.deepEqual([reply.status, reply.body.error.code], [400, 'VALIDATION_ERROR'], weak);
  }
  assert.equal((await change('wrong password', OTHER_PASSWORD)).body.error.code, 'INVALID_CREDENTIALS');
  const changed = await change(ADMIN_PASSWORD, OTHER_PASSWORD);
  assert.equal(changed.status, 200);
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token })).status, 401);
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: changed.body.access_token })).status, 200);
  assert.equal((await logIn(admin, 'admin', ADMIN_PASSWORD)).status, 401);
  assert.equal((await logIn(admin, 'admin', OTHER_PASSWORD)).status, 200);
});

test('последнего admin и себя не убрать; смена роли и отключение закрывают сеансы', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.adminToken();
  const me = (await admin.call('/api/v1/admin-auth/me', { token })).body;
  const edit = (id: string, json: object, by = token) =>
    admin.call(`/api/v1/admin-users/${id}`, { method: 'PUT', token: by, json });
  const remove = (id: string, by = token) => admin.call(`/api/v1/admin-users/${id}`, { method: 'DELETE', token: by });
  for (const reply of [
    await edit(me.id, { role: 'readonly' }),
    await edit(me.id, { status: 'disabled' }),
    await remove(me.id),
  ]) {
    assert.deepEqual([reply.status, reply.body.error.code], [409, 'CONFLICT']);
  }
  const service = await admin.token('full');
  assert.equal((await remove(me.id, service)).status, 409);
  const id = await newUser(admin, 'petrova', 'admin');
  const other = (await logIn(admin, 'petrova', ADMIN_PASSWORD)).body.access_token;
  assert.equal((await edit(id, { role: 'readonly' })).body.role, 'readonly');
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: other })).status, 401);
  const again = (await logIn(admin, 'petrova', ADMIN_PASSWORD)).body.access_token;
  assert.equal((await edit(id, { full_name: 'Анна Петрова' })).body.full_name, 'Анна Петрова');
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: again })).status, 200);
  assert.equal((await edit(id, { status: 'disabled' })).status, 200);
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token: again })).status, 401);
  assert.equal((await logIn(admin, 'petrova', ADMIN_PASSWORD)).status, 401);

  const reset = await admin.call(`/api/v1/admin-users/${id}/reset-password`, { method: 'POST', token });
  assert.equal(reset.status, 200);
  await edit(id, { status: 'active' });
  const temporary = await logIn(admin, 'petrova', reset.body.one_time_password);
  assert.deepEqual([temporary.status, temporary.body.must_change_password], [200, true]);
  const twin = await admin.call('/api/v1/admin-users', { token, json: { username: 'PETROVA', role: 'readonly' } });
  assert.deepEqual([twin.status, twin.body.error.code], [409, 'CONFLICT']);
  assert.equal((await remove(id)).status, 204);
  assert.equal((await remove(randomUUID())).status, 404);
  const list = (await admin.call('/api/v1/admin-users?role=admin', { token })).body;
  assert.deepEqual([list.total, list.items[0].username], [1, 'admin']);
  const raw = JSON.stringify((await admin.call('/api/v1/audit?limit=1000', { token })).body);
  assert.ok(!raw.includes(ADMIN_PASSWORD) && !raw.includes(reset.body.one_time_password) && !raw.includes('argon2'));
});
