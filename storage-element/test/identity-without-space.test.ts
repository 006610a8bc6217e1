// Каталог построен, а личности не хватило места: движок ждёт его, читает внесённое и дописывает, когда место нашлось.
import assert from 'node:assert/strict';
import { rm, symlink, unlink } from 'node:fs/promises';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { openStore } from '../src/engine/store.ts';
import { getFile } from '../src/files/get-file.ts';
import { cleanUp } from './clean-up.ts';
import { fileIdOf, putBytes } from './crash/workload.ts';
import { openRealStore, SILENT } from './open-real-store.ts';

const PATIENCE_MS = 60_000;
const put = (index: number) => ({ fileId: fileIdOf(index), bytes: Buffer.from(`файл ${index}`), description: '' });

test('построенному каталогу не хватило места на личность: попытки идут, место нашлось — движок принимает перемены', async (t) => {
  const first = await openRealStore(t);
  for (let index = 0; index < 20; index += 1) await putBytes(first.store, put(index));
  const { epoch } = first.store;
  await first.close();
  const { layout, home } = first;
  await rm(layout.catalogDir, { recursive: true });
  // Всё, что пишется в /dev/full, кончается настоящим ENOSPC ядра.
  await symlink('/dev/full', `${layout.identity}.tmp`);

  let tries = 0;
  const fatal: unknown[] = [];
  const store = await openStore({
    dataDir: layout.dataDir,
    walDir: layout.walDir,
    mode: 'rw',
    space: { capacityBytesMax: undefined, reserveBytes: 0 },
    spaceRetryMs: 10,
    hooks: { onFatal: (error) => fatal.push(error) },
    log: {
      ...SILENT,
      error: ({ event }) => {
        if (event === 'catalog_stuck') tries += 1;
      },
    },
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= store.close());
  cleanUp(t, close);
  await waitUntil('место кончилось трижды', () => tries >= 3, PATIENCE_MS);
  assert.equal(getFile(store, fileIdOf(7)).size, put(7).bytes.length, 'внесённое читается');
  assert.throws(() => getFile(store, fileIdOf(777)), { code: 'NOT_READY' });
  await assert.rejects(putBytes(store, put(21)), { code: 'NOT_READY' });

  await unlink(`${layout.identity}.tmp`);
  await store.whenRebuilt();
  assert.deepEqual([store.failure, fatal], [undefined, []]);
  assert.notEqual(store.epoch, epoch);
  await putBytes(store, put(21));
  assert.equal(store.catalog.totals(new Date().toISOString()).active.files, 21);
  const rebuilt = store.epoch;
  await close();

  const again = await openRealStore(t, { home });
  assert.equal(again.store.epoch, rebuilt, 'второй раз каталог не строится');
  assert.equal(getFile(again.store, fileIdOf(21)).size, put(21).bytes.length);
});
