// Уборка на диске испытаний с часами, которые ведёт проверка: сроки, отсрочка, режим, часы, бюджет, гонки.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { type Bench, openBench } from '../../test/crash/open-bench.ts';
import { fileIdOf, putBytes } from '../../test/crash/workload.ts';
import { Catalog } from '../engine/catalog.ts';
import { editFile } from '../files/edit-file.ts';
import { getFile } from '../files/get-file.ts';
import { listChanges } from '../files/list-changes.ts';
import { openFile } from '../files/open-file.ts';
import { removeFile } from '../files/remove-file.ts';
import { restoreFile } from '../files/restore-file.ts';
import { transitionMode } from '../files/transition-mode.ts';
import {
  backlogOf,
  collectExpired,
  countExpired,
  emptyReport,
  type GcLimits,
  type GcReport,
} from './collect-expired.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIMITS: GcLimits = {
  graceMs: DAY_MS,
  tombstoneKeepMs: 30 * DAY_MS,
  passFilesMax: 10_000,
  passBytesMax: 1 << 30,
  passMs: 60_000,
};
/** Журнал, в который кадр из тридцати двух записей входит целиком. */
const ROOMY_LOG = { segmentBytes: 1 << 20, segmentsMax: 4, frameBytesMax: 1 << 19 };
const BYTES = Buffer.from('десять');

const put = (bench: Bench, index: number, bytes: Uint8Array = BYTES) =>
  putBytes(bench.store, { fileId: fileIdOf(index), bytes, description: '' });

async function collect(bench: Bench, change: Partial<GcLimits> = {}): Promise<GcReport & { more: boolean }> {
  const report = emptyReport();
  const { signal } = new AbortController();
  const more = await collectExpired({ store: bench.store, limits: { ...LIMITS, ...change }, report, signal });
  return { ...report, more };
}

/** Часы идут ровно; движок на них смотрит. */
function passTime(bench: Bench, ms: number): void {
  for (let left = ms; left > 0; left -= HOUR_MS / 2) {
    bench.nowMs += Math.min(left, HOUR_MS / 2);
    bench.store.wallClock.check();
  }
}

const namesOf = (bench: Bench) => bench.disk.image.names('/element/data/files/20261123/000000') ?? [];
const statusOf = (bench: Bench, index: number) => getFile(bench.store, fileIdOf(index)).status;

test('истёкший помечается сразу, а байты и описание живут до конца отсрочки; лента говорит о каждом шаге', async () => {
  const bench = await openBench();
  const { file } = await put(bench, 1);
  passTime(bench, 30 * DAY_MS - 1);
  assert.deepEqual(await collect(bench), { ...emptyReport(), more: false });
  passTime(bench, 1);
  assert.equal((await collect(bench)).filesExpired, 1);
  const marked = getFile(bench.store, fileIdOf(1));
  assert.deepEqual([marked.status, marked.version, marked.expiresAt], ['expired', 2, file.expiresAt]);
  passTime(bench, DAY_MS - 1);
  assert.deepEqual(await collect(bench), { ...emptyReport(), more: false });
  assert.equal(namesOf(bench).length, 2);
  passTime(bench, 1);
  const report = await collect(bench);
  assert.deepEqual([report.filesRemoved, report.bytesFreed], [1, BYTES.length]);
  assert.deepEqual(namesOf(bench), []);
  const changes = listChanges(bench.store, { after: 0, limit: 10 }).items;
  assert.deepEqual(
    changes.map((change) => (change.type === 'remove' ? change.reason : change.type)),
    ['expired'],
  );
  assert.throws(() => getFile(bench.store, fileIdOf(1)), { code: 'FILE_NOT_FOUND' });
  const again = await bench.restart();
  assert.throws(() => getFile(again.store, fileIdOf(1)), { code: 'FILE_NOT_FOUND' });
  assert.equal((await put(again, 1)).created, true, 'имя свободно');
});

test('удалённый убирается через отсрочку от удаления, а не от срока; причина — trash', async () => {
  const bench = await openBench();
  await put(bench, 1);
  await removeFile(bench.store, fileIdOf(1));
  passTime(bench, DAY_MS - 1);
  assert.equal((await collect(bench)).filesRemoved, 0);
  passTime(bench, 1);
  assert.deepEqual(backlogOf(bench.store, DAY_MS), { files: 1, bytes: BYTES.length });
  assert.equal((await collect(bench)).filesRemoved, 1);
  assert.deepEqual(backlogOf(bench.store, DAY_MS), { files: 0, bytes: 0 });
  const [change] = listChanges(bench.store, { after: 0, limit: 10 }).items;
  assert.equal(change?.type === 'remove' && change.reason, 'trash');
});

test('возвращённые переживают уборку, а пропущенный сборщиком убирается, не побывав помеченным', async () => {
  const bench = await openBench();
  for (const index of [1, 2, 3]) await put(bench, index);
  await removeFile(bench.store, fileIdOf(1));
  passTime(bench, 32 * DAY_MS);
  await restoreFile(bench.store, fileIdOf(1));
  await restoreFile(bench.store, fileIdOf(2));
  const report = await collect(bench);
  assert.deepEqual([report.filesRemoved, report.filesExpired], [1, 0]);
  assert.deepEqual([statusOf(bench, 1), statusOf(bench, 2)], ['active', 'active']);
  await (await openFile(bench.store, fileIdOf(2))).close();
});

test('постоянные файлы в rw не трогаются', async () => {
  const bench = await openBench({ mode: 'rw' });
  await put(bench, 1);
  passTime(bench, 400 * DAY_MS);
  assert.deepEqual(await collect(bench), { ...emptyReport(), more: false });
});

test('режим сменился на ro посреди прохода: после этого не убрано ни одного файла, и новый проход ничего не делает', async () => {
  const bench = await openBench({ mode: 'rw' });
  const count = 100;
  // Файлы в корзине: такие могли достаться от прежнего режима.
  for (let index = 1; index <= count; index += 1) {
    await put(bench, index);
    const entry = bench.store.catalog.get(fileIdOf(index));
    assert.ok(entry);
    const deletedAt = new Date(bench.nowMs).toISOString();
    await bench.store.withFile(fileIdOf(index), (locked) =>
      locked.patch(entry, { ...entry.file, status: 'deleted', deletedAt, version: 2 }),
    );
  }
  passTime(bench, 2 * DAY_MS);
  const passing = collect(bench);
  await transitionMode(bench.store, { target: 'ro', confirm: false });
  const changedAt = bench.store.revision;
  const report = await passing;
  assert.ok(report.filesRemoved < count, `убрано ${report.filesRemoved}`);
  assert.equal((await collect(bench)).filesRemoved, 0);
  assert.equal(backlogOf(bench.store, DAY_MS).files, count - report.filesRemoved);
  assert.ok(bench.store.revision <= changedAt, 'после смены режима журнал не рос');
});

test('часы прыгнули в 2030 год: чтение отказывает, но ничего не помечено и не убрано; вернули — файл читается', async () => {
  const clock = { wallMs: Date.UTC(2026, 10, 23, 12), monotonicMs: 0 };
  const bench = await openBench({
    change: { clock: { now: () => clock.wallMs, monotonicMs: () => clock.monotonicMs } },
  });
  await put(bench, 1);
  await put(bench, 2);
  await removeFile(bench.store, fileIdOf(2));
  const before = clock.wallMs;
  for (const jumpedMs of [Date.UTC(2030, 0, 1), before + 40 * DAY_MS, before + 3 * DAY_MS]) {
    clock.wallMs = jumpedMs;
    assert.deepEqual(await collect(bench), { ...emptyReport(), more: false });
    if (jumpedMs > before + 30 * DAY_MS)
      await assert.rejects(openFile(bench.store, fileIdOf(1)), { code: 'FILE_EXPIRED' });
  }
  clock.wallMs = before;
  await (await openFile(bench.store, fileIdOf(1))).close();
  assert.equal(statusOf(bench, 2), 'deleted');
});

test('часы прыгнули, и элемент перезапустили: отметки нет, но последняя перемена не даст поверить 2030 году', async () => {
  const bench = await openBench();
  await put(bench, 1);
  bench.nowMs = Date.UTC(2030, 0, 1);
  const again = await bench.restart();
  assert.equal(again.store.wallClock.check()?.kind, 'far');
  assert.equal((await collect(again)).filesRemoved, 0);
  again.store.wallClock.confirm();
  await again.store.wallClock.save();
  assert.equal((await collect(again)).filesRemoved, 1);
});

test('отметка часов переживает перезапуск и потерю каталога', async () => {
  const bench = await openBench();
  await put(bench, 1);
  passTime(bench, 3 * DAY_MS);
  await bench.store.wallClock.save();
  bench.nowMs -= 2 * DAY_MS;
  const again = await bench.restart();
  assert.equal(again.store.wallClock.check()?.kind, 'behind');
  assert.equal(again.store.nowMs(), bench.nowMs + 2 * DAY_MS, 'новое не получит даты раньше отметки');
});

test('бюджет прохода: файлы и байты; остаток достаётся следующим, и сумма сходится', async () => {
  const bench = await openBench();
  for (let index = 1; index <= 100; index += 1) await put(bench, index);
  passTime(bench, 32 * DAY_MS);
  const first = await collect(bench, { passFilesMax: 40 });
  assert.equal(first.more, true);
  assert.ok(first.filesRemoved >= 40 && first.filesRemoved < 40 + 32, String(first.filesRemoved));
  const second = await collect(bench, { passBytesMax: 1 });
  assert.deepEqual([second.more, second.filesRemoved], [first.filesRemoved + 32 < 100, 32]);
  const third = await collect(bench);
  assert.equal(third.more, false);
  assert.equal(first.filesRemoved + second.filesRemoved + third.filesRemoved, 100);
  assert.equal(bench.store.catalog.storedBytes, 0);
});

test('группа удалений едет одним сбросом журнала', async () => {
  let frames = 0;
  const bench = await openBench({ change: { hooks: { onFrame: () => void (frames += 1) }, walLimits: ROOMY_LOG } });
  for (let index = 1; index <= 96; index += 1) await put(bench, index);
  passTime(bench, 32 * DAY_MS);
  frames = 0;
  assert.equal((await collect(bench)).filesRemoved, 96);
  assert.ok(frames <= 6, `сбросов: ${frames}`);
});

test('пропавшие байты или описание уборке не мешают', async () => {
  const bench = await openBench();
  for (const index of [1, 2, 3]) await put(bench, index);
  const path = `/element/data/files/20261123/000000/${fileIdOf(1)}`;
  bench.disk.remove(`${path}.bin`);
  bench.disk.remove(`/element/data/files/20261123/000000/${fileIdOf(2)}.attr.json`);
  passTime(bench, 32 * DAY_MS);
  assert.equal((await collect(bench)).filesRemoved, 3);
  assert.equal(bench.store.failure, undefined);
  await bench.store.checkpoint();
  assert.deepEqual(namesOf(bench), []);
});

test('помеченные missing и corrupted остаются человеку', async () => {
  const bench = await openBench();
  for (const [index, status] of [
    [1, 'missing'],
    [2, 'corrupted'],
  ] as const) {
    await put(bench, index);
    const entry = bench.store.catalog.get(fileIdOf(index));
    assert.ok(entry);
    await bench.store.withFile(fileIdOf(index), (locked) => locked.patch(entry, { ...entry.file, status }));
  }
  passTime(bench, 60 * DAY_MS);
  assert.deepEqual(await collect(bench), { ...emptyReport(), more: false });
});

test('места нет ни на одно новое описание: убирается всё, что пора, и помечать при этом нечего', async () => {
  let full = false;
  const bench = await openBench({
    refuse: ({ kind, path }) => (full && kind === 'writeSmall' && path.includes('/files/') ? 'ENOSPC' : undefined),
  });
  for (let index = 1; index <= 20; index += 1) await put(bench, index);
  await bench.store.checkpoint();
  passTime(bench, 32 * DAY_MS);
  full = true;
  assert.equal((await collect(bench)).filesRemoved, 20);
  assert.equal(bench.store.failure, undefined);
});

test('сто тысяч истёкших: проходы ограничены бюджетом, память не растёт, всё убрано', async () => {
  const count = 100_000;
  let catalog: Catalog | undefined;
  let heapMax = 0;
  const bench = await openBench({
    change: {
      openCatalog: () => (catalog = new Catalog(':memory:')),
      walLimits: ROOMY_LOG,
      checkpointBytes: 1 << 20,
      hooks: { onFrame: () => void (heapMax = Math.max(heapMax, process.memoryUsage().heapUsed)) },
    },
  });
  const { file } = await put(bench, 0);
  // Байтов и описаний у них нет: уборке это не мешает, а заводить сто тысяч файлов в каждой проверке долго.
  catalog?.transaction(() => {
    for (let index = 1; index <= count; index += 1) {
      const entry = {
        file: { ...file, fileId: fileIdOf(index), revision: -index },
        place: { day: '20261123', bucket: 0 },
      };
      catalog?.upsert(entry);
    }
  });
  passTime(bench, 32 * DAY_MS);
  const backlogStarted = process.cpuUsage();
  assert.equal(backlogOf(bench.store, DAY_MS).files, count + 1);
  assert.ok(process.cpuUsage(backlogStarted).user < 1_000_000, 'счёт очереди дёшев');
  const heapBefore = process.memoryUsage().heapUsed;
  let passes = 0;
  for (let more = true; more; passes += 1) more = (await collect(bench, { passFilesMax: 40_000 })).more;
  assert.equal(passes, 3);
  assert.equal(backlogOf(bench.store, DAY_MS).files, 0);
  assert.ok(heapMax - heapBefore < 128 << 20, `памяти больше на ${(heapMax - heapBefore) >> 20} МиБ`);
});

test('счёт без перемен говорит, что сделал бы проход, и ничего не меняет', async () => {
  const bench = await openBench();
  await put(bench, 1);
  passTime(bench, 2 * DAY_MS);
  await put(bench, 2);
  await put(bench, 3);
  await removeFile(bench.store, fileIdOf(3));
  passTime(bench, 29 * DAY_MS + HOUR_MS);
  const { revision } = bench.store;
  const report = emptyReport();
  countExpired({ store: bench.store, limits: LIMITS, report });
  assert.deepEqual(report, { ...emptyReport(), filesRemoved: 2, bytesFreed: 2 * BYTES.length });
  assert.equal(bench.store.revision, revision);
  const { more: _more, ...done } = await collect(bench);
  assert.deepEqual(done, report);
});

test('старые надгробия забываются проходом, свежие остаются', async () => {
  const bench = await openBench();
  for (const index of [1, 2]) await put(bench, index);
  await removeFile(bench.store, fileIdOf(1));
  passTime(bench, 2 * DAY_MS);
  assert.equal((await collect(bench)).filesRemoved, 1);
  const mark = bench.store.revision;
  passTime(bench, 30 * DAY_MS - 1);
  assert.equal((await collect(bench)).tombstonesForgotten, 0);
  passTime(bench, 1);
  assert.equal((await collect(bench)).tombstonesForgotten, 1);
  assert.equal(listChanges(bench.store, { after: mark - 1, limit: 10 }).historyLost, true);
});

test('прерванный проход останавливается между группами, и движок закрывается', async () => {
  const bench = await openBench();
  for (let index = 1; index <= 100; index += 1) await put(bench, index);
  passTime(bench, 32 * DAY_MS);
  const abort = new AbortController();
  const report = emptyReport();
  const passing = collectExpired({ store: bench.store, limits: LIMITS, report, signal: abort.signal });
  await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await assert.rejects(passing, { name: 'AbortError' });
  assert.ok(report.filesRemoved < 100);
  await bench.store.close();
});

test('уборка рядом с возвратами, правками и загрузками не теряет ни одного подтверждённого возврата', async () => {
  const bench = await openBench();
  const count = 200;
  for (let index = 1; index <= count; index += 1) {
    await put(bench, index);
    if (index % 2 === 0) await removeFile(bench.store, fileIdOf(index));
  }
  passTime(bench, 32 * DAY_MS);
  const restored = new Set<number>();
  const uploaded = new Set<number>();
  const ignore =
    (...codes: string[]) =>
    (error: unknown) => {
      if (!(isArtError(error) && codes.includes(error.code))) throw error;
    };
  const clients = Array.from({ length: count }, async (_, at) => {
    const index = count - at;
    for (let turn = 0; turn < at % 7; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const id = fileIdOf(index);
    await editFile(bench.store, id, { description: 'правка' }).catch(ignore('FILE_NOT_FOUND', 'FILE_EXPIRED'));
    await restoreFile(bench.store, id).then(() => restored.add(index), ignore('FILE_NOT_FOUND'));
    const again = await put(bench, index).catch(ignore('CONFLICT'));
    if (again?.created) uploaded.add(index);
  });
  const [report] = await Promise.all([collect(bench), ...clients]);
  assert.ok(restored.size > 0, 'кто-то успел вернуть');
  assert.ok(report.filesRemoved > 0, 'кого-то успели убрать');
  assert.equal(restored.size + report.filesRemoved, count);
  for (const store of [bench.store, (await bench.restart()).store]) {
    for (const index of [...restored, ...uploaded]) {
      const opened = await openFile(store, fileIdOf(index));
      assert.deepEqual(Buffer.concat((await opened.read().toArray()) as Buffer[]), BYTES, `файл ${index}`);
    }
  }
});
