import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiskFile } from './disk.ts';
import { memoryFile } from './memory-file.ts';
import { OpenBlobs } from './open-blobs.ts';

/** Диск из памяти, который считает открытия и закрытия. */
function openRoom(idleFilesMax?: number) {
  const contents = new Map([
    ['a', 'первый'],
    ['b', 'второй'],
    ['c', 'третий'],
  ]);
  const counts = { opened: 0, closed: 0 };
  const open = async (path: string): Promise<DiskFile> => {
    const text = contents.get(path);
    if (text === undefined) throw Object.assign(new Error('нет файла'), { code: 'ENOENT' });
    counts.opened += 1;
    return {
      ...memoryFile(Buffer.from(text)),
      close: async () => {
        counts.closed += 1;
      },
    };
  };
  const clock = { ms: 0 };
  const blobs = new OpenBlobs({ open, idleFilesMax, monotonicMs: () => clock.ms });
  return { blobs, contents, counts };
}

async function read(file: DiskFile): Promise<string> {
  const bytes = Buffer.alloc(await file.size());
  await file.read(bytes, 0);
  return bytes.toString();
}

test('один файл, много читателей подряд и разом: открыт один раз, закрыт после всех', async () => {
  const { blobs, counts } = openRoom();
  const files = await Promise.all([blobs.open('a'), blobs.open('a')]);
  for (const file of files) assert.equal(await read(file), 'первый');
  for (const file of files) await file.close();
  const again = await blobs.open('a');
  assert.equal(await read(again), 'первый');
  await again.close();
  assert.deepEqual(counts, { opened: 1, closed: 0 });
  await blobs.close();
  assert.deepEqual(counts, { opened: 1, closed: 1 });
});

test('второй close того же читателя ничего не меняет', async () => {
  const { blobs, counts } = openRoom(0);
  const [one, two] = await Promise.all([blobs.open('a'), blobs.open('a')]);
  await one.close();
  await one.close();
  assert.equal(counts.closed, 0);
  assert.equal(await read(two), 'первый');
  await two.close();
  assert.equal(counts.closed, 1);
  await blobs.close();
});

test('убранный файл забыт сразу: новый читатель видит новый, прежний дочитывает прежний', async () => {
  const { blobs, contents, counts } = openRoom();
  const before = await blobs.open('a');
  contents.set('a', 'другой под тем же именем');
  blobs.forget('a');
  const after = await blobs.open('a');
  assert.equal(await read(before), 'первый');
  assert.equal(await read(after), 'другой под тем же именем');
  await before.close();
  assert.equal(counts.closed, 1);
  await after.close();
  await blobs.close();
  assert.deepEqual(counts, { opened: 2, closed: 2 });
});

test('файлов без читателей не больше предела: первым закрывается отданный раньше всех', async () => {
  const { blobs, counts } = openRoom(2);
  for (const path of ['a', 'b', 'c']) await (await blobs.open(path)).close();
  assert.equal(counts.closed, 1);
  await (await blobs.open('c')).close();
  assert.equal(counts.opened, 3);
  await (await blobs.open('a')).close();
  assert.equal(counts.opened, 4);
  await blobs.close();
  assert.equal(counts.closed, 4);
});

test('нет файла — ошибка, и она не запоминается', async () => {
  const { blobs, contents } = openRoom();
  await assert.rejects(blobs.open('d'), { code: 'ENOENT' });
  contents.set('d', 'появился');
  const file = await blobs.open('d');
  assert.equal(await read(file), 'появился');
  await file.close();
  await blobs.close();
});
