// Вёдра: тысяча файлов в каждом, продолжение после перезапуска, новый день — новое ведро.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashDisk } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { fileIdOf } from '../../test/crash/workload.ts';
import { BUCKET_FILES_MAX, createLayout } from './layout.ts';
import { Buckets } from './buckets.ts';

const LAYOUT = createLayout('/data', '/wal');
const NOON = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 86_400_000;

function openDisk(): CrashDisk {
  const disk = new CrashDisk({ image: MemoryImage.empty(), random: createRandom('вёдра') });
  disk.makeDirectory(LAYOUT.files);
  return disk;
}

test('ведро наполняется до предела и сменяется следующим', () => {
  const buckets = new Buckets(openDisk(), LAYOUT);
  const places = Array.from({ length: 2 * BUCKET_FILES_MAX + 1 }, () => buckets.next(NOON).bucket);
  assert.equal(places.filter((bucket) => bucket === 0).length, BUCKET_FILES_MAX);
  assert.equal(places.filter((bucket) => bucket === 1).length, BUCKET_FILES_MAX);
  assert.equal(places.at(-1), 2);
});

test('день берётся по UTC, в новом дне вёдра с нуля', () => {
  const buckets = new Buckets(openDisk(), LAYOUT);
  assert.deepEqual(buckets.next(Date.UTC(2026, 10, 23, 23, 59, 59, 999)), { day: '20261123', bucket: 0 });
  assert.deepEqual(buckets.next(Date.UTC(2026, 10, 24)), { day: '20261124', bucket: 0 });
});

test('после перезапуска продолжается последнее ведро дня, и считаются только описания', () => {
  const disk = openDisk();
  const place = { day: '20261123', bucket: 4 };
  disk.makeDirectory(LAYOUT.bucketDir(place));
  for (let index = 0; index < BUCKET_FILES_MAX - 1; index += 1) {
    disk.writeSmall(LAYOUT.attr(place, fileIdOf(index)), '', 'create');
    disk.writeSmall(LAYOUT.blob(place, fileIdOf(index)), '', 'create');
  }
  const buckets = new Buckets(disk, LAYOUT);
  assert.equal(buckets.next(NOON).bucket, 4);
  assert.equal(buckets.next(NOON).bucket, 5);
});

test('часы перевели назад и вернули: заполненное ведро заново не открывается', () => {
  const disk = openDisk();
  const buckets = new Buckets(disk, LAYOUT);
  const store = (place: { day: string; bucket: number }, name: string): void => {
    disk.makeDirectory(LAYOUT.bucketDir(place));
    disk.writeSmall(LAYOUT.attr(place, name), '', 'create');
  };
  for (let index = 0; index < BUCKET_FILES_MAX; index += 1) store(buckets.next(NOON), fileIdOf(index));
  buckets.next(NOON - DAY_MS);
  assert.equal(buckets.next(NOON).bucket, 1);
});

test('посторонние имена среди вёдер не сбивают счёт', () => {
  const disk = openDisk();
  disk.makeDirectory(`${LAYOUT.dayDir('20261123')}/заметки`);
  disk.makeDirectory(`${LAYOUT.dayDir('20261123')}/000002`);
  disk.writeSmall(`${LAYOUT.dayDir('20261123')}/9`, 'не ведро', 'create');
  assert.equal(new Buckets(disk, LAYOUT).next(NOON).bucket, 2);
});
