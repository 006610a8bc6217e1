// Уборка у настоящего элемента: по просьбе, с отсрочкой, с лентой и метриками, при неверных часах.
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import { createLayout } from '../src/engine/layout.ts';
import { createRealDisk } from '../src/engine/disk.ts';
import { writeClockMark } from '../src/engine/clock-mark.ts';
import { openStore } from '../src/engine/store.ts';
import { putBytes } from './crash/workload.ts';
import type { Reply } from './send.ts';
import { type Element, type ElementFile, newId, startElement, temporaryDir } from './start-element.ts';

type GcState = components['schemas']['GcState'];
type ChangePage = components['schemas']['ChangePage'];

const GC = '/api/v1/maintenance/gc';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PATIENCE_MS = 60_000;
/** Убирать сразу, а по расписанию — не во время проверки. */
const AT_ONCE = { SE_GC_GRACE: '1ms', SE_GC_INTERVAL: '24h' };

const textOf = (reply: Reply) => reply.bytes.toString('utf8');
const stateOf = async (element: Element) => (await element.call('GET', GC)).json<GcState>();
const runGc = (element: Element, options?: object) =>
  element.call(
    'POST',
    GC,
    options ? { body: JSON.stringify(options), headers: { 'content-type': 'application/json' } } : {},
  );

/** Проход целиком; возвращает состояние после него. */
async function collect(element: Element, options?: object): Promise<GcState> {
  const started = await runGc(element, options);
  assert.equal(started.status, 202, textOf(started));
  assert.equal(started.json<GcState>().status, 'running');
  let state = started.json<GcState>();
  await waitUntil('проход кончился', async () => (state = await stateOf(element)).status !== 'running', PATIENCE_MS);
  return state;
}

async function metric(element: Element, name: string): Promise<number> {
  const text = textOf(await element.call('GET', '/metrics', { token: null }));
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
}

const clockCheck = async (element: Element) =>
  (await element.call('GET', '/health/ready', { token: null })).json<{ checks: Record<string, { status: string }> }>()
    .checks['clock']?.status;

test('удалённый убран проходом: файла нет, лента говорит trash, состояние и метрики считают', async (t) => {
  const element = await startElement(t, { env: AT_ONCE });
  const [gone, kept] = [newId(), newId()];
  for (const id of [gone, kept]) assert.equal((await element.put(id, 'содержимое')).status, 201);
  assert.deepEqual([(await stateOf(element)).status, (await stateOf(element)).suspended], ['idle', null]);
  await element.call('DELETE', `/api/v1/files/${gone}`);
  await sleep(5);
  const bytes = Buffer.byteLength('содержимое');
  const before = await stateOf(element);
  assert.deepEqual(
    [before.backlog, before.trash],
    [
      { files: 1, bytes },
      { files: 1, bytes },
    ],
  );
  const dry = await collect(element, { dry_run: true });
  assert.deepEqual([dry.dry_run, dry.result.files_removed, dry.backlog.files], [true, 1, 1]);

  const state = await collect(element);
  assert.deepEqual([state.status, state.trigger, state.error], ['completed', 'manual', null]);
  assert.deepEqual(state.result, { files_expired: 0, files_removed: 1, bytes_freed: bytes, tombstones_forgotten: 0 });
  assert.deepEqual([state.backlog.files, state.trash.files], [0, 0]);
  assert.ok(state.next_run_at !== null && Date.parse(state.next_run_at) > Date.now());
  assert.equal((await element.call('GET', `/api/v1/files/${gone}`)).code(), 'FILE_NOT_FOUND');
  assert.equal((await element.call('GET', `/api/v1/files/${kept}/download`)).status, 200);
  const feed = (await element.call('GET', '/api/v1/changes')).json<ChangePage>();
  const last = feed.items.at(-1);
  assert.ok(last?.type === 'remove' && last.file_id === gone && last.reason === 'trash');
  assert.equal(await metric(element, 'se_gc_removed_files_total'), 1);
  assert.equal(await metric(element, 'se_gc_freed_bytes_total'), bytes);
  assert.equal(await metric(element, 'se_gc_backlog_files'), 0);
  assert.equal(await metric(element, 'se_gc_suspended'), 0);
  assert.ok((await metric(element, 'se_gc_last_run_timestamp_seconds')) > 0);
});

test('второй проход во время первого — 409 CONFLICT; без права storage:write — 403', async (t) => {
  const element = await startElement(t, { env: AT_ONCE });
  // Проход мог кончиться раньше, чем дошёл второй запрос: тогда и второй начат по праву, и пробуют снова.
  const isRefused = async (): Promise<boolean> => {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const id = newId();
        await element.put(id, 'x');
        await element.call('DELETE', `/api/v1/files/${id}`);
      }),
    );
    const replies = await Promise.all([runGc(element), runGc(element), runGc(element)]);
    const refused = replies.filter(({ status }) => status !== 202);
    assert.ok(refused.length < replies.length);
    for (const reply of refused) assert.deepEqual([reply.status, reply.code()], [409, 'CONFLICT']);
    return refused.length > 0;
  };
  await waitUntil('второй проход отвергнут', isRefused, PATIENCE_MS);
  const readOnly = { token: element.token('storage:read files:read files:write') };
  assert.equal((await element.call('POST', GC, readOnly)).status, 403);
  assert.equal((await element.call('GET', GC, readOnly)).status, 200);
  assert.equal((await element.call('GET', GC, { token: null })).status, 401);
  for (const body of [{ dry_run: 1 }, { лишнее: true }, []]) {
    assert.equal((await runGc(element, body)).code(), 'VALIDATION_ERROR', JSON.stringify(body));
  }
});

test('в ro и ar уборки нет: 409 MODE_NOT_ALLOWED, посчитать можно', async (t) => {
  const element = await startElement(t, { env: { ...AT_ONCE, SE_MODE: 'ro' } });
  assert.equal((await runGc(element)).code(), 'MODE_NOT_ALLOWED');
  assert.equal((await collect(element, { dry_run: true })).status, 'completed');
});

test('отметка часов впереди часов: уборка стоит и говорит почему, чтение идёт; confirm снимает остановку', async (t) => {
  const dir = await temporaryDir(t);
  const first = await startElement(t, { dir, env: AT_ONCE });
  const id = newId();
  await first.put(id, 'содержимое');
  await first.call('DELETE', `/api/v1/files/${id}`);
  await first.stop();
  await writeClockMark(createRealDisk(), layoutOf(dir), Date.now() + 2 * DAY_MS);

  const element = await startElement(t, { dir, env: AT_ONCE });
  assert.match((await stateOf(element)).suspended ?? '', /отстали/);
  assert.equal(await clockCheck(element), 'degraded');
  assert.equal((await element.call('GET', '/health/ready', { token: null })).status, 200);
  assert.equal(await metric(element, 'se_gc_suspended'), 1);
  assert.equal((await runGc(element)).code(), 'CONFIRMATION_REQUIRED');
  assert.equal((await element.call('GET', `/api/v1/files/${id}`)).json<ElementFile>().status, 'deleted');

  const state = await collect(element, { confirm: true });
  assert.deepEqual([state.suspended, state.result.files_removed], [null, 1]);
  assert.equal(await clockCheck(element), 'ok');
  await element.stop();
  const saved = JSON.parse(await readFile(layoutOf(dir).clockMark, 'utf8')) as { high_water: string };
  assert.ok(Math.abs(Date.parse(saved.high_water) - Date.now()) < HOUR_MS, 'прежняя отметка забыта');
});

test('после недельной стоянки уборка ждёт ровного часа, но готовность не тревожит', async (t) => {
  const dir = await temporaryDir(t);
  await (await startElement(t, { dir, env: AT_ONCE })).stop();
  await writeClockMark(createRealDisk(), layoutOf(dir), Date.now() - 7 * DAY_MS);
  const element = await startElement(t, { dir, env: AT_ONCE });
  assert.match((await stateOf(element)).suspended ?? '', /разошлись/);
  assert.equal(await clockCheck(element), 'ok');
});

test('истёкший за время простоя: 410, возвращается с новым сроком; невозвращённый убран и через перезапуск не ожил', async (t) => {
  const dir = await temporaryDir(t);
  const [lost, saved] = [newId(), newId()];
  await fillInThePast(dir, [lost, saved], 40 * DAY_MS);
  const element = await startElement(t, { dir, env: { SE_GC_INTERVAL: '24h' } });
  assert.equal((await element.call('GET', `/api/v1/files/${saved}/download`)).code(), 'FILE_EXPIRED');
  const again = await element.put(saved, 'содержимое');
  assert.deepEqual([again.status, again.json<ElementFile>().status], [200, 'expired']);
  const restored = await element.call('POST', `/api/v1/files/${saved}/restore`);
  const { status, expires_at: expiresAt } = restored.json<ElementFile>();
  assert.equal(status, 'active', textOf(restored));
  assert.ok(Math.abs(Date.parse(expiresAt ?? '') - Date.now() - 30 * DAY_MS) < HOUR_MS);

  // Сорок дней простоя — больше, чем часам верят без человека.
  assert.match((await stateOf(element)).suspended ?? '', /вперёд/);
  assert.equal((await collect(element, { confirm: true })).result.files_removed, 1);
  await element.stop();
  const later = await startElement(t, { dir });
  assert.equal((await later.call('GET', `/api/v1/files/${lost}`)).code(), 'FILE_NOT_FOUND');
  assert.equal(textOf(await later.call('GET', `/api/v1/files/${saved}/download`)), 'содержимое');
  assert.equal((await stateOf(later)).suspended, null, 'отметка сохранена при остановке');
});

test('забытое лентой — history_lost у отставшего, и после перезапуска; читающему с нуля терять нечего', async (t) => {
  const dir = await temporaryDir(t);
  const env = { ...AT_ONCE, SE_TOMBSTONE_KEEP: '1ms' };
  const element = await startElement(t, { dir, env });
  const ids = [newId(), newId(), newId()];
  for (const id of ids) await element.put(id, 'x');
  await element.call('DELETE', `/api/v1/files/${ids[1]}`);
  await sleep(5);
  const first = await collect(element);
  await sleep(5);
  const second = await collect(element);
  assert.equal(first.result.tombstones_forgotten + second.result.tombstones_forgotten, 1);
  for (const again of [false, true]) {
    const alive = again ? await restarted(t, element, { dir, env }) : element;
    const behind = (await alive.call('GET', '/api/v1/changes?after=2')).json<ChangePage>();
    const info = (await alive.call('GET', '/api/v1/info')).json<components['schemas']['ElementInfo']>();
    assert.deepEqual([behind.history_lost, behind.next_after], [true, info.revision]);
    const page = (await alive.call('GET', '/api/v1/changes?after=0&limit=1')).json<ChangePage>();
    assert.deepEqual([page.history_lost, page.items.length, page.has_more], [false, 1, true]);
    const next = `/api/v1/changes?after=${page.next_after}&history_from=${page.history_from}`;
    const rest = (await alive.call('GET', next)).json<ChangePage>();
    assert.deepEqual([rest.history_lost, rest.items.map(({ file_id }) => file_id)], [false, [ids[2]]]);
  }
});

async function restarted(t: TestContext, element: Element, o: { dir: string; env: Record<string, string> }) {
  await element.stop();
  return startElement(t, o);
}

const layoutOf = (dir: string) => createLayout(join(dir, 'data'), join(dir, 'data', 'wal'));

/** Файлы, загруженные давно: тем же движком с часами прошлого. */
async function fillInThePast(dir: string, ids: readonly string[], agoMs: number): Promise<void> {
  await mkdir(join(dir, 'data'));
  const quiet = () => undefined;
  const store = await openStore({
    dataDir: join(dir, 'data'),
    walDir: join(dir, 'data', 'wal'),
    mode: 'edit',
    space: { capacityBytesMax: undefined, reserveBytes: 0 },
    log: { info: quiet, warn: quiet, error: quiet },
    clock: { now: () => Date.now() - agoMs, monotonicMs: () => performance.now() },
  });
  for (const fileId of ids) await putBytes(store, { fileId, bytes: Buffer.from('содержимое'), description: '' });
  await store.close();
}

test('испорченная отметка часов запуску не мешает', async (t) => {
  const dir = await temporaryDir(t);
  const first = await startElement(t, { dir });
  await first.put(newId(), 'x');
  await first.stop();
  await rm(layoutOf(dir).clockMark, { force: true });
  await writeFile(layoutOf(dir).clockMark, 'не отметка');
  const element = await startElement(t, { dir });
  assert.equal((await stateOf(element)).suspended, null);
});
