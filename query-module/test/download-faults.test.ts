// Беды посреди скачивания: обрыв, подмена, молчание, уход клиента, смерть элемента.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import type { FileRow } from '../src/registry/file-row.ts';
import { type BreakingProxy, startProxy } from './breaking-proxy.ts';
import { insertFiles } from './registry-fixture.ts';
import { startAdmin } from './start-admin.ts';
import { type Element, startElement } from './start-element.ts';
import { type ErrorReply, type QueryStand, startQuery } from './start-query.ts';

interface Stand {
  readonly query: QueryStand;
  readonly element: Element;
  readonly proxy: BreakingProxy;
  readonly bytes: Buffer;
  readonly row: FileRow;
}

const SIZE = 4_000_000;

async function startStand(t: TestContext, env: Record<string, string> = {}): Promise<Stand> {
  const admin = await startAdmin(t);
  const element = await startElement(t, admin);
  const proxy = await startProxy(t, element.url);
  admin.elements = [{ id: element.id, url: proxy.url, mode: 'edit' }];
  const query = await startQuery(t, { admin, env });
  const bytes = randomBytes(SIZE);
  const row = await element.put(bytes);
  await insertFiles(query.registry, [row]);
  return { query, element, proxy, bytes, row };
}

const path = (row: FileRow): string => `/api/v1/files/${row.file_id}/download`;

test('обрыв посреди тела незаметен клиенту: поток продолжается с места обрыва', async (t) => {
  const { query, proxy, bytes, row } = await startStand(t);
  for (const kind of ['reset', 'end'] as const) {
    proxy.faults = [
      { kind, afterBytes: 1_000_000 },
      { kind, afterBytes: 700_000 },
    ];
    const whole = await query.call('GET', path(row));
    assert.equal(whole.status, 200);
    assert.ok(whole.bytes.equals(bytes), kind);
    proxy.faults = [{ kind, afterBytes: 300_000 }];
    const part = await query.call('GET', path(row), { headers: { range: 'bytes=1000-2000999' } });
    assert.equal(part.status, 206);
    assert.ok(part.bytes.equals(bytes.subarray(1_000, 2_001_000)), kind);
  }
});

test('обрыв до начала ответа переживается одной повторной попыткой', async (t) => {
  const { query, proxy, bytes, row } = await startStand(t);
  proxy.faults = [{ kind: 'reset', afterBytes: 10 }];
  const reply = await query.call('GET', path(row));
  assert.equal(reply.status, 200);
  assert.ok(reply.bytes.equals(bytes));
});

test('подменённый байт не даёт ответу закончиться целым', async (t) => {
  const { query, proxy, row } = await startStand(t);
  proxy.faults = [{ kind: 'corrupt', atByte: 2_000_000 }];
  await assert.rejects(query.call('GET', path(row)), /aborted|ECONNRESET|socket hang up/);
});

test('элемент умер посреди скачивания: клиент видит обрыв, следующий запрос — 502, Query жив', async (t) => {
  const { query, proxy, element, row } = await startStand(t);
  proxy.faults = [{ kind: 'stall', afterBytes: 500_000 }];
  const broken = assert.rejects(query.call('GET', path(row)), /aborted|ECONNRESET|socket hang up/);
  await waitUntil('скачивание идёт', () => proxy.passedBytes() > 500_000);
  await element.stop();
  proxy.dropAll();
  await broken;
  const reply = await query.call('GET', path(row));
  assert.equal(reply.status, 502);
  assert.equal(reply.json<ErrorReply>().error.code, 'SE_UNAVAILABLE');
  assert.equal((await query.call('GET', '/health/live', { token: null })).status, 200);
});

test('элемент молчит до начала ответа: 502 за отведённое время', async (t) => {
  const { query, proxy, row } = await startStand(t, { QM_OPEN_TIMEOUT: '700ms' });
  proxy.faults = Array.from({ length: 4 }, () => ({ kind: 'stall' as const, afterBytes: 0 }));
  const startedAt = performance.now();
  const reply = await query.call('GET', path(row));
  assert.equal(reply.status, 502);
  assert.ok(performance.now() - startedAt < 2_000);
});

test('клиент ушёл — соединение с элементом закрыто, память не копится', async (t) => {
  const { query, proxy, row } = await startStand(t);
  const url = `${query.url}${path(row)}`;
  for (let round = 0; round < 30; round += 1) {
    await new Promise<void>((resolve) => {
      const request = get(
        url,
        { headers: { authorization: `Bearer ${query.admin.token()}` }, agent: false },
        (reply) => {
          reply.once('data', () => request.destroy());
          reply.once('close', resolve);
          reply.on('error', () => undefined);
        },
      );
      request.on('error', () => resolve());
    });
  }
  await waitUntil('все соединения с элементом закрыты', () => proxy.openSockets() === 0, 5_000);
  assert.equal((await query.call('GET', path(row))).status, 200);
});

test('медленный клиент тормозит элемент, а не копит байты в Query', async (t) => {
  const { query, proxy, element } = await startStand(t);
  const big = await element.put(Buffer.alloc(64 * 1024 * 1024, 'медленно'));
  await insertFiles(query.registry, [big]);
  const url = `${query.url}${path(big)}`;
  const before = proxy.passedBytes();
  const request = get(url, { headers: { authorization: `Bearer ${query.admin.token()}` }, agent: false });
  request.on('error', () => undefined);
  request.on('response', (reply) => {
    reply.on('error', () => undefined);
    reply.pause();
  });
  await waitUntil('поток пошёл', () => proxy.passedBytes() > before);
  await sleep(1_000);
  assert.ok(proxy.passedBytes() - before < 24 * 1024 * 1024, `прошло ${proxy.passedBytes() - before}`);
  request.destroy();
});
