// Пределы входа и выдачи токенов: по адресу и по учётной записи; чей адрес считать, решает список посредников.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Reply, secretOf, startAdmin, type TestAdmin } from './start-admin.ts';

/** Запас пополняется раз в полминуты: на медленной машине лишний не успеет набежать раньше проверки. */
const LIMIT = 2;

function logIn(admin: TestAdmin, forwardedFor?: string): Promise<Reply> {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return admin.call('/api/v1/admin-auth/login', {
    json: { username: `nobody-${Math.random()}`, password: 'wrong password' },
    headers,
  });
}

function askToken(admin: TestAdmin, name: string, secret = secretOf(name)): Promise<Reply> {
  const form = { grant_type: 'client_credentials', client_id: name, client_secret: secret };
  return admin.call('/api/v1/auth/token', { form });
}

function assertLimited({ status, headers, body }: Reply): void {
  assert.deepEqual([status, body.error?.code], [429, 'RATE_LIMITED']);
  const seconds = Number(headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 60, String(seconds));
}

test('предел входов с адреса: лишним RATE_LIMITED; X-Forwarded-For от чужого не помогает; остальное открыто', async (t) => {
  const admin = await startAdmin(t, { AM_LOGIN_REQUESTS_PER_MINUTE: String(LIMIT) });
  for (let i = 0; i < LIMIT; i += 1) assert.equal((await logIn(admin, `203.0.113.${i}`)).status, 401);
  assertLimited(await logIn(admin, '203.0.113.100'));
  assert.equal((await askToken(admin, 'full')).status, 200);
});

test('за доверенным посредником у каждого клиента свой предел, и в журнал попадает клиент', async (t) => {
  const admin = await startAdmin(t, {
    AM_LOGIN_REQUESTS_PER_MINUTE: String(LIMIT),
    AM_TRUSTED_PROXIES: '192.0.2.0/24, 127.0.0.0/8',
  });
  for (const client of ['203.0.113.1', '203.0.113.2']) {
    for (let i = 0; i < LIMIT; i += 1) assert.equal((await logIn(admin, client)).status, 401, client);
    // Левее стоит то, что приписал себе сам клиент: верят только правому, его написал посредник.
    assertLimited(await logIn(admin, `198.51.100.${Math.floor(Math.random() * 250)}, ${client}`));
  }
  const audit = await admin.call('/api/v1/audit?action=login', {
    token: (await askToken(admin, 'full')).body.access_token,
  });
  const seen = new Set(audit.body.items.map((item: { remote_address: string }) => item.remote_address));
  assert.deepEqual(seen, new Set(['203.0.113.1', '203.0.113.2']));
});

test('предел токенов с адреса считает и неверные секреты', async (t) => {
  const admin = await startAdmin(t, { AM_TOKEN_REQUESTS_PER_MINUTE: String(LIMIT) });
  for (let i = 0; i < LIMIT; i += 1) assert.equal((await askToken(admin, 'full', 'wrong')).status, 401);
  assertLimited(await askToken(admin, 'full'));
});

test('предел токенов учётной записи — только её; неверными секретами его не исчерпать', async (t) => {
  const admin = await startAdmin(t, { AM_ACCOUNT_TOKENS_PER_MINUTE: String(LIMIT) });
  for (let i = 0; i < LIMIT * 3; i += 1) assert.equal((await askToken(admin, 'query', 'wrong')).status, 401);
  for (let i = 0; i < LIMIT; i += 1) assert.equal((await askToken(admin, 'query')).status, 200);
  assertLimited(await askToken(admin, 'query'));
  assert.equal((await askToken(admin, 'ingester')).status, 200);
});
