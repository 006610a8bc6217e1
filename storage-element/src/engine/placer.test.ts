import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { laggingPlacer } from '../../test/crash/lagging-placer.ts';
import { openBench } from '../../test/crash/open-bench.ts';
import { fileIdOf, putBytes } from '../../test/crash/workload.ts';
import { removeFile } from '../files/remove-file.ts';
import type { Operation, Refusal } from '../../test/crash/crash-disk.ts';
import type { Store } from './store.ts';

const SMALL = Buffer.from('малые байты');
const LARGE = Buffer.alloc(200, 'б');

async function read(store: Store, fileId: string): Promise<string | undefined> {
  const entry = store.catalog.get(fileId);
  const blob = entry && (await store.openBlob(entry));
  if (!entry || !blob) return undefined;
  const bytes = Buffer.alloc(entry.file.size);
  await blob.read(bytes, 0);
  await blob.close();
  return bytes.toString();
}

/** Стол, на котором раскладка ждёт разрешения. */
async function openHeldBench(change: { unplacedBytesMax?: number } = {}) {
  const gate = Promise.withResolvers<void>();
  const bench = await openBench({
    change: { ...change, openPlacer: (options) => laggingPlacer(options, () => gate.promise) },
  });
  return { ...bench, open: gate.resolve };
}

const placedNames = (disk: { image: { names(path: string): string[] | undefined } }): string[] =>
  disk.image.names('/element/data/files/20261123/000000') ?? [];

test('подтверждённый файл читается до раскладки: малый из памяти, большой из staging', async () => {
  const { store, disk, open } = await openHeldBench();
  await putBytes(store, { fileId: fileIdOf(1), bytes: SMALL, description: '' });
  await putBytes(store, { fileId: fileIdOf(2), bytes: LARGE, description: '' });
  assert.deepEqual(placedNames(disk), []);
  assert.equal(await read(store, fileIdOf(1)), SMALL.toString());
  assert.equal(await read(store, fileIdOf(2)), LARGE.toString());
  open();
  await store.whenPlaced();
  assert.equal(placedNames(disk).length, 4);
  assert.equal(await read(store, fileIdOf(1)), SMALL.toString());
  assert.equal(await read(store, fileIdOf(2)), LARGE.toString());
  await store.close();
});

test('загружен, убран и загружен снова раньше раскладки: читаются последние байты', async () => {
  const { store, open } = await openHeldBench();
  const fileId = fileIdOf(1);
  await putBytes(store, { fileId, bytes: SMALL, description: '' });
  await removeFile(store, fileId);
  await store.withFile(fileId, async (locked) => {
    const entry = locked.current();
    if (entry) await locked.remove(entry, 'trash', new Date(store.nowMs()).toISOString());
  });
  assert.equal(await read(store, fileId), undefined);
  await putBytes(store, { fileId, bytes: LARGE, description: '' });
  assert.equal(await read(store, fileId), LARGE.toString());
  open();
  await store.whenPlaced();
  assert.equal(await read(store, fileId), LARGE.toString());
  await store.close();
});

test('процесс погиб до раскладки: следующий запуск раскладывает сам', async () => {
  const bench = await openBench({
    change: { openPlacer: (options) => laggingPlacer(options, () => new Promise(() => undefined)) },
  });
  await putBytes(bench.store, { fileId: fileIdOf(1), bytes: SMALL, description: '' });
  await putBytes(bench.store, { fileId: fileIdOf(2), bytes: LARGE, description: '' });
  const { store, disk } = await bench.restart();
  assert.equal(placedNames(disk).length, 4);
  assert.equal(await read(store, fileIdOf(1)), SMALL.toString());
});

test('раскладке не хватило места: файл читается, место нашлось — разложен, движок не останавливался', async () => {
  let full = true;
  let refused = 0;
  const refuse = ({ kind, path }: Operation): Refusal | undefined => {
    if (!full || kind !== 'writeSmall' || !path.includes('/files/')) return undefined;
    refused += 1;
    return 'ENOSPC';
  };
  const bench = await openBench({
    refuse,
    change: { openPlacer: (options) => laggingPlacer(options, async () => undefined) },
  });
  const { store, disk } = bench;
  await putBytes(store, { fileId: fileIdOf(1), bytes: SMALL, description: '' });
  await putBytes(store, { fileId: fileIdOf(2), bytes: LARGE, description: '' });
  while (refused < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(await read(store, fileIdOf(1)), SMALL.toString());
  full = false;
  await store.whenPlaced();
  assert.equal(placedNames(disk).length, 4);
  assert.deepEqual(bench.fatal, []);
  assert.equal(store.failure, undefined);
  await store.close();
});

test('раскладке не хватило места: уборка её не ждёт, а убранное, пока ждало места, на диск уже не ложится', async () => {
  let full = false;
  const bench = await openBench({
    refuse: ({ grows, path }) => (full && grows && path.includes('/files/') ? 'ENOSPC' : undefined),
    change: { spaceRetryMs: 1 },
  });
  const { store, disk } = bench;
  const collect = (fileId: string) =>
    store.withFile(fileId, async (locked) => {
      const entry = locked.current();
      if (entry) await locked.remove(entry, 'trash', new Date(store.nowMs()).toISOString());
    });
  await putBytes(store, { fileId: fileIdOf(1), bytes: SMALL, description: '' });
  await store.whenPlaced();
  full = true;
  for (const index of [2, 3, 4]) {
    await putBytes(store, { fileId: fileIdOf(index), bytes: index === 3 ? LARGE : SMALL, description: '' }).catch(
      (error: unknown) => assert.ok(isArtError(error, 'STORAGE_FULL')),
    );
  }
  const accepted = [2, 3, 4].filter((index) => store.catalog.get(fileIdOf(index)) !== undefined);
  assert.ok(accepted.length > 0);
  await collect(fileIdOf(1));
  await collect(fileIdOf(accepted[0] ?? 0));
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(placedNames(disk), [], 'место освобождено, хотя другие его ждут');
  full = false;
  await store.whenPlaced();
  assert.equal(placedNames(disk).length, (accepted.length - 1) * 2);
  await store.checkpoint();
  assert.deepEqual(disk.image.names('/element/data/staging'), []);
  assert.deepEqual(bench.fatal, []);
  await store.close();
});

test('пока раскладка стоит из-за полного диска, память не растёт без предела: дальше STORAGE_FULL', async () => {
  let full = true;
  const bench = await openBench({
    refuse: ({ kind, path }) => (full && kind === 'writeSmall' && path.includes('/files/') ? 'ENOSPC' : undefined),
    change: { unplacedBytesMax: 8192, openPlacer: (options) => laggingPlacer(options, async () => undefined) },
  });
  const { store } = bench;
  const codes: (string | undefined)[] = [];
  for (let index = 0; index < 8; index += 1) {
    await putBytes(store, { fileId: fileIdOf(index), bytes: SMALL, description: '' }).then(
      () => codes.push('created'),
      (error: unknown) => codes.push(isArtError(error) ? error.code : 'чужая ошибка'),
    );
  }
  assert.deepEqual([...new Set(codes)], ['created', 'STORAGE_FULL']);
  assert.equal(codes.at(-1), 'STORAGE_FULL');
  // Отказано — значит, не было: подтверждённые читаются, прочих нет.
  for (const [index, code] of codes.entries()) {
    assert.equal(await read(store, fileIdOf(index)), code === 'created' ? SMALL.toString() : undefined);
  }
  full = false;
  await store.close();
});

test('когда раскладка отстала, писатели ждут её и потом продолжают', async () => {
  const { store, open } = await openHeldBench({ unplacedBytesMax: 4096 });
  const fileIds = Array.from({ length: 12 }, (_, index) => fileIdOf(index));
  let answered = 0;
  const writing: Promise<unknown>[] = [];
  for (const fileId of fileIds) {
    writing.push(putBytes(store, { fileId, bytes: SMALL, description: '' }).then(() => (answered += 1)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.ok(answered < fileIds.length, `ответов ${answered}, а раскладка стоит`);
  open();
  await Promise.all(writing);
  await store.whenPlaced();
  assert.equal(store.catalog.totals(new Date(store.nowMs()).toISOString()).active.files, fileIds.length);
  await store.close();
});
