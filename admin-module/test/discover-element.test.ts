// Осмотр и подключение: куда модуль не ходит и чему не верит (SSRF).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryDirectory, waitUntil } from '@artstore/testing';
import { issueAuthority, issueServer } from '../../stand/src/issue-certificate.ts';
import { cleanUp, inOrder } from './clean-up.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';

const QUIET = { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' };
const STORAGE_ID = '0197a3f0-0000-7000-8000-00000000000a';
const INFO = {
  storage_id: STORAGE_ID,
  epoch: 'e-1',
  mode: 'rw',
  status: 'online',
  version: '0.1.0',
  capacity: { total_bytes: 1000, used_bytes: 10, available_bytes: 990 },
  counts: { active: 0, expired: 0, deleted: 0, corrupted: 0, missing: 0 },
  revision: 0,
  allowed_operations: ['upload'],
};

async function listen(t: TestContext, listener: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(t, () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, port };
}

function answer(info: object, storageId = STORAGE_ID): RequestListener {
  return (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'artstore-storage-id': storageId })
      .end(JSON.stringify(info));
  };
}

async function discover(admin: TestAdmin, url: string) {
  return await admin.call('/api/v1/storage-elements/discover', { token: await admin.token('full'), json: { url } });
}

test('осмотр показывает, кто отвечает, и ничего не записывает', async (t) => {
  const admin = await startAdmin(t, QUIET);
  const { url } = await listen(t, answer(INFO));
  const reply = await discover(admin, `${url}/`);
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  assert.deepEqual(
    [reply.body.storage_id, reply.body.url, reply.body.registered, reply.body.available_bytes],
    [STORAGE_ID, url, false, 990],
  );
  const token = await admin.token('full');
  assert.equal((await admin.call('/api/v1/storage-elements', { token })).body.total, 0);
  assert.equal((await admin.call('/api/v1/storage-elements', { token, json: { name: 'a', url } })).status, 201);
  assert.equal((await discover(admin, url)).body.registered, true);
  const twice = await admin.call('/api/v1/storage-elements', { token, json: { name: 'b', url } });
  assert.deepEqual([twice.status, twice.body.error.code], [409, 'CONFLICT']);
  const second = await listen(
    t,
    answer({ ...INFO, storage_id: '0197a3f0-0000-7000-8000-00000000000b' }, '0197a3f0-0000-7000-8000-00000000000b'),
  );
  const sameName = await admin.call('/api/v1/storage-elements', { token, json: { name: 'A', url: second.url } });
  assert.deepEqual([sameName.status, sameName.body.error.details[0].field], [409, 'body.name']);
  const moved = await admin.call(`/api/v1/storage-elements/${STORAGE_ID}`, {
    method: 'PUT',
    token,
    json: { url: second.url },
  });
  assert.deepEqual([moved.status, moved.body.error.code], [409, 'CONFLICT']);
  assert.equal((await admin.call(`/api/v1/storage-elements/${STORAGE_ID}`, { token })).body.url, url);
  const renamed = await admin.call(`/api/v1/storage-elements/${STORAGE_ID}`, {
    method: 'PUT',
    token,
    json: { name: 'новое имя' },
  });
  assert.deepEqual([renamed.status, renamed.body.name], [200, 'новое имя']);
});

const expiryOf = (pem: string): string => new Date(new X509Certificate(pem).validTo).toISOString();

test('срок сертификата виден при осмотре, у подключённого элемента и после его замены; без TLS его нет', async (t) => {
  const authority = await issueAuthority(new Date());
  const issue = async (now: Date) =>
    await issueServer({
      authority: { pem: authority.certificate, key: authority.key },
      name: 'se',
      hosts: ['127.0.0.1'],
      now,
    });
  const [first, second] = [await issue(new Date(Date.now() - 86_400_000)), await issue(new Date())];
  const server = createTlsServer({ cert: first.certificate, key: first.key }, answer(INFO));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(t, () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const ca = join(await temporaryDirectory(inOrder(t)), 'ca.pem');
  await writeFile(ca, authority.certificate);
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1s', AM_SE_CA: ca });
  const token = await admin.token('full');

  assert.equal((await discover(admin, url)).body.certificate_expires_at, expiryOf(first.certificate));
  const added = await admin.call('/api/v1/storage-elements', { token, json: { name: 'a', url } });
  assert.deepEqual([added.status, added.body.certificate_expires_at], [201, expiryOf(first.certificate)]);

  // Замена на ходу: прежние соединения и сеансы TLS ещё живы, но показан должен быть новый срок.
  server.setSecureContext({ cert: second.certificate, key: second.key });
  assert.equal((await discover(admin, url)).body.certificate_expires_at, expiryOf(second.certificate));
  await waitUntil('наблюдение заметило новый сертификат', async () => {
    const { body } = await admin.call(`/api/v1/storage-elements/${STORAGE_ID}`, { token });
    return body.certificate_expires_at === expiryOf(second.certificate);
  });

  const plain = await listen(t, answer(INFO));
  assert.equal((await discover(admin, plain.url)).body.certificate_expires_at, null);
});

test('адреса не того вида отвергаются до соединения', async (t) => {
  const admin = await startAdmin(t, { ...QUIET, AM_SE_ALLOW_HTTP: 'false' });
  const { port } = await listen(t, () => assert.fail('сюда ходить было нельзя'));
  const bad = [
    `http://127.0.0.1:${port}`,
    'https://user:password@127.0.0.1',
    'https://127.0.0.1/path',
    'https://127.0.0.1/?q=1',
    'https://169.254.169.254',
    'https://[::1]:9',
    'https://[::ffff:169.254.169.254]',
    'https://[::ffff:10.0.0.1]',
    'https://10.0.0.1',
    'https://0.0.0.0',
    'https://2852039166',
    'https://0xa9.0xfe.0xa9.0xfe',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'https://',
    `https://${'a'.repeat(600)}`,
  ];
  for (const url of bad) {
    const reply = await discover(admin, url);
    assert.deepEqual([reply.status, reply.body.error.code], [400, 'VALIDATION_ERROR'], url);
    assert.equal(reply.body.error.details[0].field, 'body.url', url);
  }
});

test('без списка разрешённых эта машина закрыта, имя, ведущее на неё, — тоже', async (t) => {
  const admin = await startAdmin(t, { ...QUIET, AM_SE_ALLOWED_HOSTS: '' });
  const { port } = await listen(t, () => assert.fail('сюда ходить было нельзя'));
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254']) {
    const reply = await discover(admin, `http://${host}:${port}`);
    assert.deepEqual([reply.status, reply.body.error.code], [400, 'VALIDATION_ERROR'], host);
  }
  const named = await startAdmin(t, { ...QUIET, AM_SE_ALLOWED_HOSTS: '*.example.org,10.0.0.0/8' });
  assert.equal((await discover(named, `http://localhost:${port}`)).status, 400);
  assert.equal((await discover(named, `http://127.0.0.1:${port}`)).status, 400);
  const own = await startAdmin(t, { ...QUIET, AM_SE_ALLOWED_HOSTS: 'localhost' });
  const open = await listen(t, answer(INFO));
  assert.equal((await discover(own, `http://localhost:${open.port}`)).status, 200);
});

test('перенаправление, чужой вид ответа, огромный и оборванный ответ — SE_UNAVAILABLE, тело наружу не уходит', async (t) => {
  const admin = await startAdmin(t, QUIET);
  const inner = await listen(t, () => assert.fail('по перенаправлению ходить нельзя'));
  const cases: Record<string, RequestListener> = {
    перенаправление: (_request, response) => response.writeHead(302, { location: `${inner.url}/api/v1/info` }).end(),
    'страница прокси': (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>секрет внутренней сети</h1>'),
    'без имени элемента': (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(INFO)),
    'другое имя в заголовке': answer(INFO, '0197a3f0-0000-7000-8000-0000000000ff'),
    'неверная форма': answer({ ...INFO, mode: 'секрет внутренней сети' }),
    огромный: (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'artstore-storage-id': STORAGE_ID });
      response.end(`{"storage_id":"${'x'.repeat(1_000_000)}"}`);
    },
    оборванный: (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"a":');
      setTimeout(() => response.destroy(), 20);
    },
    ошибка: (_request, response) => response.writeHead(500).end('секрет внутренней сети'),
  };
  for (const [name, listener] of Object.entries(cases)) {
    const { url } = await listen(t, listener);
    const reply = await discover(admin, url);
    assert.deepEqual([reply.status, reply.body.error.code], [502, 'SE_UNAVAILABLE'], name);
    assert.ok(!JSON.stringify(reply.body).includes('секрет'), name);
  }
  const silent = createTcpServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  cleanUp(t, () => void silent.close());
  const address = silent.address();
  silent.close();
  const closed = await discover(admin, `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  assert.equal(closed.status, 502);
});
