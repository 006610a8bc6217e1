// Каталог заново по описаниям: одно плохое описание — одна строка отчёта, а не сорванный запуск.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrashDisk, type Operation, type Refusal } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { fileIdOf } from '../../test/crash/workload.ts';
import type { StoredFile } from '../files/file.ts';
import { attrToJson, sealAttr } from './attr.ts';
import { Catalog } from './catalog.ts';
import { createLayout } from './layout.ts';
import { rebuildCatalog } from './rebuild-catalog.ts';

const LAYOUT = createLayout('/data', '/wal');
const PLACE = { day: '20261123', bucket: 0 };

function fileOf(index: number, change: Partial<StoredFile> = {}): StoredFile {
  return {
    fileId: fileIdOf(index),
    originalFilename: 'а.txt',
    contentType: 'text/plain',
    size: 10,
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
    revision: index + 1,
    ...change,
  };
}

function openDisk(refuse?: (operation: Operation) => Refusal | undefined): CrashDisk {
  const disk = new CrashDisk({
    image: MemoryImage.empty(),
    random: createRandom('обход'),
    ...(refuse ? { refuse } : {}),
  });
  disk.makeDirectory(LAYOUT.bucketDir(PLACE));
  return disk;
}

function writeAttr(disk: CrashDisk, file: StoredFile, place = PLACE): void {
  disk.makeDirectory(LAYOUT.bucketDir(place));
  disk.writeSmall(LAYOUT.attr(place, file.fileId), sealAttr(attrToJson(file)), 'create');
}

async function rebuild(disk: CrashDisk) {
  const catalog = new Catalog(':memory:');
  const progress: number[] = [];
  const report = await rebuildCatalog(disk, LAYOUT, catalog, {
    onProgress: ({ files }) => progress.push(files),
  });
  const { items } = catalog.list({ limit: 100, offset: 0, nowIso: '2026-11-24T00:00:00.000Z' });
  return { report, catalog, ids: items.map(({ fileId }) => fileId), progress };
}

test('каждое целое описание попадает в каталог вместе с местом; revision отчёта — наибольшая', async () => {
  const disk = openDisk();
  writeAttr(disk, fileOf(1));
  writeAttr(disk, fileOf(2), { day: '20261124', bucket: 7 });
  const { report, catalog, ids } = await rebuild(disk);
  assert.deepEqual(ids, [fileIdOf(1), fileIdOf(2)]);
  assert.deepEqual(catalog.get(fileIdOf(2))?.place, { day: '20261124', bucket: 7 });
  assert.deepEqual([report.files, report.revision, report.damaged], [2, 3, []]);
});

test('испорченное, пустое, чужое и нечитаемое описания — строки отчёта; прочие целы', async () => {
  const disk = openDisk(({ kind, path }) => (kind === 'readSmall' && path.includes(fileIdOf(4)) ? 'EIO' : undefined));
  for (const index of [1, 2, 3, 4]) writeAttr(disk, fileOf(index));
  disk.image.flipBit(LAYOUT.attr(PLACE, fileIdOf(1)), 200);
  disk.writeSmall(LAYOUT.attr(PLACE, fileIdOf(5)), '', 'create');
  disk.writeSmall(LAYOUT.attr(PLACE, fileIdOf(6)), sealAttr(attrToJson(fileOf(7))), 'create');
  const { report, ids } = await rebuild(disk);
  assert.deepEqual(ids, [fileIdOf(2), fileIdOf(3)]);
  assert.deepEqual(
    report.damaged.map(({ path }) => path.slice(-55, -10)),
    [1, 4, 5, 6].map((index) => LAYOUT.attr(PLACE, fileIdOf(index)).slice(-55, -10)),
  );
});

test('два описания с одной revision — строка отчёта, а не отказ запуска', async () => {
  const disk = openDisk();
  writeAttr(disk, fileOf(1, { revision: 5 }));
  writeAttr(disk, fileOf(2, { revision: 5 }));
  writeAttr(disk, fileOf(3));
  const { report, ids } = await rebuild(disk);
  assert.deepEqual(ids, [fileIdOf(1), fileIdOf(3)]);
  assert.equal(report.damaged.length, 1);
  assert.equal(report.files, 2);
});

test('описание одного файла в двух вёдрах: остаётся новейшее', async () => {
  const disk = openDisk();
  writeAttr(disk, fileOf(1, { revision: 9, version: 2 }), { day: '20261120', bucket: 0 });
  writeAttr(disk, fileOf(1, { revision: 5 }));
  const { catalog } = await rebuild(disk);
  assert.equal(catalog.get(fileIdOf(1))?.file.revision, 9);
  assert.equal(catalog.storedBytes, 10);
});

test('посторонние имена в files/ обходу не мешают', async () => {
  const disk = openDisk();
  writeAttr(disk, fileOf(1));
  disk.writeSmall('/data/files/.DS_Store', 'x', 'create');
  disk.makeDirectory('/data/files/lost+found');
  disk.writeSmall('/data/files/20261123/заметка.txt', 'x', 'create');
  disk.writeSmall('/data/files/20261123/17', 'не ведро', 'create');
  disk.writeSmall(`${LAYOUT.bucketDir(PLACE)}/Thumbs.db`, 'x', 'create');
  const { report, ids } = await rebuild(disk);
  assert.deepEqual(ids, [fileIdOf(1)]);
  assert.deepEqual(report.damaged, []);
});

test('описание, которое было видно и не прочлось, — отключавшийся диск, а не удаление: построение прервано', async () => {
  let away = false;
  let looks = 0;
  class BlinkingDisk extends CrashDisk {
    override readSmall(path: string): Buffer | undefined {
      looks += 1;
      return away && looks === 2 ? undefined : super.readSmall(path);
    }
  }
  const disk = new BlinkingDisk({ image: MemoryImage.empty(), random: createRandom('обход') });
  for (const index of [1, 2, 3]) writeAttr(disk, fileOf(index));
  away = true;
  await assert.rejects(rebuild(disk), /пропадал/);
});

test('описание, убранное между взглядом на ведро и чтением, построению не мешает', async () => {
  const gone = LAYOUT.attr(PLACE, fileIdOf(2));
  let watching = false;
  const disk: CrashDisk = new CrashDisk({
    image: MemoryImage.empty(),
    random: createRandom('обход'),
    before: ({ kind, path }) => {
      if (watching && kind === 'readSmall' && path === gone) disk.image.unlink(gone);
    },
  });
  for (const index of [1, 2, 3]) writeAttr(disk, fileOf(index));
  watching = true;
  const { ids, report } = await rebuild(disk);
  assert.deepEqual(ids, [fileIdOf(1), fileIdOf(3)]);
  assert.deepEqual(report.damaged, []);
});
