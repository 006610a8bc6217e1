// Тело крупными записями: сервер получает те же байты, сколько бы их ни пришло и какими бы порциями.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type GatherOptions, GatheredWrites } from './gathered-writes.ts';

const PORTION_BYTES = 1000;

interface Received {
  readonly bytes: Buffer;
  readonly encoding: string | undefined;
}

/** Запрос к серверу, который вернёт полученное; читать тело он начнёт, когда исполнится reading. */
async function openExchange(t: TestContext, headers: Record<string, string>, reading: Promise<unknown>) {
  const { promise: received, resolve, reject } = Promise.withResolvers<Received>();
  received.catch(() => undefined);
  const arrived = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    arrived.resolve();
    try {
      await reading;
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      resolve({ bytes: Buffer.concat(parts), encoding: request.headers['transfer-encoding'] });
      response.end();
    } catch (error) {
      reject(error);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const request = openRequest({ port, host: '127.0.0.1', method: 'PUT', headers, agent: false });
  request.on('error', () => undefined);
  request.flushHeaders();
  await once(request, 'socket');
  return { request, received, arrived: arrived.promise };
}

function gather(request: ClientRequest, change: Partial<GatherOptions> = {}): GatheredWrites {
  return new GatheredWrites({
    request,
    portionBytes: () => PORTION_BYTES,
    ownsChunks: false,
    onFull: () => undefined,
    onFree: () => undefined,
    ...change,
  });
}

for (const [title, headers] of [
  ['неизвестной длины', { 'transfer-encoding': 'chunked' }],
  ['известной длины', { 'content-length': '10000' }],
] as const) {
  test(`тело ${title} доходит целым, как бы оно ни было нарезано`, { timeout: 60_000 }, async (t) => {
    const bytes = randomBytes(10_000);
    for (const size of [1, 7, 999, 1000, 1001, 2500, 10_000]) {
      const { request, received } = await openExchange(t, headers, Promise.resolve());
      const writes = gather(request);
      for (let at = 0; at < bytes.length; at += size) writes.add(bytes.subarray(at, at + size));
      writes.end();
      const { bytes: got, encoding } = await received;
      assert.ok(got.equals(bytes), `порции по ${size}`);
      assert.equal(encoding, 'chunked' in headers ? undefined : headers['transfer-encoding' as never]);
    }
  });
}

test('пустое тело кончается пустым', { timeout: 60_000 }, async (t) => {
  const { request, received } = await openExchange(t, { 'transfer-encoding': 'chunked' }, Promise.resolve());
  gather(request).end();
  assert.equal((await received).bytes.length, 0);
});

test('недобранная запись уходит, не дожидаясь конца тела', { timeout: 60_000 }, async (t) => {
  const seen = Promise.withResolvers<void>();
  const server = createServer((request) => request.once('data', () => seen.resolve()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const request = openRequest({ port, host: '127.0.0.1', method: 'PUT', agent: false });
  request.on('error', () => undefined);
  request.flushHeaders();
  await once(request, 'socket');
  gather(request).add(Buffer.from('начало'));
  await seen.promise;
  request.destroy();
});

test('сосед не читает: источник просят подождать, потом — продолжать, и байты целы', { timeout: 60_000 }, async (t) => {
  const reading = Promise.withResolvers<void>();
  const { request, received } = await openExchange(t, { 'transfer-encoding': 'chunked' }, reading.promise);
  const chunk = randomBytes(64 * 1024);
  const sum = createHash('sha256');
  let isFull = false;
  let freed = Promise.withResolvers<void>();
  const writes = gather(request, {
    portionBytes: () => 100_000,
    ownsChunks: true,
    onFull: () => {
      isFull = true;
    },
    onFree: () => {
      isFull = false;
      freed.resolve();
    },
  });
  // Сокеты вмещают мегабайты, не десятки: заполнятся наверняка.
  const chunksMax = 500;
  let timesFull = 0;
  let added = 0;
  for (; added < chunksMax; added += 1) {
    sum.update(chunk);
    writes.add(Uint8Array.from(chunk));
    if (!isFull) continue;
    timesFull += 1;
    reading.resolve();
    await freed.promise;
    freed = Promise.withResolvers();
  }
  assert.ok(timesFull > 0);
  writes.end();
  const { bytes } = await received;
  assert.equal(bytes.length, added * chunk.length);
  assert.equal(createHash('sha256').update(bytes).digest('hex'), sum.digest('hex'));
});

test('после обрыва недобранное не уходит, и конца тела сервер не видит', { timeout: 60_000 }, async (t) => {
  const { request, received, arrived } = await openExchange(t, { 'transfer-encoding': 'chunked' }, Promise.resolve());
  const writes = gather(request);
  writes.add(randomBytes(1500));
  await arrived;
  writes.stop();
  request.destroy();
  await assert.rejects(received);
});
