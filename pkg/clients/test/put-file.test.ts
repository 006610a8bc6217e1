// PUT на элемент хранения: когда тело цело, когда начато, кто что увидел при обрыве.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ArtError, isArtError } from '@artstore/contracts';
import { createStorageElementClient } from '../index.ts';
import type { FileIntent, StorageElementClient } from '../index.ts';
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

const INTENT: FileIntent = {
  original_filename: 'Договор №7.txt',
  content_type: 'text/plain',
  description: '',
  tags: [],
  metadata: {},
  retention_policy: 'permanent',
  ttl_days: null,
  uploaded_by: 'demo',
};

function openClient(t: TestContext, token: () => Promise<string> = async () => 'token'): StorageElementClient {
  const client = createStorageElementClient({ token, connectionsPerElementMax: 8 });
  t.after(() => client.close());
  return client;
}

/** Поток из порций, который помнит, сколько из него взяли. */
function source(chunks: number, chunkBytes = 64 * 1024): { body: Readable; taken: () => number } {
  let made = 0;
  const body = new Readable({
    highWaterMark: chunkBytes,
    read() {
      made += 1;
      this.push(made > chunks ? null : Buffer.alloc(chunkBytes, made));
    },
  });
  return { body, taken: () => made };
}

test('поток уходит целиком, с метаданными, границей длины и суммой, и ответ разобран', async (t) => {
  let seen: { bytes: number; metadata: unknown; lengthMax: unknown; digest: unknown; encoding: unknown } | undefined;
  const element = await startElement(t, async (request, response) => {
    response.writeContinue();
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    seen = {
      bytes,
      metadata: JSON.parse(Buffer.from(String(request.headers['artstore-metadata']), 'base64url').toString()),
      lengthMax: request.headers['artstore-length-max'],
      digest: request.headers['repr-digest'],
      encoding: request.headers['transfer-encoding'],
    };
    answer(response, 201, elementFile(bytes));
  });
  const outcome = await openClient(t).putFile(element, {
    fileId: FILE_ID,
    metadata: INTENT,
    body: source(40).body,
    lengthMax: 5_000_000,
    digest: 'sha-256=:x:',
  });
  assert.ok(outcome.kind === 'stored' && outcome.created);
  assert.equal(outcome.file.size, 40 * 64 * 1024);
  assert.deepEqual(seen, {
    bytes: 40 * 64 * 1024,
    metadata: INTENT,
    lengthMax: '5000000',
    digest: 'sha-256=:x:',
    encoding: 'chunked',
  });
});

test('буфер уходит с длиной; 200 значит «уже был»', async (t) => {
  const element = await startElement(t, async (request, response) => {
    assert.equal(request.headers['content-length'], '5');
    for await (const _ of request);
    answer(response, 200, elementFile(5));
  });
  const outcome = await openClient(t).putFile(element, {
    fileId: FILE_ID,
    metadata: INTENT,
    body: Buffer.from('байт!').subarray(0, 5),
  });
  assert.ok(outcome.kind === 'stored' && !outcome.created);
});

for (const [status, code] of [
  [409, 'MODE_NOT_ALLOWED'],
  [507, 'STORAGE_FULL'],
  [413, 'FILE_TOO_LARGE'],
  [503, 'NOT_READY'],
  [403, 'FORBIDDEN'],
] as const) {
  test(`отказ ${status} ${code} до тела: из потока не взято ни байта, файл можно предложить другому`, async (t) => {
    const element = await startElement(t, (_, response) => answer(response, status, refusal(code)));
    const { body, taken } = source(10);
    const outcome = await openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body });
    assert.equal(outcome.kind, 'refused');
    assert.equal(taken(), 0);
    assert.equal(body.destroyed, false);
  });
}

test('нет соединения, нет токена — отказ, и тело цело', async (t) => {
  const { body, taken } = source(10);
  const dead = await openClient(t).putFile(await deadAddress(), { fileId: FILE_ID, metadata: INTENT, body });
  assert.ok(dead.kind === 'refused' && dead.error.code === 'SE_UNAVAILABLE');
  const client = openClient(t, async () => {
    throw new ArtError('ADMIN_UNAVAILABLE');
  });
  const tokenless = await client.putFile(await deadAddress(), { fileId: FILE_ID, metadata: INTENT, body });
  assert.equal(tokenless.kind, 'refused');
  assert.equal(taken(), 0);
});

test('отвергнутый токен обновляется один раз', async (t) => {
  const seen: unknown[] = [];
  const element = await startElement(t, async (request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization === 'Bearer t1') return answer(response, 401, refusal('UNAUTHORIZED'));
    response.writeContinue();
    for await (const _ of request);
    answer(response, 201, elementFile(0));
  });
  let token = 't1';
  const client = createStorageElementClient({
    token: async () => token,
    forgetToken: () => (token = 't2'),
    connectionsPerElementMax: 4,
  });
  t.after(() => client.close());
  const outcome = await client.putFile(element, { fileId: FILE_ID, metadata: INTENT, body: source(3).body });
  assert.equal(outcome.kind, 'stored');
  assert.deepEqual(seen, ['Bearer t1', 'Bearer t2']);
});

test('ответ посреди тела прекращает отправку и становится итогом', async (t) => {
  const element = await startElement(t, (request, response) => {
    response.writeContinue();
    request.once('data', () => answer(response, 422, refusal('CHECKSUM_MISMATCH')));
  });
  const { body, taken } = source(100_000);
  await assert.rejects(openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body }), {
    code: 'CHECKSUM_MISMATCH',
  });
  assert.ok(taken() < 1_000, `взято порций: ${taken()}`);
  assert.equal(body.destroyed, true);
});

test('отказ посреди потока — ошибка, а с буфером — отказ, который можно перенести', async (t) => {
  const element = await startElement(t, (request, response) => {
    response.writeContinue();
    request.once('data', () => answer(response, 507, refusal('STORAGE_FULL')));
  });
  const client = openClient(t);
  await assert.rejects(client.putFile(element, { fileId: FILE_ID, metadata: INTENT, body: source(1000).body }), {
    code: 'STORAGE_FULL',
  });
  const outcome = await client.putFile(element, { fileId: FILE_ID, metadata: INTENT, body: Buffer.alloc(1000) });
  assert.equal(outcome.kind, 'refused');
});

test('обрыв источника виден элементу обрывом, а не концом тела, и возвращает ошибку источника', async (t) => {
  const { promise: fate, resolve } = Promise.withResolvers<string>();
  const element = await startElement(t, (request, response) => {
    response.writeContinue();
    request.on('end', () => resolve('конец'));
    request.on('error', () => resolve('обрыв'));
    request.resume();
  });
  const { body } = source(1_000_000);
  const reason = new ArtError('VALIDATION_ERROR');
  const sending = openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body });
  setTimeout(() => body.destroy(reason), 50);
  await assert.rejects(sending, reason);
  assert.equal(await fate, 'обрыв');
});

test('отмена обрывает отправку и ожидание ответа', async (t) => {
  const { promise: fate, resolve } = Promise.withResolvers<string>();
  const element = await startElement(t, (request, response) => {
    response.writeContinue();
    request.on('error', () => resolve('обрыв'));
    request.resume();
  });
  const cancel = new AbortController();
  const body = new Readable({ read() {} });
  body.push('начало');
  const sending = openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body, signal: cancel.signal });
  setTimeout(() => cancel.abort(new Error('клиент ушёл')), 50);
  await assert.rejects(sending, /клиент ушёл/);
  assert.equal(await fate, 'обрыв');
});

test('обрыв элементом посреди тела — SE_UNAVAILABLE и освобождённый источник', async (t) => {
  const element = await startElement(t, (request, response) => {
    response.writeContinue();
    request.once('data', () => request.socket.resetAndDestroy());
  });
  const { body } = source(1_000_000);
  await assert.rejects(openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body }), {
    code: 'SE_UNAVAILABLE',
  });
  await sleep(10);
  assert.equal(body.destroyed, true);
});

test('буфер после обрыва посылается тому же элементу ещё раз', async (t) => {
  let attempts = 0;
  const element = await startElement(t, async (request, response) => {
    attempts += 1;
    if (attempts === 1) return void request.socket.resetAndDestroy();
    for await (const _ of request);
    answer(response, 200, elementFile(3));
  });
  const outcome = await openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body: Buffer.from('abc') });
  assert.equal(outcome.kind, 'stored');
  assert.equal(attempts, 2);
});

test('элемент, который не берёт байты, держит источник, а не память', async (t) => {
  const element = await startElement(t, (request, response) => {
    response.writeContinue();
    setTimeout(() => {
      request.resume();
      request.on('end', () => answer(response, 201, elementFile(64 * 1024 * 1024)));
    }, 300);
  });
  const { body, taken } = source(1024);
  const sending = openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body });
  await sleep(200);
  assert.ok(taken() < 200, `взято ${taken()} порций, хотя их не берут`);
  assert.equal((await sending).kind, 'stored');
});

test('элемент, не знающий о приглашении, получает тело после недолгого ожидания', async (t) => {
  const element = await startElement(t, async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    answer(response, 201, elementFile(bytes));
  });
  const outcome = await openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body: source(2).body });
  assert.equal(outcome.kind, 'stored');
});

test('чужой элемент по адресу, чужой файл и мусор вместо ответа — SE_UNAVAILABLE', async (t) => {
  const other = '0197a3f0-0000-7000-8000-00000000000b';
  const cases: [number, unknown, Record<string, string>][] = [
    [201, elementFile(1), { 'artstore-storage-id': other }],
    [201, { ...elementFile(1), file_id: other }, {}],
    [201, { ...elementFile(1), checksum: 'нет' }, {}],
    [302, {}, { location: 'http://127.0.0.1:1/' }],
    [200, 'страница прокси', {}],
  ];
  for (const [status, body, headers] of cases) {
    const element = await startElement(t, async (request, response) => {
      for await (const _ of request);
      answer(response, status, body, headers);
    });
    const put = openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body: Buffer.from('a') });
    const outcome = await put.catch((error: unknown) => error);
    const error = isArtError(outcome) ? outcome : (outcome as { error?: unknown }).error;
    assert.ok(isArtError(error, 'SE_UNAVAILABLE'), `${status} ${JSON.stringify(headers)}`);
  }
});

test('бесконечный ответ и ответ не HTTP обрываются', async (t) => {
  const endless = await startRaw(t, (socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 201 Created\r\nArtstore-Storage-Id: ${STORAGE_ID}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const timer = setInterval(() => socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`), 1);
      socket.once('close', () => clearInterval(timer));
    });
  });
  const garbage = await startRaw(t, (socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
  for (const element of [endless, garbage]) {
    await assert.rejects(
      openClient(t).putFile(element, { fileId: FILE_ID, metadata: INTENT, body: Buffer.from('a') }),
      {
        code: 'SE_UNAVAILABLE',
      },
    );
  }
});

test('соединение переживает удачную отправку и не переживает обрыв', async (t) => {
  const sockets = new Set<unknown>();
  const element = await startElement(t, async (request, response) => {
    sockets.add(request.socket);
    response.writeContinue();
    try {
      for await (const _ of request);
    } catch {
      return;
    }
    answer(response, 201, elementFile(1));
  });
  const client = openClient(t);
  const put = (body: Readable | Buffer) => client.putFile(element, { fileId: FILE_ID, metadata: INTENT, body });
  for (let i = 0; i < 5; i += 1) await put(source(2).body);
  assert.equal(sockets.size, 1);
  const broken = new Readable({ read() {} });
  broken.push('x');
  setTimeout(() => broken.destroy(new Error('беда')), 20);
  await assert.rejects(put(broken), /беда/);
  await put(Buffer.from('x'));
  assert.equal(sockets.size, 2);
});
