// Элементы, от которых нечего ждать: молчат, врут, льют без конца, отсылают прочь. Ничего не помечено, состояние ясно,
// соседи синхронизируются как всегда.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { type FakeElement, startFakeElement } from './fake-element.ts';
import { startAdmin, type TestAdmin } from './start-admin.ts';

type Run = { state: string; marked_deleted: number; error: { code: string } | null };

const WAIT = 60_000;
const CHUNK = Buffer.alloc(1024 * 1024, 0x20);

async function register(admin: TestAdmin, token: string, element: FakeElement, name: string): Promise<void> {
  const reply = await admin.call('/api/v1/storage-elements', { token, json: { name, url: element.url } });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}

async function latest(admin: TestAdmin, token: string, { storageId }: FakeElement): Promise<Run | undefined> {
  return (await admin.call(`/api/v1/storage-elements/${storageId}/syncs?limit=1`, { token })).body.items[0];
}

const isListing = ({ url }: IncomingMessage): boolean => url?.startsWith('/api/v1/files?') ?? false;

/** Отвечает без конца, пока у него берут. */
function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(CHUNK));
  if (!response.destroyed) response.once('drain', () => pour(response));
}

test('20 элементов разом: молчащий и сломанный остальных не задерживают', async (t: TestContext) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1s', AM_WATCH_INTERVAL: '1h' });
  const token = await admin.adminToken();
  const elements = await Promise.all(Array.from({ length: 20 }, () => startFakeElement(t)));
  const [silent, broken, ...healthy] = elements;
  assert.ok(silent !== undefined && broken !== undefined);
  silent.intercept = isListing;
  broken.intercept = (request, response) => isListing(request) && Boolean(response.writeHead(500).end());
  for (const element of elements) element.put();
  await Promise.all(elements.map((element, index) => register(admin, token, element, `элемент ${index}`)));
  await waitUntil(
    'исправные догнаны',
    async () => {
      const runs = await Promise.all(healthy.map((element) => latest(admin, token, element)));
      return runs.every((run) => run?.state === 'done');
    },
    WAIT,
  );
  assert.equal((await latest(admin, token, silent))?.state, 'running');
  const failed = await latest(admin, token, broken);
  assert.deepEqual([failed?.state, failed?.error?.code], ['failed', 'SE_UNAVAILABLE']);
  const metrics = String((await admin.call('/metrics')).body);
  assert.match(
    metrics,
    new RegExp(`am_syncs_total\\{[^}]*storage_element="элемент ${elements.indexOf(broken)}"[^}]*state="failed"`),
  );
  assert.match(metrics, new RegExp(`am_sync_marked_total\\{[^}]*storage_element="элемент `));
  assert.ok(!metrics.includes(broken.storageId), 'метрики открыты всем: номеров элементов в них нет');
});

test('мусор, поток без конца, переадресация и чужая страница: проход неудачен, ничего не помечено', async (t) => {
  const admin = await startAdmin(t, { AM_CHANGES_INTERVAL: '1h', AM_WATCH_INTERVAL: '1h' });
  const token = await admin.adminToken();
  const element = await startFakeElement(t);
  const file = element.put();
  await register(admin, token, element, 'тот самый');
  await waitUntil('первый проход', async () => (await latest(admin, token, element))?.state === 'done', WAIT);
  const named = { 'content-type': 'application/json', 'artstore-storage-id': element.storageId };
  const lies: readonly ((response: ServerResponse) => unknown)[] = [
    (response) => response.writeHead(200, named).end('{"items":[{'),
    (response) => response.writeHead(200, named).end('[]'),
    (response) => response.writeHead(200, named).end('{"items":[],"total":-1,"has_more":false,"next_after":null}'),
    (response) => response.writeHead(302, { ...named, location: 'http://127.0.0.1:1/' }).end(),
    (response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>nginx</h1>'),
    (response) => response.writeHead(200, named).end('{"items":[],"total":5,"has_more":true,"next_after":null}'),
    (response) => pour(response.writeHead(200, named)),
  ];
  for (const [index, lie] of lies.entries()) {
    element.intercept = (request, response) => {
      if (isListing(request)) lie(response);
      return isListing(request);
    };
    const path = `/api/v1/storage-elements/${element.storageId}/sync`;
    const started = await admin.call(path, { token, json: { mode: 'full' } });
    assert.equal(started.status, 202, JSON.stringify(started.body));
    await waitUntil('проход закончен', async () => (await latest(admin, token, element))?.state !== 'running', WAIT);
    const run = await latest(admin, token, element);
    assert.deepEqual(
      [index, run?.state, run?.error?.code, run?.marked_deleted],
      [index, 'failed', 'SE_UNAVAILABLE', 0],
    );
  }
  assert.equal((await admin.call(`/api/v1/files/${file.file_id}`, { token })).body.status, 'active');
});
