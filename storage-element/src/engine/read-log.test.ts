// Чтение журнала: недописанный хвост отрезается, испорченное до хвоста — отказ запускаться с указанием места.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashDisk } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { createLayout } from './layout.ts';
import { type LogEnd, readLog } from './read-log.ts';
import { encodeRecord, frameHeader, type LogRecord, revisionOf } from './wal-record.ts';

const LAYOUT = createLayout('/data', '/wal');
const SEGMENT_BYTES = 1000;
const SALT = 0x4d4e4f50;
const FROM = { segment: 1, offset: 0, frame: 1, revision: 0, salt: SALT };

/** Кадр с одной записью: номер кадра он же и revision. */
function frame(segment: number, number: number, salt = SALT): Buffer {
  const record: LogRecord = { type: 'mode', mode: 'rw', revision: number };
  const parts = encodeRecord(record);
  return Buffer.concat([frameHeader({ segment, salt, number, records: parts, count: 1 }), ...parts]);
}

const FRAME_BYTES = frame(1, 1).length;

/** Диск, на котором лежат эти сегменты: кадры подряд, дальше нули или filler. */
function diskWith(segments: Record<number, readonly Buffer[]>, filler = 0): CrashDisk {
  const image = MemoryImage.empty();
  image.makeDirectory('/wal');
  for (const [segment, frames] of Object.entries(segments)) {
    const bytes = Buffer.alloc(SEGMENT_BYTES, filler);
    Buffer.concat(frames).copy(bytes);
    image.write(image.create(LAYOUT.segment(Number(segment))), bytes, 0);
  }
  return new CrashDisk({ image, random: createRandom('журнал') });
}

async function readAll(disk: CrashDisk, from = FROM): Promise<LogEnd & { revisions: number[] }> {
  const revisions: number[] = [];
  const read = readLog(disk, LAYOUT, from);
  let step = await read.next();
  for (; !step.done; step = await read.next()) revisions.push(...step.value.map(revisionOf));
  assert.equal(disk.openFiles, 0);
  return { ...step.value, revisions };
}

function flip(disk: CrashDisk, segment: number, byte: number): void {
  disk.image.flipBit(LAYOUT.segment(segment), byte * 8 + 3);
}

test('кадры читаются по порядку через несколько сегментов, с любого места', async () => {
  const segments = { 1: [frame(1, 1), frame(1, 2)], 2: [frame(2, 3)], 3: [frame(3, 4)] };
  const all = await readAll(diskWith(segments));
  assert.deepEqual(all.revisions, [1, 2, 3, 4]);
  assert.deepEqual([all.nextFrame, all.revision, all.segments], [5, 4, [1, 2, 3]]);
  const rest = await readAll(diskWith(segments), { ...FROM, offset: FRAME_BYTES, frame: 2, revision: 1 });
  assert.deepEqual(rest.revisions, [2, 3, 4]);
  const none = await readAll(diskWith(segments), { ...FROM, segment: 3, offset: FRAME_BYTES, frame: 5, revision: 4 });
  assert.deepEqual([none.revisions, none.revision, none.nextFrame], [[], 4, 5]);
});

test('последний кадр, обрезанный на любом байте, отрезается; прочие целы; начатый хвост отложен', async () => {
  const last = frame(1, 3);
  for (const filler of [0, 0x5a]) {
    for (let length = 0; length < last.length; length += 1) {
      if (last.subarray(length).every((byte) => byte === filler)) continue;
      const disk = diskWith({ 1: [frame(1, 1), frame(1, 2), last.subarray(0, length)] }, filler);
      const { revisions, tornTail } = await readAll(disk);
      assert.deepEqual(revisions, [1, 2], `байт ${length}`);
      assert.equal(tornTail !== undefined, length >= 40, `байт ${length}: хвост`);
    }
  }
});

test('отложенных хвостов не больше четырёх, и нехватка места запуску не мешает', async () => {
  const image = MemoryImage.empty();
  let full = false;
  const disk = new CrashDisk({
    image,
    random: createRandom('журнал'),
    refuse: ({ kind }) => (full && kind === 'writeSmall' ? 'ENOSPC' : undefined),
  });
  disk.makeDirectory('/wal');
  for (let segment = 1; segment <= 7; segment += 1) {
    full = segment === 7;
    image.write(
      image.create(LAYOUT.segment(segment)),
      Buffer.concat([frame(segment, segment).subarray(0, 60), Buffer.alloc(100)]),
      0,
    );
    await readAll(disk, { ...FROM, segment, frame: segment });
  }
  assert.deepEqual(
    (image.names('/wal/torn') ?? []).map((name) => name.split('-')[0]),
    ['4', '5', '6', '7'],
  );
});

test('порча любого байта любого кадра, кроме последнего, — отказ; порча последнего неотличима от хвоста', async () => {
  const segments = { 1: [frame(1, 1), frame(1, 2)], 2: [frame(2, 3), frame(2, 4)], 3: [frame(3, 5)] };
  for (const [segment, frames] of [
    [1, 2],
    [2, 2],
    [3, 1],
  ] as const) {
    for (let byte = 0; byte < frames * FRAME_BYTES; byte += 1) {
      const disk = diskWith(segments);
      flip(disk, segment, byte);
      if (segment === 3) assert.deepEqual((await readAll(disk)).revisions, [1, 2, 3, 4]);
      else await assert.rejects(readAll(disk), { name: 'LogDamaged' }, `сегмент ${segment}, байт ${byte}`);
    }
  }
});

test('отказ называет сегмент, байт и кадр', async () => {
  const disk = diskWith({ 1: [frame(1, 1), frame(1, 2), frame(1, 3)] });
  flip(disk, 1, FRAME_BYTES + 50);
  await assert.rejects(readAll(disk), { message: new RegExp(`сегмент 1, байт ${FRAME_BYTES}: кадр 2 `) });
});

test('испорчены все кадры начатого сегмента, кроме не первого, — отказ, а не конец журнала', async () => {
  const disk = diskWith({ 1: [frame(1, 1)], 2: [frame(2, 2), frame(2, 3)] });
  flip(disk, 2, 5);
  await assert.rejects(readAll(disk), { name: 'LogDamaged' });
});

test('испорчен последний кадр сегмента, за которым начат пустой, — отказ: следующий начинают после сброса', async () => {
  const disk = diskWith({ 1: [frame(1, 1), frame(1, 2)], 2: [] });
  flip(disk, 1, FRAME_BYTES + 45);
  await assert.rejects(readAll(disk), { name: 'LogDamaged' });
});

test('остатки прежней жизни сегмента — не кадры и не порча', async () => {
  const disk = diskWith({ 4: [frame(4, 11), frame(1, 2), frame(4, 90, SALT + 1)] });
  const { revisions } = await readAll(disk, { ...FROM, segment: 4, frame: 11, revision: 10 });
  assert.deepEqual(revisions, [11]);
});

test('байты файла, похожие на кадр этого сегмента, недописанному хвосту порчей не становятся', async () => {
  const forged = frame(1, 1000, 0);
  const torn = Buffer.concat([Buffer.alloc(FRAME_BYTES), forged, forged]);
  const { revisions } = await readAll(diskWith({ 1: [frame(1, 1), torn] }));
  assert.deepEqual(revisions, [1]);
});

test('пропал сегмент из середины или с начала — отказ', async () => {
  await assert.rejects(readAll(diskWith({ 1: [frame(1, 1)], 3: [frame(3, 2)] })), {
    message: /пропал сегмент журнала 2/,
  });
  await assert.rejects(readAll(diskWith({ 2: [frame(2, 2)] })), { message: /нет сегмента журнала 1/ });
  await assert.rejects(readAll(diskWith({}), { ...FROM, offset: 10 }), { message: /нет сегмента журнала 1/ });
});

test('сегментов ещё нет: журнал пуст', async () => {
  assert.deepEqual((await readAll(diskWith({}))).revisions, []);
});

test('последний кадр переписан и сброшен до раскладки: отключение питания его уже не унесёт', async () => {
  const disk = diskWith({ 1: [frame(1, 1), frame(1, 2)] });
  for (const [path, inode] of [[LAYOUT.segment(1), disk.image.find(LAYOUT.segment(1))]] as const) {
    assert.ok(inode, path);
    disk.image.syncInode(inode);
    disk.image.write(inode, frame(1, 3), 2 * FRAME_BYTES);
    disk.image.forgetInode(inode);
  }
  disk.image.syncDirectory('/');
  disk.image.syncDirectory('/wal');
  assert.deepEqual((await readAll(disk)).revisions, [1, 2, 3]);
  const after = new CrashDisk({
    image: disk.image.crash('drop', createRandom('сбой')),
    random: createRandom('журнал'),
  });
  assert.deepEqual((await readAll(after)).revisions, [1, 2, 3]);
});
