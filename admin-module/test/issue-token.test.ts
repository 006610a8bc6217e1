// Выдача токенов службам: форма и JSON, отказы, сужение прав, получатель.
import assert from 'node:assert/strict';
import { createPublicKey, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import pg from 'pg';
import { startFakeElement } from './fake-element.ts';
import { ISSUER, secretOf, startAdmin } from './start-admin.ts';

const TOKEN = '/api/v1/auth/token';
const GRANT = { grant_type: 'client_credentials' };

test('токен выдаётся форме и JSON, подписан опубликованным ключом и несёт утверждения RFC 9068', async (t) => {
  const admin = await startAdmin(t);
  const form = await admin.call(TOKEN, {
    form: { ...GRANT, client_id: 'ingester', client_secret: secretOf('ingester') },
  });
  assert.equal(form.status, 200);
  assert.equal(form.headers.get('cache-control'), 'no-store');
  assert.equal(form.body.token_type, 'Bearer');
  assert.equal(form.body.expires_in, 900);
  assert.equal(form.body.scope, 'files:read files:write storage:read storage:write');

  const json = await admin.call(TOKEN, { json: { client_id: 'ingester', client_secret: secretOf('ingester') } });
  assert.equal(json.status, 200);
  assert.equal(json.headers.get('cache-control'), 'no-store');

  const jwks = await admin.call('/api/v1/auth/jwks');
  assert.equal(jwks.body.keys.length, 1);
  const [key] = jwks.body.keys;
  assert.equal(Buffer.from(key.n, 'base64url').length, 384);
  assert.deepEqual(Object.keys(key).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  for (const token of [form.body.access_token, json.body.access_token]) {
    const header = decodeProtectedHeader(token);
    assert.deepEqual(header, { alg: 'RS256', typ: 'at+jwt', kid: key.kid });
    const { payload } = await jwtVerify(token, createPublicKey({ key, format: 'jwk' }), {
      issuer: ISSUER,
      audience: 'artstore',
    });
    assert.equal(payload.sub, 'ingester');
    assert.equal(payload['client_id'], 'ingester');
    assert.equal(payload['scope'], 'files:read files:write storage:read storage:write');
    assert.deepEqual(payload['scopes'], ['files:read', 'files:write', 'storage:read', 'storage:write']);
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 900);
    assert.match(String(payload.jti), /^[0-9a-f-]{36}$/);
  }
});

test('client_secret_basic принимается, в том числе закодированный как поля формы', async (t) => {
  const admin = await startAdmin(t);
  const basic = (id: string, secret: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
  });
  const good = await admin.call(TOKEN, { form: GRANT, headers: basic('query', secretOf('query')) });
  assert.equal(good.status, 200);
  const wrong = await admin.call(TOKEN, { form: GRANT, headers: basic('query', 'нет:такого') });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.body.error, 'invalid_client');
  assert.match(wrong.headers.get('www-authenticate') ?? '', /^Basic /);
  const both = await admin.call(TOKEN, {
    form: { ...GRANT, client_id: 'query', client_secret: secretOf('query') },
    headers: basic('query', secretOf('query')),
  });
  assert.equal(both.body.error, 'invalid_request');
});

test('ошибки формы — по RFC 6749, ошибки JSON — в едином виде', async (t) => {
  const admin = await startAdmin(t);
  const client = { client_id: 'query', client_secret: secretOf('query') };
  const cases: [Record<string, string>, number, string][] = [
    [{ ...GRANT, ...client, client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ ...GRANT, ...client, client_id: 'nobody' }, 401, 'invalid_client'],
    [{ ...GRANT }, 401, 'invalid_client'],
    [{ ...client }, 400, 'invalid_request'],
    [{ ...client, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ ...GRANT, ...client, scope: 'admin:write' }, 400, 'invalid_scope'],
    [{ ...GRANT, ...client, scope: 'files:read nonsense' }, 400, 'invalid_scope'],
    [{ ...GRANT, ...client, resource: '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41' }, 400, 'invalid_target'],
  ];
  for (const [form, status, error] of cases) {
    const reply = await admin.call(TOKEN, { form });
    assert.deepEqual([reply.status, reply.body.error], [status, error], JSON.stringify(form));
    assert.equal(reply.headers.get('cache-control'), 'no-store');
  }
  const json = await admin.call(TOKEN, { json: { ...client, client_secret: 'wrong' } });
  assert.deepEqual([json.status, json.body.error.code], [401, 'INVALID_CREDENTIALS']);
  const scope = await admin.call(TOKEN, { json: { ...client, scope: 'admin:write' } });
  assert.deepEqual(
    [scope.status, scope.body.error.code, scope.body.error.details[0].field],
    [400, 'VALIDATION_ERROR', 'body.scope'],
  );
  const russian = await admin.call(TOKEN, {
    json: { ...client, scope: 'admin:write' },
    headers: { 'accept-language': 'ru' },
  });
  assert.equal(russian.body.error.details[0].message, 'у учётной записи нет таких прав');
  const both = await admin.call(TOKEN, { json: client, headers: { authorization: 'Basic cXVlcnk6eA==' } });
  assert.deepEqual([both.status, both.body.error.details[0].field], [400, 'header.authorization']);
  const extra = await admin.call(TOKEN, { json: { ...client, extra: 1 } });
  assert.deepEqual([extra.status, extra.body.error.code], [400, 'VALIDATION_ERROR']);
});

test('незнакомое поле формы не мешает, scope сужает права', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.token('full', { scope: 'storage:read files:read', something: 'else' });
  assert.equal(decodeJwt(token)['scope'], 'files:read storage:read');
  const list = await admin.call('/api/v1/storage-elements', { token });
  assert.equal(list.status, 200);
  const audit = await admin.call('/api/v1/audit', { token });
  assert.equal(audit.status, 403);
});

test('токен к элементу выдаётся только учётной записи с правом storage:*, остальным — как о незнакомом', async (t) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' });
  const { url, storageId } = await startFakeElement(t);
  const added = await admin.call('/api/v1/storage-elements', {
    token: await admin.token('full'),
    json: { name: 'se-01', url },
  });
  assert.equal(added.status, 201);
  const ask = (name: string, more: Record<string, string>) => ({
    form: { ...GRANT, client_id: name, client_secret: secretOf(name), ...more },
    json: { client_id: name, client_secret: secretOf(name), ...more },
  });
  for (const name of ['ingester', 'query', 'only-storage-read', 'only-storage-write']) {
    assert.equal(decodeJwt(await admin.token(name, { resource: storageId })).aud, storageId, name);
    const json = await admin.call(TOKEN, { json: ask(name, { resource: storageId }).json });
    assert.equal(decodeJwt(json.body.access_token).aud, storageId, name);
  }
  for (const name of ['demo', 'only-files-read', 'only-files-write', 'only-admin-read', 'only-admin-write']) {
    for (const target of [storageId, randomUUID()]) {
      for (const more of [{ resource: target }, { audience: `urn:uuid:${target}` }]) {
        const { form, json } = ask(name, more);
        const refused = await admin.call(TOKEN, { form });
        assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_target'], name);
        const forbidden = await admin.call(TOKEN, { json });
        assert.deepEqual([forbidden.status, forbidden.body.error.code], [403, 'FORBIDDEN'], name);
      }
    }
    assert.equal(decodeJwt(await admin.token(name, { resource: 'artstore' })).aud, 'artstore', name);
  }
});

test('истёкший секрет и остановленная учётная запись отказывают только тому, кто знает секрет', async (t) => {
  const admin = await startAdmin(t);
  const client = new pg.Client({ connectionString: admin.databaseUrl });
  await client.connect();
  try {
    await client.query(
      `update service_accounts set secret_expires_at = now() - interval '1 second' where client_id = 'query'`,
    );
    await client.query(`update service_accounts set status = 'suspended' where client_id = 'ingester'`);
  } finally {
    await client.end();
  }
  const ask = (name: string, secret: string) => admin.call(TOKEN, { json: { client_id: name, client_secret: secret } });
  assert.equal((await ask('query', secretOf('query'))).body.error.code, 'SECRET_EXPIRED');
  assert.equal((await ask('query', 'wrong')).body.error.code, 'INVALID_CREDENTIALS');
  const suspended = await ask('ingester', secretOf('ingester'));
  assert.deepEqual([suspended.status, suspended.body.error.code], [401, 'INVALID_CREDENTIALS']);
  assert.match(suspended.body.error.message, /suspended/);
  assert.doesNotMatch((await ask('ingester', 'wrong')).body.error.message, /suspended/);
});

test('описание сервера авторизации называет точку выдачи и ключи', async (t) => {
  const admin = await startAdmin(t);
  const { status, body } = await admin.call('/.well-known/oauth-authorization-server');
  assert.equal(status, 200);
  assert.equal(body.issuer, ISSUER);
  assert.equal(body.token_endpoint, `${ISSUER}/api/v1/auth/token`);
  assert.equal(body.jwks_uri, `${ISSUER}/api/v1/auth/jwks`);
});
