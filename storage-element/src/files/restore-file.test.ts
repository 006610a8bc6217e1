// Возвращение удалённых и истёкших: пока байты не убраны; прошедший срок отсчитывается заново.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench } from '../../test/crash/open-bench.ts';
import { fileIdOf, putBytes } from '../../test/crash/workload.ts';
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
