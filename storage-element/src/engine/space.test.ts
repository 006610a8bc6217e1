// Место: обещанное дважды не обещается, отпущенное возвращается, запас диска не тронут.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Disk } from './disk.ts';
import { Space } from './space.ts';

interface Room {
  readonly space: Space;
  free: number;
  names: number;
  stored: number;
  nowMs: number;
}

function openRoom(o: { capacityBytesMax?: number; reserveBytes?: number; free: number; names?: number }): Room {
  const room = { free: o.free, names: o.names ?? 1000, stored: 0, nowMs: 0 };
  const disk: Pick<Disk, 'space'> = {
    space: async () => ({ freeBytes: room.free, totalBytes: 10_000_000, freeNames: room.names }),
  };
  const space = new Space({
    disk: disk as Disk,
    path: '/data',
    limits: { capacityBytesMax: o.capacityBytesMax, reserveBytes: o.reserveBytes ?? 0 },
    storedBytes: () => room.stored,
    monotonicMs: () => room.nowMs,
  });
  return Object.assign(room, { space });
}

const full = { code: 'STORAGE_FULL' };

test('одновременные загрузки не обещают одно место дважды', async () => {
  const { space } = openRoom({ free: 100_000 });
  const results = await Promise.allSettled([60_000, 60_000, 60_000].map((bytes) => space.reserve(bytes)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
});

test('отпущенное место возвращается один раз, сколько ни отпускай', async () => {
  const { space } = openRoom({ free: 100_000 });
  const hold = await space.reserve(60_000);
  await assert.rejects(space.reserve(60_000), full);
  hold.release();
  hold.release();
  const available = (await space.report()).availableBytes;
  assert.ok(available > 60_000 && available <= 100_000);
});

test('принятое за секунду между замерами считается занятым: поток малых файлов не съедает запас', async () => {
  const room = openRoom({ free: 1_000_000, reserveBytes: 100_000 });
  let accepted = 0;
  for (let count = 0; count < 100; count += 1) {
    try {
      const hold = await room.space.reserve(50_000);
      await hold.cover(50_000);
      room.free -= 50_000;
      accepted += 1;
      hold.release();
    } catch {
      break;
    }
  }
  assert.ok(room.free >= 100_000, `на диске осталось ${room.free} при запасе 100000, принято ${accepted}`);
});

test('через секунду место меряется заново: освободившееся видно', async () => {
  const room = openRoom({ free: 10_000 });
  await assert.rejects(room.space.reserve(50_000), full);
  room.free = 1_000_000;
  room.nowMs = 1500;
  (await room.space.reserve(50_000)).release();
});

test('предел ёмкости действует и при пустом диске; запас диска — и без предела', async () => {
  const limited = openRoom({ free: 1_000_000, capacityBytesMax: 100_000 });
  limited.stored = 70_000;
  assert.deepEqual(await limited.space.report(), { totalBytes: 100_000, usedBytes: 70_000, availableBytes: 30_000 });
  await assert.rejects(limited.space.reserve(30_001), full);
  const reserved = openRoom({ free: 1000, reserveBytes: 1000 });
  assert.equal((await reserved.space.report()).availableBytes, 0);
  await assert.rejects(reserved.space.reserve(0), full);
  const below = openRoom({ free: 500, reserveBytes: 1000 });
  assert.equal((await below.space.report()).availableBytes, 0);
});

test('загрузка без длины занимает место по мере приёма и останавливается у запаса', async () => {
  const MIB = 1 << 20;
  const room = openRoom({ free: 100 * MIB, reserveBytes: 40 * MIB });
  const hold = await room.space.reserve(0);
  let written = 0;
  await assert.rejects(async () => {
    for (; written < 100 * MIB; written += MIB) {
      await hold.cover(written + MIB);
      room.free -= MIB;
      room.nowMs += 300;
    }
  }, full);
  assert.ok(written >= 40 * MIB, `принято ${written / MIB} МиБ`);
  assert.ok(room.free >= 40 * MIB, `осталось ${room.free / MIB} МиБ`);
  hold.release();
});

test('записанное не считается дважды, а предел ёмкости помнит всё обещанное', async () => {
  const room = openRoom({ free: 100_000, capacityBytesMax: 90_000 });
  const hold = await room.space.reserve(60_000);
  await hold.cover(60_000);
  room.free -= 60_000;
  room.nowMs += 2000;
  assert.equal((await room.space.report()).availableBytes, 30_000);
  hold.release();
});

test('имена на диске кончаются раньше места: обещаются и они, по два на файл', async () => {
  const room = openRoom({ free: 10_000_000, names: 7 });
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => room.space.reserve(100)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
  );
  for (const result of results) if (result.status === 'fulfilled') result.value.release();
  // Принятое на диск ещё не легло, и до нового замера его имена заняты.
  await assert.rejects(room.space.reserve(100), full);
  room.names = 1;
  room.nowMs = 2000;
  assert.equal((await room.space.report()).availableBytes, 0);
  room.names = 100;
  room.nowMs = 4000;
  await room.space.reserve(100);
});
