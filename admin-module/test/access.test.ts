// Обход всех операций контракта: каждую видит тот, кому она положена, и никто больше.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { silentLog } from '@artstore/postgres';
import { SignJWT } from 'jose';
import { openDatabase } from '../src/database-table.ts';
import { openPrivateKey } from '../src/identity/rotate-keys.ts';
import { listSigningKeys } from '../src/identity/signing-keys-table.ts';
import { cleanUp } from './clean-up.ts';
import { ADMIN_PASSWORD, ISSUER, startAdmin, type TestAdmin } from './start-admin.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, readonly string[]>[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> };
}

const contract = JSON.parse(readFileSync(new URL('../api/openapi.gen.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const OPERATIONS = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => ['get', 'put', 'post', 'delete', 'patch'].includes(method))
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);
const SCOPES = ['files:read', 'files:write', 'storage:read', 'storage:write', 'admin:read', 'admin:write'];

/** Несуществующие идентификаторы и тело не того вида: допущенный дойдёт не дальше 4xx, ничего не изменив. */
async function visit(admin: TestAdmin, o: { path: string; method: string }, token: string | undefined) {
  const path = o.path.replaceAll(/\{[^}]+\}/g, randomUUID());
  return await admin.call(path, {
    method: o.method,
    token,
    ...(o.method === 'GET' ? {} : { json: { nonsense: true } }),
  });
}

test('каждая операция × каждый вид токена: допущены только названные в контракте', async (t) => {
  const admin = await startAdmin(t);
  const adminToken = await admin.adminToken();
  await admin.call('/api/v1/admin-users', {
    token: adminToken,
    json: { username: 'reader', role: 'readonly', password: ADMIN_PASSWORD },
  });
  const login = await admin.call('/api/v1/admin-auth/login', {
    json: { username: 'reader', password: ADMIN_PASSWORD },
  });
  const visitors: { name: string; token: string; allowed: (line: Record<string, readonly string[]>) => boolean }[] = [
    { name: 'admin', token: adminToken, allowed: (line) => line['userToken']?.[0] === 'admin' },
    { name: 'readonly', token: login.body.access_token, allowed: (line) => line['userToken']?.[0] === 'readonly' },
    { name: 'full', token: await admin.token('full'), allowed: (line) => line['serviceToken'] !== undefined },
  ];
  for (const scope of SCOPES) {
    visitors.push({
      name: scope,
      token: await admin.token(`only-${scope.replace(':', '-')}`),
      allowed: (line) => line['serviceToken']?.every((wanted) => wanted === scope) ?? false,
    });
  }
  let visits = 0;
  for (const operation of OPERATIONS) {
    const isPublic = operation.security.length === 0;
    const anonymous = await visit(admin, operation, undefined);
    if (isPublic) assert.notEqual(anonymous.body.error?.code, 'UNAUTHORIZED', operation.operationId);
    else assert.deepEqual([anonymous.status, anonymous.body.error.code], [401, 'UNAUTHORIZED'], operation.operationId);
    for (const visitor of visitors) {
      // Выход закрыл бы сеанс, которым проверяются остальные операции.
      if (operation.operationId === 'logOut' && visitor.name !== 'full') continue;
      const reply = await visit(admin, operation, visitor.token);
      const expected = isPublic || operation.security.some(visitor.allowed);
      const told = `${operation.operationId} для ${visitor.name}: ${reply.status}`;
      if (expected)
        assert.ok(reply.status !== 403 && reply.body.error?.code !== 'UNAUTHORIZED' && reply.status < 500, told);
      else assert.deepEqual([reply.status, reply.body.error.code], [403, 'FORBIDDEN'], told);
      visits += 1;
    }
  }
  assert.ok(OPERATIONS.length >= 49, `операций ${OPERATIONS.length}`);
  assert.ok(visits > 400);
});

test('обычному клиенту с files:read и files:write модуль управления закрыт: ни чужих файлов, ни имён элементов', async (t) => {
  const admin = await startAdmin(t);
  const token = await admin.token('demo');
  for (const operation of OPERATIONS.filter(({ security }) => security.length > 0)) {
    const reply = await visit(admin, operation, token);
    assert.deepEqual([reply.status, reply.body.error?.code], [403, 'FORBIDDEN'], operation.operationId);
  }
});

test('реестр открыт модулям: читать — Query и Ingester, править — Ingester', async (t) => {
  const admin = await startAdmin(t);
  const path = `/api/v1/files/${randomUUID()}`;
  const statuses = async (name: string): Promise<number[]> => {
    const token = await admin.token(name);
    const replies = [
      await admin.call('/api/v1/files', { token }),
      await admin.call(path, { token }),
      await admin.call(path, { method: 'PUT', token, json: { description: 'x' } }),
      await admin.call(path, { method: 'DELETE', token }),
      await admin.call(`${path}/restore`, { method: 'POST', token }),
    ];
    return replies.map(({ status }) => status);
  };
  assert.deepEqual(await statuses('ingester'), [200, 404, 404, 404, 404]);
  assert.deepEqual(await statuses('query'), [200, 404, 403, 403, 403]);
});

/** Настоящий ключ подписи модуля: им подписаны поддельные во всём остальном токены. */
async function ownKey(t: TestContext, admin: TestAdmin): Promise<{ kid: string; privateKey: KeyObject }> {
  const database = openDatabase({ url: admin.databaseUrl, connectionsMax: 1, log: silentLog });
  cleanUp(t, () => database.close());
  const [row] = (await listSigningKeys(database.db)).rows;
  assert.ok(row);
  return { kid: row.kid, privateKey: openPrivateKey(row, Buffer.from(admin.env['AM_MASTER_KEY'] ?? '', 'base64')) };
}

test('каждая операция × каждый негодный токен: 401, даже если подписан он настоящим ключом', async (t) => {
  const admin = await startAdmin(t);
  const [jwk] = (await admin.call('/api/v1/auth/jwks')).body.keys;
  const { kid, privateKey } = await ownKey(t, admin);
  const { privateKey: foreignKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: 'artstore',
    sub: 'full',
    client_id: 'full',
    scope: SCOPES.join(' '),
    scopes: SCOPES,
    iat: now - 60,
    exp: now + 600,
    jti: randomUUID(),
  };
  const made = (change: Record<string, unknown>, header: Record<string, unknown> = {}, key = privateKey) =>
    new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...change })))
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header })
      .sign(key);
  const good = await made({});
  assert.equal((await admin.call('/api/v1/stats', { token: good })).status, 200, 'образец без изъянов годится');
  const [head = '', body = '', signature = ''] = good.split('.');
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hs = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${body}`;
  const user = { username: 'admin', role: 'admin', uid: randomUUID(), sub: 'admin', client_id: 'admin-module' };
  const bad: Record<string, string> = {
    'alg none': `${part({ alg: 'none', typ: 'at+jwt', kid })}.${body}.`,
    'HS256 открытым ключом': `${hs}.${createHmac('sha256', Buffer.from(jwk.n, 'base64url')).update(hs).digest('base64url')}`,
    PS256: await made({}, { alg: 'PS256' }),
    'чужой ключ под нашим именем': await made({}, {}, foreignKey),
    'чужой ключ': await made({}, { kid: 'k-other' }, foreignKey),
    'чужой ключ, приложенный в jwk': await made({}, { kid: 'k-other', jwk }, foreignKey),
    истёкший: await made({ iat: now - 1000, exp: now - 100 }),
    'ещё не действует': await made({ nbf: now + 600 }),
    'без срока': await made({ exp: undefined }),
    'чужой издатель': await made({ iss: 'https://other.test' }),
    'чужой получатель': await made({ aud: randomUUID() }),
    'без получателя': await made({ aud: undefined }),
    'typ JWT': await made({}, { typ: 'JWT' }),
    'без typ': await made({}, { typ: undefined }),
    'человек без сеанса': await made({ ...user, sid: randomUUID() }),
    'человек под временным паролем без сеанса': await made({ ...user, aud: 'artstore:password-change' }),
    'подделанное тело': `${head}.${part({ ...claims, sub: 'admin' })}.${signature}`,
    'обрезанная подпись': `${head}.${body}.${signature.slice(0, -8)}`,
    'не токен': 'nonsense',
  };
  for (const operation of OPERATIONS.filter(({ security }) => security.length > 0)) {
    for (const [name, token] of Object.entries(bad)) {
      const reply = await visit(admin, operation, token);
      const told = `${operation.operationId}: ${name}`;
      assert.deepEqual([reply.status, reply.body.error?.code], [401, 'UNAUTHORIZED'], told);
      assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer /, told);
    }
  }
});

test('под временным паролем доступны только сам сеанс и смена пароля', async (t) => {
  const admin = await startAdmin(t, { AM_ADMIN_PASSWORD: '' });
  const shown = admin.shown.join('');
  const password = /One-time password: +(\S+)/.exec(shown)?.[1] ?? '';
  const login = await admin.call('/api/v1/admin-auth/login', { json: { username: 'admin', password } });
  assert.deepEqual([login.status, login.body.must_change_password], [200, true]);
  const token = login.body.access_token;
  const open = new Set(['logOut', 'getMe', 'changePassword']);
  for (const operation of OPERATIONS.filter(({ security }) =>
    security.some((line) => line['userToken']?.[0] === 'admin'),
  )) {
    if (open.has(operation.operationId)) continue;
    const json = operation.requestBody?.content['application/json']?.example;
    const path = operation.path.replaceAll(/\{[^}]+\}/g, randomUUID());
    const reply = await admin.call(path, { method: operation.method, token, ...(json === undefined ? {} : { json }) });
    assert.deepEqual([reply.status, reply.body.error?.code], [403, 'FORBIDDEN'], operation.operationId);
  }
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token })).status, 200);
  const changed = await admin.call('/api/v1/admin-auth/change-password', {
    token,
    json: { current_password: password, new_password: ADMIN_PASSWORD },
  });
  assert.deepEqual([changed.status, changed.body.must_change_password], [200, false]);
  assert.equal((await admin.call('/api/v1/stats', { token: changed.body.access_token })).status, 200);
  assert.equal((await admin.call('/api/v1/admin-auth/me', { token })).status, 401);
});
