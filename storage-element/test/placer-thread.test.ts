// Раскладка отдельным потоком на настоящем диске: порядок, отказ, остановка.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStore, type Store } from '../src/engine/store.ts';
import { dayOf } from '../src/engine/layout.ts';
import { fileIdOf, putBytes } from './crash/workload.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function openOnDisk(t: TestContext, onFatal: (error: unknown) => void = () => undefined) {
  const dataDir = await mkdtemp(join(tmpdir(), 'artstore-placer-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const open = (): Promise<Store> =>
    openStore({
      dataDir,
      walDir: join(dataDir, 'wal'),
      mode: 'edit',
      space: { capacityBytesMax: undefined, reserveBytes: 0 },
      log: SILENT,
      hooks: { onFatal },
    });
  return { dataDir, open, store: await open() };
}

const small = (index: number): Buffer => Buffer.from(`файл ${index}`);

test('тысяча загрузок разом: после whenPlaced каждый файл лежит на месте вместе с описанием', async (t) => {
  const { dataDir, store } = await openOnDisk(t);
  const indexes = Array.from({ length: 1000 }, (_, index) => index);
  await Promise.all(
    indexes.map((index) => putBytes(store, { fileId: fileIdOf(index), bytes: small(index), description: '' })),
  );
  await store.whenPlaced();
  const names = await readdir(join(dataDir, 'files', dayOf(store.nowMs())), { recursive: true });
  assert.equal(names.filter((name) => name.endsWith('.bin')).length, indexes.length);
  assert.equal(names.filter((name) => name.endsWith('.attr.json')).length, indexes.length);
  await store.close();
});

test('остановка сразу после ответа ничего не теряет и не оставляет журналу повтора', async (t) => {
  const { open, store } = await openOnDisk(t);
  for (let index = 0; index < 20; index += 1) {
    await putBytes(store, { fileId: fileIdOf(index), bytes: small(index), description: '' });
  }
  await store.close();
  const again = await open();
  assert.equal(again.catalog.totals(new Date().toISOString()).active.files, 20);
  await again.close();
});

test('поток раскладки отказал: движок перестаёт писать и говорит причину, следующий запуск всё раскладывает', async (t) => {
  const fatal = Promise.withResolvers<unknown>();
  const { dataDir, open, store } = await openOnDisk(t, fatal.resolve);
  const put = (index: number): Promise<unknown> =>
    putBytes(store, { fileId: fileIdOf(index), bytes: small(index), description: '' });
  await put(0);
  await store.whenPlaced();
  // На месте каталога дня теперь лежит файл: создать в нём ничего нельзя.
  const day = join(dataDir, 'files', dayOf(store.nowMs()));
  await rm(day, { recursive: true });
  await writeFile(day, '');
  await put(1);
  assert.match(String(await fatal.promise), /ENOTDIR/);
  await assert.rejects(put(2), { code: 'NOT_READY' });
  const entry = store.catalog.get(fileIdOf(1));
  assert.ok(entry && (await store.openBlob(entry)), 'подтверждённое читается и теперь');
  await store.close();
  await rm(day);
  const again = await open();
  await again.whenPlaced();
  assert.equal(again.catalog.totals(new Date().toISOString()).active.files, 2);
  for (const index of [0, 1]) {
    const found = again.catalog.get(fileIdOf(index));
    const blob = found && (await again.openBlob(found));
    assert.equal(await blob?.size(), small(index).length);
    await blob?.close();
  }
  await again.close();
});

test('под именем нового файла лежат чужие байты: они уходят в карантин, файл на месте, движок работает', async (t) => {
  const fatal: unknown[] = [];
  const { dataDir, store } = await openOnDisk(t, (error) => fatal.push(error));
  await putBytes(store, { fileId: fileIdOf(1), bytes: small(1), description: '' });
  await store.whenPlaced();
  const bucket = join(dataDir, 'files', dayOf(store.nowMs()), '000000');
  await writeFile(join(bucket, `${fileIdOf(2)}.bin`), 'чужое');
  await writeFile(join(bucket, `${fileIdOf(2)}.attr.json`), 'и это');
  await putBytes(store, { fileId: fileIdOf(2), bytes: small(2), description: '' });
  await store.whenPlaced();
  assert.equal(await readFile(join(bucket, `${fileIdOf(2)}.bin`), 'utf8'), small(2).toString());
  const aside = (await readdir(join(dataDir, 'quarantine'))).toSorted();
  assert.deepEqual(aside, [`${fileIdOf(2)}.attr.json.0`, `${fileIdOf(2)}.bin.0`]);
  await store.checkpoint();
  assert.deepEqual([fatal, store.failure], [[], undefined]);
  await store.close();
});

test('чужое лежит только под именем описания: в карантин уходит оно одно, свои байты остаются', async (t) => {
  const { dataDir, store } = await openOnDisk(t, () => undefined);
  await putBytes(store, { fileId: fileIdOf(1), bytes: small(1), description: '' });
  await store.whenPlaced();
  const bucket = join(dataDir, 'files', dayOf(store.nowMs()), '000000');
  const large = Buffer.alloc(100_000, 'б');
  for (const [index, bytes] of [small(2), large].entries()) {
    const fileId = fileIdOf(index + 2);
    await writeFile(join(bucket, `${fileId}.attr.json`), 'чужое');
    await putBytes(store, { fileId, bytes, description: '' });
    await store.whenPlaced();
    assert.deepEqual(await readFile(join(bucket, `${fileId}.bin`)), bytes);
    assert.match(await readFile(join(bucket, `${fileId}.attr.json`), 'utf8'), /checksum/);
  }
  const aside = (await readdir(join(dataDir, 'quarantine'))).toSorted();
  assert.deepEqual(aside, [`${fileIdOf(2)}.attr.json.0`, `${fileIdOf(3)}.attr.json.0`]);
  await store.close();
});

test('ведро удалили руками: удаление его файла движок не останавливает, перезапуск не спотыкается', async (t) => {
  const fatal: unknown[] = [];
  const { dataDir, open, store } = await openOnDisk(t, (error) => fatal.push(error));
  await putBytes(store, { fileId: fileIdOf(1), bytes: small(1), description: '' });
  await store.checkpoint();
  await rm(join(dataDir, 'files', dayOf(store.nowMs())), { recursive: true });
  await store.withFile(fileIdOf(1), async (locked) => {
    const entry = locked.current();
    if (entry) await locked.remove(entry, 'trash', new Date(store.nowMs()).toISOString());
  });
  await store.checkpoint();
  assert.deepEqual([fatal, store.failure], [[], undefined]);
  await store.close();
  const again = await open();
  assert.equal(again.catalog.get(fileIdOf(1)), undefined);
  await again.close();
});

test('каталог файлов подменили посреди загрузки: в чужой не раскладывается ничего, вернули — прежнее на месте', async (t) => {
  const { dataDir, open, store } = await openOnDisk(t);
  const files = join(dataDir, 'files');
  await putBytes(store, { fileId: fileIdOf(1), bytes: small(1), description: '' });
  await store.whenPlaced();
  const putting = putBytes(store, { fileId: fileIdOf(2), bytes: small(2), description: '' });
  await rename(files, `${files}.прежний`);
  await mkdir(files);
  await putting.catch(() => undefined);
  await store.close();
  assert.deepEqual(await readdir(files), []);
  await rm(files, { recursive: true });
  await rename(`${files}.прежний`, files);
  const again = await open();
  assert.ok(again.catalog.get(fileIdOf(1)));
  await again.close();
});
