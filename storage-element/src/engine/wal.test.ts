// Журнал: общий сброс, предел длины, ожидание места и отказ. Настоящий Wal на диске испытаний.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CrashDisk, type Operation, type Refusal } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import type { StoredFile } from '../files/file.ts';
import { createLayout } from './layout.ts';
import { Wal, type WalHooks } from './wal.ts';
import { type LogRecord, revisionOf } from './wal-record.ts';

const LAYOUT = createLayout('/data', '/wal');
const LIMITS = { segmentBytes: 400, segmentsMax: 3, frameBytesMax: 300 };

interface Bench {
  readonly wal: Wal;
  readonly disk: CrashDisk;
  readonly applied: number[];
  readonly frames: number[];
  readonly failures: unknown[];
  full: number;
}

async function openBench(
  o: {
    hooks?: Partial<WalHooks>;
    recordsMax?: number;
    redone?: number;
    refuse?: (operation: Operation) => Refusal | undefined;
  } = {},
): Promise<Bench> {
  const image = MemoryImage.empty();
  for (const path of ['/wal', '/data/staging']) image.makeDirectory(path);
  const disk = new CrashDisk({ image, random: createRandom('журнал'), ...(o.refuse ? { refuse: o.refuse } : {}) });
  const bench: Omit<Bench, 'wal'> = { disk, applied: [], frames: [], failures: [], full: 0 };
  const wal = await Wal.open(disk, LAYOUT, {
    limits: { ...LIMITS, recordsMax: o.recordsMax },
    start: {
      segments: [],
      offset: 0,
      nextSegment: 1,
      spare: [],
      nextFrame: 1,
      revision: o.redone ?? 0,
      salt: 1,
      redone: o.redone ?? 0,
    },
    hooks: {
      apply: (records) => bench.applied.push(...records.map(revisionOf)),
      onFrame: (count) => bench.frames.push(count),
      onFull: () => {
        bench.full += 1;
      },
      onFailure: (error) => bench.failures.push(error),
      ...o.hooks,
    },
  });
  return Object.assign(bench, { wal });
}

const FILE: StoredFile = {
  fileId: 'f11e0000-0000-4000-8000-000000000001',
  originalFilename: 'а',
  contentType: 'a/b',
  size: 1,
  checksum: 'ab'.repeat(32),
  uploadedBy: 'я',
  uploadedAt: '2026-11-23T12:00:00.000Z',
  description: '',
  tags: [],
  metadata: {},
  status: 'active',
  retentionPolicy: 'permanent',
  ttlDays: null,
  expiresAt: null,
  deletedAt: null,
  version: 1,
  revision: 1,
};

const note = (revision: number): LogRecord => ({ type: 'mode', mode: 'rw', revision });

async function settle(): Promise<void> {
  for (let count = 0; count < 60; count += 1) await turn();
}

test('все, кто ждёт в один миг, делят один сброс; порядок revision — порядок раскладки', async () => {
  const bench = await openBench();
  const records = await Promise.all(Array.from({ length: 6 }, () => bench.wal.append(note)));
  assert.deepEqual(records.map(revisionOf), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(bench.applied, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(bench.frames, [1, 5]);
  assert.equal(bench.wal.applied.revision, 6);
  await bench.wal.close();
  assert.equal(bench.disk.openFiles, 0);
});

test('ответ даётся только после сброса и раскладки', async () => {
  const order: string[] = [];
  const bench = await openBench({
    hooks: { apply: () => order.push('разложено'), onFrame: () => order.push('сброшено') },
  });
  await bench.wal.append(note).then(() => order.push('отвечено'));
  assert.deepEqual(order, ['сброшено', 'разложено', 'отвечено']);
});

test('кадр не растёт выше предела: остальные едут следующим', async () => {
  const bench = await openBench();
  await Promise.all(Array.from({ length: 12 }, () => bench.wal.append(note)));
  assert.ok(bench.frames.length > 2);
  assert.deepEqual(
    bench.applied,
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
});

test('полный журнал зовёт контрольную точку и ждёт её; отпущенные сегменты служат снова, нового места не занимая', async () => {
  const bench = await openBench();
  const writing = Array.from({ length: 60 }, () => bench.wal.append(note));
  await settle();
  assert.ok(bench.full > 0, 'места нет');
  assert.ok(bench.applied.length < 60);
  assert.equal(bench.wal.segmentsInUse, 3);
  while (bench.applied.length < 60) {
    bench.wal.releaseBefore(bench.wal.applied);
    await settle();
  }
  await Promise.all(writing);
  assert.ok((bench.disk.image.names('/wal') ?? []).length <= 3);
});

test('короткие записи ждут контрольной точки числом, а не длиной: их повтор тоже не бесплатен', async () => {
  const bench = await openBench({ recordsMax: 2 });
  const first = [bench.wal.append(note), bench.wal.append(note)];
  await Promise.all(first);
  const third = bench.wal.append(note);
  await settle();
  assert.deepEqual(bench.applied, [1, 2]);
  assert.equal(bench.wal.segmentsInUse, 1, 'места в журнале хватало');
  assert.ok(bench.full > 0, 'точку не позвали');
  bench.wal.releaseBefore(bench.wal.applied);
  await third;
  assert.deepEqual(bench.applied, [1, 2, 3]);
});

test('повторённое при запуске считается, пока его не сбросила контрольная точка', async () => {
  const bench = await openBench({ recordsMax: 2, redone: 2 });
  const next = bench.wal.append(note);
  await settle();
  assert.deepEqual(bench.applied, []);
  bench.wal.releaseBefore(bench.wal.applied);
  await next;
  assert.deepEqual(bench.applied, [3]);
});

test('запись больше сегмента не теряется и не зацикливает журнал', async () => {
  const bench = await openBench();
  const record = await bench.wal.append((revision) => ({
    type: 'remove',
    fileId: 'я'.repeat(600),
    place: { day: '20261123', bucket: 0 },
    reason: 'trash',
    removedAt: 'x',
    revision,
  }));
  assert.equal(revisionOf(record), 1);
});

test('отказ сброса окончателен: ждавшим — та же причина, новым — сразу, повторного сброса нет', async () => {
  let syncs = 0;
  const bench = await openBench({
    refuse: ({ kind, path }) => {
      if (kind !== 'datasync' || path.endsWith('.new')) return undefined;
      syncs += 1;
      return 'forget';
    },
  });
  const results = await Promise.allSettled([1, 2, 3].map(() => bench.wal.append(note)));
  assert.ok(results.every(({ status }) => status === 'rejected'));
  await assert.rejects(bench.wal.append(note), { code: 'EIO' });
  assert.deepEqual([syncs, bench.failures.length, bench.applied.length], [1, 1, 0]);
  await bench.wal.close();
});

test('отказ раскладки при полном журнале отпускает и тех, кто ждёт места', async () => {
  let frames = 0;
  const bench = await openBench({
    hooks: {
      apply: () => {
        frames += 1;
        if (frames === 3) throw new Error('раскладка отказала');
      },
    },
  });
  // Три кадра занимают три сегмента; четвёртый уже ждёт места, когда третий раскладывается.
  const writing = Array.from({ length: 20 }, () => bench.wal.append(note));
  const settled = Promise.allSettled(writing);
  await settle();
  assert.equal(bench.full, 1);
  assert.equal(bench.failures.length, 1);
  const results = await settled;
  assert.equal(results.at(-1)?.status, 'rejected');
  await bench.wal.close();
});

test('отказ раскладки до того, как писатель начал ждать места: ждать он не начинает', async () => {
  let frames = 0;
  const bench = await openBench({
    hooks: {
      apply: () => {
        frames += 1;
        if (frames === 3) throw new Error('раскладка отказала');
      },
    },
  });
  // Четвёртый кадр сначала сбрасывает каталог staging: раскладка третьего успевает отказать раньше, чем ему понадобится место.
  const staged = (revision: number): LogRecord => ({
    type: 'put',
    file: { ...FILE, revision },
    place: { day: '20261123', bucket: 0 },
    bytes: { staged: 'x.part' },
  });
  const results = await Promise.allSettled([
    ...Array.from({ length: 19 }, () => bench.wal.append(note)),
    bench.wal.append(staged),
  ]);
  assert.equal(results.at(-1)?.status, 'rejected');
  await bench.wal.close();
});

test('закрытие дописывает очередь; после него запись отвергается', async () => {
  const bench = await openBench();
  const writing = [1, 2, 3].map(() => bench.wal.append(note));
  await bench.wal.close();
  await Promise.all(writing);
  assert.deepEqual(bench.applied, [1, 2, 3]);
  await assert.rejects(bench.wal.append(note));
});
