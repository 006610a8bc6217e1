// Возвращение удалённых и истёкших: пока байты не убраны; прошедший срок отсчитывается заново.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { type Bench, openBench } from '../../test/crash/open-bench.ts';
import { fileIdOf, putBytes } from '../../test/crash/workload.ts';
import { flipBit, openRealStore, type RealStore } from '../../test/open-real-store.ts';
import type { StoredStatus } from './file.ts';
import { getFile } from './get-file.ts';
import { listChanges } from './list-changes.ts';
import { openFile } from './open-file.ts';
import { removeFile } from './remove-file.ts';
import { restoreFile } from './restore-file.ts';

const DAY_MS = 86_400_000;
const BYTES = Buffer.from('байты');
const ID = fileIdOf(1);

const put = (bench: Bench) => putBytes(bench.store, { fileId: ID, bytes: BYTES, description: '' });
const isoAt = (ms: number) => new Date(ms).toISOString();

test('удалённый возвращается с прежним сроком, если срок ещё не прошёл', async () => {
  const bench = await openBench();
  const { file } = await put(bench);
  await removeFile(bench.store, ID);
  bench.nowMs += DAY_MS;
  const restored = await restoreFile(bench.store, ID);
  assert.deepEqual([restored.status, restored.deletedAt, restored.expiresAt], ['active', null, file.expiresAt]);
  assert.equal(restored.version, 3);
});

test('удалённый, чей срок прошёл в корзине, возвращается с новым сроком от этого мига', async () => {
  const bench = await openBench();
  await put(bench);
  await removeFile(bench.store, ID);
  bench.nowMs += 30 * DAY_MS;
  const restored = await restoreFile(bench.store, ID);
  assert.deepEqual([restored.status, restored.expiresAt], ['active', isoAt(bench.nowMs + 30 * DAY_MS)]);
});

test('истёкший возвращается с новым сроком, снова читается и остаётся таким после перезапуска', async () => {
  const bench = await openBench();
  await put(bench);
  await assert.rejects(restoreFile(bench.store, ID), { code: 'CONFLICT' });
  bench.nowMs += 30 * DAY_MS;
  assert.equal(getFile(bench.store, ID).status, 'expired');
  const restored = await restoreFile(bench.store, ID);
  assert.deepEqual([restored.status, restored.expiresAt], ['active', isoAt(bench.nowMs + 30 * DAY_MS)]);
  await assert.rejects(restoreFile(bench.store, ID), { code: 'CONFLICT' });
  const again = await bench.restart();
  assert.deepEqual(getFile(again.store, ID), restored);
  const opened = await openFile(again.store, ID);
  assert.deepEqual(Buffer.concat((await opened.read().toArray()) as Buffer[]), BYTES);
  const [change] = listChanges(again.store, { after: restored.revision - 1, limit: 1 }).items;
  assert.equal(change?.type === 'upsert' && change.file.status, 'active', 'лента говорит о возвращении');
});

test('повтор загрузки тех же байтов истёкшего файла отвечает expired и срока не продлевает', async () => {
  const bench = await openBench();
  const { file } = await put(bench);
  bench.nowMs += 30 * DAY_MS;
  const again = await put(bench);
  assert.deepEqual([again.created, again.file.status, again.file.expiresAt], [false, 'expired', file.expiresAt]);
});

test('порча, найденная до удаления, восстановлением не стирается: файл снова corrupted', async (t) => {
  const real = await openRealStore(t, { change: { mode: 'edit' } });
  const { fileId } = await real.put('скоро испортится');
  await flipBit(real.blob(fileId));
  await real.reconcile({ verifyChecksums: true });
  assert.equal(getFile(real.store, fileId).status, 'corrupted');
  await removeFile(real.store, fileId);
  await assertMarked(real, fileId, 'corrupted');
});

test('испорченный или пропавший в корзине возвращается с пометкой; байты вернули — сверка её снимает', async (t) => {
  const real = await openRealStore(t, { change: { mode: 'edit' } });
  const [small, large, gone] = [
    await real.put('малый'),
    await real.put(Buffer.alloc(1 << 20, 'к')),
    await real.put('пропал'),
  ];
  // Прочитанный только что файл движок держит открытым: пропажи имени это не скрывает.
  await (await openFile(real.store, gone.fileId)).close();
  for (const { fileId } of [small, large, gone]) await removeFile(real.store, fileId);
  for (const { fileId } of [small, large]) await flipBit(real.blob(fileId));
  await rm(real.blob(gone.fileId));
  await assertMarked(real, small.fileId, 'corrupted');
  await assertMarked(real, large.fileId, 'corrupted');
  await assertMarked(real, gone.fileId, 'missing');
  await real.store.whenPlaced();
  await flipBit(real.blob(small.fileId));
  await real.reconcile();
  assert.equal(getFile(real.store, small.fileId).status, 'active');
});

test('клиент ушёл — восстановление прервано, файл остаётся удалённым', async (t) => {
  const real = await openRealStore(t, { change: { mode: 'edit' } });
  const { fileId } = await real.put(Buffer.alloc(1 << 20, 'к'));
  await removeFile(real.store, fileId);
  await assert.rejects(restoreFile(real.store, fileId, AbortSignal.abort()), { name: 'AbortError' });
  assert.equal(getFile(real.store, fileId).status, 'deleted');
});

async function assertMarked({ store }: RealStore, fileId: string, status: StoredStatus): Promise<void> {
  const restored = await restoreFile(store, fileId);
  assert.deepEqual([restored.status, restored.deletedAt], [status, null]);
  const [change] = listChanges(store, { after: restored.revision - 1, limit: 1 }).items;
  assert.equal(change?.type === 'upsert' && change.file.status, status, 'лента говорит о пометке');
  await assert.rejects(openFile(store, fileId), { code: 'INTERNAL_ERROR' });
}
