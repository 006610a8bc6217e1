// Сверка по HTTP: начать, следить, прочесть итог и после перезапуска; здоровье и метрики; всё разом под нагрузкой.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import { flipBit } from './open-real-store.ts';
import { type Element, type ElementFile, type FilePage, newId, startElement } from './start-element.ts';

type State = components['schemas']['ReconcileState'];
type Options = components['schemas']['ReconcileOptions'];

const PATH = '/api/v1/maintenance/reconcile';
const JSON_TYPE = { 'content-type': 'application/json' };

const state = async (element: Element) => (await element.call('GET', PATH)).json<State>();
const start = (element: Element, options?: Options) =>
  element.call('POST', PATH, options === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(options) });

async function reconcile(element: Element, options?: Options): Promise<State> {
  assert.equal((await start(element, options)).status, 202);
  for (;;) {
    const now = await state(element);
    if (now.status !== 'running') return now;
    await sleep(20);
  }
}

/** Каталог единственного ведра, когда в нём разложено столько файлов. */
async function bucketOf({ dataDir }: Element, files: number): Promise<string> {
  for (;;) {
    const [day = ''] = await readdir(join(dataDir, 'files'));
    const bucket = join(dataDir, 'files', day, '000000');
    const names = await readdir(bucket).catch(() => []);
    if (names.filter((name) => name.endsWith('.attr.json')).length === files) return bucket;
    await sleep(20);
  }
}

const statusOf = async (element: Element, id: string) =>
  (await element.call('GET', `/api/v1/files/${id}`)).json<ElementFile>().status;
const readiness = async (element: Element) =>
  (await element.call('GET', '/health/ready', { token: null })).json<{
    status: string;
    checks: Record<string, { status: string; message?: string }>;
  }>();

test('до первой сверки — idle и время следующей; права — storage:read и storage:write', async (t) => {
  const element = await startElement(t);
  const idle = await state(element);
  assert.deepEqual([idle.status, idle.trigger, idle.options, idle.issues], ['idle', null, null, []]);
  assert.ok(idle.next_run_at !== null && Date.parse(idle.next_run_at) > Date.now());
  assert.equal((await element.call('POST', PATH, { token: element.token('storage:read') })).status, 403);
  assert.equal((await element.call('GET', PATH, { token: element.token('files:read') })).status, 403);
  assert.equal((await element.call('GET', PATH, { token: null })).status, 401);
  const wrong = await element.call('POST', PATH, { headers: JSON_TYPE, body: '{"dry_run":"да"}' });
  assert.equal(wrong.code(), 'VALIDATION_ERROR');
});

test('тысяча файлов: сверка с суммами проходит, второй запуск — 409, итог переживает перезапуск', async (t) => {
  const element = await startElement(t);
  const ids = Array.from({ length: 1000 }, newId);
  for (let at = 0; at < ids.length; at += 50) {
    await Promise.all(ids.slice(at, at + 50).map((id) => element.put(id, `файл ${id}`)));
  }
  const begun = await start(element, { verify_checksums: true });
  assert.equal(begun.status, 202);
  assert.equal(begun.json<State>().status, 'running');
  assert.equal((await start(element)).code(), 'RECONCILE_IN_PROGRESS');
  const done = await reconcileEnd(element);
  assert.deepEqual([done.status, done.trigger, done.issues_total], ['completed', 'manual', 0]);
  assert.deepEqual([done.progress.files_total, done.progress.files_checked], [1000, 1000]);
  assert.deepEqual(done.options, { dry_run: false, verify_checksums: true, move_orphans: false });
  await element.stop();
  const again = await startElement(t, { dir: join(element.dataDir, '..') });
  assert.deepEqual({ ...(await state(again)), next_run_at: null }, { ...done, next_run_at: null });
});

async function reconcileEnd(element: Element): Promise<State> {
  for (;;) {
    const now = await state(element);
    if (now.status !== 'running') return now;
    await sleep(20);
  }
}

test('остановка посреди сверки: interrupted', async (t) => {
  let element = await startElement(t);
  const dir = join(element.dataDir, '..');
  await Promise.all(Array.from({ length: 300 }, newId).map((id) => element.put(id, 'x')));
  // Пока дошла остановка, сверка могла и кончиться: тогда всё снова.
  const isInterrupted = async (): Promise<boolean> => {
    await start(element);
    await element.stop();
    element = await startElement(t, { dir });
    const { status } = await state(element);
    assert.ok(status === 'interrupted' || status === 'completed', status);
    return status === 'interrupted';
  };
  await waitUntil('сверка прервана', isInterrupted, 60_000);
});

test('всё испорчено разом, а клиенты работают: каждая порча названа своим видом, целое цело', async (t) => {
  const element = await startElement(t);
  const [flipped = '', gone = '', cut = '', badAttr = '', ...sound] = Array.from({ length: 60 }, newId);
  const all = [flipped, gone, cut, badAttr, ...sound];
  await Promise.all(all.map((id) => element.put(id, `содержимое ${id}`)));
  assert.equal((await readiness(element)).checks.content?.status, 'ok');
  const bucket = await bucketOf(element, all.length);
  const orphan = randomUUID();
  await flipBit(join(bucket, `${flipped}.bin`), 5);
  await rm(join(bucket, `${gone}.bin`));
  await truncate(join(bucket, `${cut}.bin`), 3);
  await flipBit(join(bucket, `${badAttr}.attr.json`), 50);
  await writeFile(join(bucket, `${orphan}.bin`), 'сирота');

  const clients = new AbortController();
  const removed = new Set<string>();
  const load = Promise.all(
    Array.from({ length: 6 }, async (_, client) => {
      while (!clients.signal.aborted) {
        const id = newId();
        assert.equal((await element.put(id, `на лету ${client}`)).status, 201);
        await element.call('PATCH', `/api/v1/files/${id}`, { headers: JSON_TYPE, body: '{"description":"новое"}' });
        if (client % 2 === 0) {
          await element.call('DELETE', `/api/v1/files/${id}`);
          removed.add(id);
        }
      }
    }),
  );
  const reports: State[] = [];
  try {
    for (let round = 0; round < 3; round += 1) {
      reports.push(await reconcile(element, { verify_checksums: true, move_orphans: true }));
    }
  } finally {
    clients.abort();
    await load;
  }
  const [first, , last] = reports;
  const told = new Map(first?.issues.map(({ file_id, type, action }) => [file_id, `${type} ${action}`]));
  assert.deepEqual(
    [...told].toSorted(),
    [
      [flipped, 'checksum_mismatch marked'],
      [gone, 'missing_file marked'],
      [cut, 'size_mismatch marked'],
      [badAttr, 'checksum_mismatch marked'],
      [orphan, 'orphaned_file quarantined'],
    ].toSorted(),
  );
  assert.deepEqual(last?.issues.map(({ file_id }) => file_id).toSorted(), [flipped, gone, cut, badAttr].toSorted());
  assert.ok(removed.size > 0);
  const statuses = await Promise.all([flipped, gone, cut, badAttr].map((id) => statusOf(element, id)));
  assert.deepEqual(statuses, ['corrupted', 'missing', 'corrupted', 'corrupted']);
  for (const id of sound) assert.equal((await element.call('GET', `/api/v1/files/${id}/download`)).status, 200);
  const page = (await element.call('GET', '/api/v1/files?status=corrupted')).json<FilePage>();
  assert.equal(page.total, 3);
  assert.equal((await element.call('GET', `/api/v1/files/${badAttr}/download`)).code(), 'INTERNAL_ERROR');
  assert.equal((await element.call('DELETE', `/api/v1/files/${badAttr}`)).code(), 'INTERNAL_ERROR');
  assert.equal((await element.put(badAttr, 'другое')).code(), 'INTERNAL_ERROR');

  const ready = await readiness(element);
  assert.equal(ready.status, 'degraded');
  assert.deepEqual(ready.checks.content, { status: 'degraded', message: 'corrupted files: 3, missing files: 1' });
  const metrics = (await element.call('GET', '/metrics', { token: null })).bytes.toString();
  assert.match(metrics, /se_reconcile_issues\{[^}]*type="missing_file"[^}]*\} 1\n/);
  assert.match(metrics, /se_reconcile_last_run_timestamp_seconds\{[^}]*\} \d{10}/);
  assert.match(metrics, /se_scrub_oldest_age_seconds\{/);
  assert.match(metrics, /se_scrub_bytes_total\{/);
});

test('по расписанию сверка идёт сама, без сумм', async (t) => {
  const element = await startElement(t, { env: { SE_RECONCILE_INTERVAL: '1s' } });
  const id = newId();
  await element.put(id, 'содержимое');
  await rm(join(await bucketOf(element, 1), `${id}.bin`));
  const deadline = Date.now() + 60_000;
  while ((await statusOf(element, id)) !== 'missing') {
    assert.ok(Date.now() < deadline, 'сверка так и не прошла');
    await sleep(50);
  }
  await sleep(50);
  const now = await reconcileEnd(element);
  assert.deepEqual([now.trigger, now.options?.verify_checksums], ['schedule', false]);
});

test('проверка сумм идёт сама и находит перевёрнутый бит', async (t) => {
  const element = await startElement(t, { env: { SE_SCRUB_PERIOD: '2s' } });
  const id = newId();
  await element.put(id, 'содержимое');
  await flipBit(join(await bucketOf(element, 1), `${id}.bin`));
  const deadline = Date.now() + 60_000;
  while ((await statusOf(element, id)) !== 'corrupted') {
    assert.ok(Date.now() < deadline, 'порча так и не найдена');
    await sleep(50);
  }
});
