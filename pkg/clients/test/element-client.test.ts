// Вызовы элемента хранения: кому верим, что принимаем за ответ, чем кончается молчание и мусор.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { issueAuthority, issueServer } from '../../../stand/src/issue-certificate.ts';
import { createStorageElementClient } from '../index.ts';
import type { StorageElementClient, StorageElementClientOptions } from '../index.ts';
import {
  answer,
  deadAddress,
  elementFile,
  FILE_ID,
  refusal,
  startElement,
  startRaw,
  STORAGE_ID,
} from './element-double.ts';

const OTHER_ID = '0197a3f0-0000-7000-8000-00000000000b';
const EPOCH = '0197a3f0-0000-7000-8000-000000000001';

function openClient(t: TestContext, o: Partial<StorageElementClientOptions> = {}): StorageElementClient {
  const client = createStorageElementClient({ token: async () => 'token', connectionsPerElementMax: 8, ...o });
  t.after(() => client.close());
  return client;
}

const INFO = {
  storage_id: STORAGE_ID,
  epoch: EPOCH,
  mode: 'rw',
  status: 'online',
  version: '0.1.0',
  capacity: { total_bytes: 10, used_bytes: 1, available_bytes: 9 },
  counts: { active: 1, expired: 0, deleted: 0, corrupted: 0, missing: 0 },
  revision: 5,
  allowed_operations: ['upload'],
};

async function startTls(
  t: TestContext,
  hosts: readonly string[],
  serve: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const authority = await issueAuthority(new Date());
  const pair = await issueServer({
    authority: { pem: authority.certificate, key: authority.key },
    name: 'se',
    hosts,
    now: new Date(),
  });
  const server = createTlsServer({ cert: pair.certificate, key: pair.key }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    ca: authority.certificate,
    expiresAt: new Date(new X509Certificate(pair.certificate).validTo).toISOString(),
    element: { id: STORAGE_ID, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` },
  };
}

test('TLS: свой центр — верим, чужой центр и чужое имя — нет, и токен им не показываем', async (t) => {
  const seen: unknown[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push(request.headers.authorization);
    for await (const _ of request);
    if (request.method === 'PUT') answer(response, 201, elementFile(3));
    else if (request.url === '/api/v1/info') answer(response, 200, INFO);
    else answer(response, 200, elementFile(3));
  };
  const good = await startTls(t, ['127.0.0.1'], (request, response) => void serve(request, response));
  const alien = await startTls(t, ['example.org'], (request, response) => void serve(request, response));
  const metadata = {
    original_filename: 'a',
    content_type: 'a/b',
    retention_policy: 'permanent',
    ttl_days: null,
  } as never;
  const put = { fileId: FILE_ID, metadata, body: Buffer.from('abc') };
  const trusting = openClient(t, { ca: good.ca });
  const told = await trusting.getInfo(good.element.url, { expectedId: STORAGE_ID });
  assert.deepEqual([told.info.mode, told.certificateExpiresAt], ['rw', good.expiresAt]);
  assert.equal((await trusting.getFile(good.element, FILE_ID)).size, 3);
  assert.equal((await trusting.putFile(good.element, put)).kind, 'stored');
  seen.length = 0;
  for (const [client, element] of [
    [openClient(t), good.element],
    [openClient(t, { ca: alien.ca }), good.element],
    [openClient(t, { ca: alien.ca }), alien.element],
  ] as const) {
    await assert.rejects(client.getInfo(element.url), { code: 'SE_UNAVAILABLE' });
    await assert.rejects(client.getFile(element, FILE_ID), { code: 'SE_UNAVAILABLE' });
    assert.equal((await client.putFile(element, put)).kind, 'refused');
  }
  assert.deepEqual(seen, []);
});

test('по адресу отвечает другой элемент или никто не назвался — SE_UNAVAILABLE с объяснением', async (t) => {
  const client = openClient(t);
  for (const headers of [{ 'artstore-storage-id': OTHER_ID }, { 'artstore-storage-id': '' }]) {
    const element = await startElement(t, (_, response) => answer(response, 200, elementFile(1), headers));
    await assert.rejects(client.getFile(element, FILE_ID), {
      code: 'SE_UNAVAILABLE',
      message: /Something else answers/,
    });
  }
  const other = await startElement(t, (_, response) =>
    answer(response, 200, { ...INFO, storage_id: OTHER_ID }, { 'artstore-storage-id': OTHER_ID }),
  );
  const told = await client.getInfo(other.url);
  assert.deepEqual([told.info.storage_id, told.certificateExpiresAt], [OTHER_ID, null]);
  await assert.rejects(client.getInfo(other.url, { expectedId: STORAGE_ID }), { code: 'SE_UNAVAILABLE' });
});

test('«нет файла» верно, только когда названы этот элемент и этот файл', async (t) => {
  const client = openClient(t);
  const cases: [unknown, string][] = [
    [refusal('FILE_NOT_FOUND', { storage_id: STORAGE_ID, file_id: FILE_ID }), 'FILE_NOT_FOUND'],
    [refusal('FILE_NOT_FOUND', { storage_id: OTHER_ID, file_id: FILE_ID }), 'SE_UNAVAILABLE'],
    [refusal('FILE_NOT_FOUND', { storage_id: STORAGE_ID, file_id: OTHER_ID }), 'SE_UNAVAILABLE'],
    [refusal('FILE_NOT_FOUND'), 'SE_UNAVAILABLE'],
    [refusal('NOT_FOUND'), 'NOT_FOUND'],
    ['<html>404</html>', 'SE_UNAVAILABLE'],
    [undefined, 'SE_UNAVAILABLE'],
  ];
  for (const [body, code] of cases) {
    const element = await startElement(t, (_, response) => answer(response, 404, body ?? null));
    await assert.rejects(client.getFile(element, FILE_ID), { code }, JSON.stringify(body));
    const download = { fileId: FILE_ID, method: 'GET', headers: {}, signal: AbortSignal.timeout(5_000) } as const;
    await assert.rejects(client.downloadFile(element, download), { code }, JSON.stringify(body));
  }
});

test('отказ нашему токену, поломка и переадресация — недоступность; коды о деле проходят', async (t) => {
  const client = openClient(t);
  for (const [status, code, expected] of [
    [401, 'UNAUTHORIZED', 'SE_UNAVAILABLE'],
    [403, 'FORBIDDEN', 'SE_UNAVAILABLE'],
    [500, 'INTERNAL_ERROR', 'SE_UNAVAILABLE'],
    [503, 'NOT_READY', 'SE_UNAVAILABLE'],
    [302, 'NOT_FOUND', 'SE_UNAVAILABLE'],
    [409, 'INVALID_TRANSITION', 'INVALID_TRANSITION'],
    [409, 'CONFIRMATION_REQUIRED', 'CONFIRMATION_REQUIRED'],
  ] as const) {
    const element = await startElement(t, (_, response) =>
      answer(response, status, refusal(code), { location: 'http://127.0.0.1:1/' }),
    );
    await assert.rejects(client.transitionMode(element, { targetMode: 'ro' }), { code: expected }, code);
  }
  await assert.rejects(client.getGc(await deadAddress()), { code: 'SE_UNAVAILABLE' });
});

test('страница списка: одна негодная запись не губит остальные и не теряется', async (t) => {
  const element = await startElement(t, (request, response) => {
    assert.equal(request.url, `/api/v1/files?limit=10&after=${FILE_ID}&status=active`);
    const items = [elementFile(1), { file_id: OTHER_ID, size: 'много' }, { size: 1 }];
    answer(response, 200, { items, total: 3, limit: 10, offset: 0, has_more: false, next_after: null });
  });
  const page = await openClient(t).listFiles(element, { limit: 10, after: FILE_ID, status: 'active' });
  assert.equal(page.items.length, 1);
  assert.deepEqual(
    page.unreadable.map(({ file_id }) => file_id),
    [OTHER_ID, null],
  );
});

test('лента: записи обоих видов, негодные отдельно', async (t) => {
  const element = await startElement(t, (_, response) =>
    answer(response, 200, {
      epoch: EPOCH,
      items: [
        { revision: 7, type: 'upsert', file_id: FILE_ID, file: elementFile(1) },
        { revision: 8, type: 'remove', file_id: FILE_ID, reason: 'expired' },
        { revision: 9, type: 'upsert', file_id: FILE_ID },
      ],
      next_after: 9,
      has_more: false,
      history_lost: false,
    }),
  );
  const page = await openClient(t).listChanges(element, { after: 6, limit: 100 });
  assert.deepEqual(
    page.items.map(({ type }) => type),
    ['upsert', 'remove'],
  );
  assert.equal(page.unreadable.length, 1);
});

test('ответ не того вида и бесконечный ответ — SE_UNAVAILABLE', async (t) => {
  const client = openClient(t);
  const wrong = await startElement(t, (_, response) => answer(response, 200, { ...INFO, capacity: 'много' }));
  await assert.rejects(client.getInfo(wrong.url), { code: 'SE_UNAVAILABLE' });
  const endless = await startRaw(t, (socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nArtstore-Storage-Id: ${STORAGE_ID}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const timer = setInterval(() => socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`), 1);
      socket.once('close', () => clearInterval(timer));
    });
  });
  await assert.rejects(client.getInfo(endless.url), { code: 'SE_UNAVAILABLE' });
});

test('отмена возвращает причину отмены, а не недоступность', async (t) => {
  const silent = await startElement(t, () => undefined);
  const reason = new Error('клиент ушёл');
  const cancel = new AbortController();
  setTimeout(() => cancel.abort(reason), 30);
  await assert.rejects(openClient(t).getFile(silent, FILE_ID, cancel.signal), reason);
});

test('скачивание отдаёт 200, 206, 304 и 416 как есть, с заголовками и потоком', async (t) => {
  const client = openClient(t);
  for (const status of [200, 206, 304, 416]) {
    const element = await startElement(t, (request, response) => {
      assert.equal(request.headers.range, 'bytes=1-2');
      response
        .writeHead(status, { 'artstore-storage-id': STORAGE_ID, etag: '"x"' })
        .end(status === 304 ? undefined : 'байты');
    });
    const reply = await client.downloadFile(element, {
      fileId: FILE_ID,
      method: 'GET',
      headers: { range: 'bytes=1-2' },
      signal: AbortSignal.timeout(5_000),
    });
    assert.deepEqual([reply.status, reply.headers['etag']], [status, '"x"']);
    const chunks: Buffer[] = [];
    for await (const chunk of reply.body) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString(), status === 304 ? '' : 'байты');
  }
});

test('скачивание держит обратное давление и обрывается отменой', async (t) => {
  let sent = 0;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const element = await startElement(t, (_, response) => {
    response.writeHead(200, { 'artstore-storage-id': STORAGE_ID });
    const push = (): void => {
      while (!response.destroyed) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', push);
      }
    };
    response.once('close', resolve);
    push();
  });
  const cancel = new AbortController();
  const reply = await openClient(t).downloadFile(element, {
    fileId: FILE_ID,
    method: 'GET',
    headers: {},
    signal: cancel.signal,
  });
  reply.body.on('error', () => undefined);
  await sleep(200);
  const paused = sent;
  assert.ok(paused < 32 * 1024 * 1024, `послано ${paused}, хотя никто не читает`);
  cancel.abort();
  await closed;
});

test('занятый элемент не занимает соединений другого', async (t) => {
  const busy = await startElement(t, () => undefined);
  const free = await startElement(t, (_, response) => answer(response, 200, elementFile(1)));
  const client = openClient(t, { connectionsPerElementMax: 2 });
  const cancel = new AbortController();
  const stuck = Array.from({ length: 10 }, () => client.getFile(busy, FILE_ID, cancel.signal).catch(() => undefined));
  assert.equal((await client.getFile(free, FILE_ID)).size, 1);
  cancel.abort();
  await Promise.all(stuck);
});
