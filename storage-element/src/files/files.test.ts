// Действия над файлом от загрузки до удаления: на диске испытаний, настоящим движком.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench } from '../../test/crash/open-bench.ts';
import { checksumOf, fileIdOf } from '../../test/crash/workload.ts';
import { describeElement } from './describe-element.ts';
import { editFile } from './edit-file.ts';
import { getFile } from './get-file.ts';
import { listChanges } from './list-changes.ts';
import { listFiles } from './list-files.ts';
import { openFile } from './open-file.ts';
import { type PutOrder, putFile } from './put-file.ts';
import { removeFile } from './remove-file.ts';
import { restoreFile } from './restore-file.ts';
import { transitionMode } from './transition-mode.ts';

const DAY_MS = 86_400_000;
const SMALL = Buffer.from('малый файл');
const LARGE = Buffer.alloc(300, 'б');

async function* bodyOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function orderOf(bench: Bench, index: number, bytes: Uint8Array, change: Partial<PutOrder> = {}): PutOrder {
  const permanent = bench.store.mode !== 'edit';
  return {
    fileId: fileIdOf(index),
    intent: {
      originalFilename: 'а.txt',
      contentType: 'text/plain',
      description: '',
      tags: [],
      metadata: {},
      retentionPolicy: permanent ? 'permanent' : 'temporary',
      ttlDays: permanent ? null : 30,
      uploadedBy: 'я',
    },
    body: bodyOf(bytes),
    declaredLength: bytes.length,
    lengthMax: undefined,
    sha256: undefined,
    fileBytesMax: 10_000,
    signal: new AbortController().signal,
    ...change,
  };
}

const put = (bench: Bench, index: number, bytes: Uint8Array, change: Partial<PutOrder> = {}) =>
  putFile(bench.store, orderOf(bench, index, bytes, change));

async function contentOf(bench: Bench, index: number): Promise<Buffer> {
  const opened = await openFile(bench.store, fileIdOf(index));
  return Buffer.concat((await opened.read().toArray()) as Buffer[]);
}

const stagedIn = (bench: Bench) => bench.disk.image.names('/element/data/staging') ?? [];

test('загруженное читается теми же байтами, целиком и участком, и после перезапуска', async () => {
  let bench = await openBench();
  for (const [index, bytes] of [
    [1, SMALL],
    [2, LARGE],
    [3, Buffer.alloc(0)],
  ] as const) {
    const { created, file } = await put(bench, index, bytes);
    assert.deepEqual([created, file.size, file.checksum, file.version], [true, bytes.length, checksumOf(bytes), 1]);
  }
  for (const again of [false, true]) {
    if (again) bench = await bench.restart();
    for (const [index, bytes] of [
      [1, SMALL],
      [2, LARGE],
    ] as const)
      assert.deepEqual(await contentOf(bench, index), bytes);
    const opened = await openFile(bench.store, fileIdOf(2));
    assert.equal(Buffer.concat((await opened.read({ start: 10, end: 19 }).toArray()) as Buffer[]).length, 10);
    const empty = await openFile(bench.store, fileIdOf(3));
    await empty.close();
    assert.equal(bench.disk.openFiles, 1);
  }
});

test('повтор тех же байтов узнан и ничего не меняет; другие байты — CONFLICT; сумму проверяют до чтения тела', async () => {
  const bench = await openBench();
  const first = await put(bench, 1, LARGE);
  const second = await put(bench, 1, LARGE, { intent: { ...orderOf(bench, 1, LARGE).intent, description: 'другое' } });
  assert.deepEqual([second.created, second.file], [false, first.file]);
  await assert.rejects(put(bench, 1, SMALL), { code: 'CONFLICT' });
  let asked = false;
  const body = (async function* () {
    asked = true;
    yield SMALL;
  })();
  await assert.rejects(put(bench, 1, SMALL, { body, sha256: checksumOf(SMALL) }), { code: 'CONFLICT' });
  assert.equal(asked, false);
  await bench.store.checkpoint();
  assert.deepEqual(stagedIn(bench), []);
});

test('больше предела, не та длина, не та сумма, нет места — свой код, место отпущено, ничего не осталось', async () => {
  const bench = await openBench({ change: { space: { capacityBytesMax: 1000, reserveBytes: 0 } } });
  await assert.rejects(put(bench, 1, Buffer.alloc(10_001)), { code: 'FILE_TOO_LARGE' });
  await assert.rejects(put(bench, 1, Buffer.alloc(901), { declaredLength: undefined, fileBytesMax: 900 }), {
    code: 'FILE_TOO_LARGE',
  });
  await assert.rejects(put(bench, 1, LARGE, { declaredLength: 299 }), { code: 'LENGTH_MISMATCH' });
  await assert.rejects(put(bench, 1, LARGE, { sha256: 'ab'.repeat(32) }), { code: 'CHECKSUM_MISMATCH' });
  await assert.rejects(put(bench, 1, Buffer.alloc(1001)), { code: 'STORAGE_FULL' });
  await assert.rejects(put(bench, 1, LARGE, { declaredLength: undefined, lengthMax: 1001 }), { code: 'STORAGE_FULL' });
  assert.deepEqual(stagedIn(bench), []);
  for (const index of [1, 2, 3]) await put(bench, index, LARGE);
  await assert.rejects(put(bench, 4, LARGE), { code: 'STORAGE_FULL' });
  assert.equal((await describeElement(bench.store)).capacity.availableBytes, 100);
});

test('длина неизвестна — место занимается по мере приёма: чужого такая загрузка не съест', async () => {
  const bench = await openBench({ change: { space: { capacityBytesMax: 500, reserveBytes: 0 } } });
  const hold = await bench.store.space.reserve(300);
  await assert.rejects(put(bench, 1, LARGE, { declaredLength: undefined }), { code: 'STORAGE_FULL' });
  hold.release();
  await put(bench, 1, LARGE, { declaredLength: undefined });
});

test('режим сменился, пока текло тело: загрузка отвергнута и убрана', async () => {
  const bench = await openBench({ mode: 'rw' });
  const body = (async function* () {
    yield LARGE.subarray(0, 150);
    await transitionMode(bench.store, { target: 'ro', confirm: false });
    yield LARGE.subarray(150);
  })();
  await assert.rejects(put(bench, 1, LARGE, { body }), { code: 'MODE_NOT_ALLOWED' });
  assert.deepEqual(stagedIn(bench), []);
  assert.deepEqual([bench.store.mode, (await bench.restart()).store.mode], ['ro', 'ro']);
});

test('политика не по режиму — MODE_NOT_ALLOWED; переход без подтверждения и несуществующий — свои коды', async () => {
  const bench = await openBench({ mode: 'rw' });
  const intent = { ...orderOf(bench, 1, SMALL).intent, retentionPolicy: 'temporary' as const, ttlDays: 1 };
  await assert.rejects(put(bench, 1, SMALL, { intent }), { code: 'MODE_NOT_ALLOWED' });
  await assert.rejects(transitionMode(bench.store, { target: 'edit', confirm: true }), { code: 'INVALID_TRANSITION' });
  await assert.rejects(transitionMode(bench.store, { target: 'rw', confirm: true }), { code: 'INVALID_TRANSITION' });
  await transitionMode(bench.store, { target: 'ro', confirm: false });
  await assert.rejects(transitionMode(bench.store, { target: 'rw', confirm: false }), {
    code: 'CONFIRMATION_REQUIRED',
  });
  const both = await Promise.allSettled(
    ['rw', 'rw'].map(() => transitionMode(bench.store, { target: 'rw', confirm: true })),
  );
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
});

test('в ro нельзя писать и удалять, в ar — и читать; описания видны', async () => {
  const bench = await openBench({ mode: 'rw' });
  await put(bench, 1, SMALL);
  const id = fileIdOf(1);
  await assert.rejects(removeFile(bench.store, id), { code: 'MODE_NOT_ALLOWED' });
  await transitionMode(bench.store, { target: 'ro', confirm: false });
  for (const refused of [
    () => put(bench, 2, SMALL),
    () => editFile(bench.store, id, { description: 'x' }),
    () => restoreFile(bench.store, id),
  ]) {
    await assert.rejects(async () => refused(), { code: 'MODE_NOT_ALLOWED' });
  }
  assert.deepEqual(await contentOf(bench, 1), SMALL);
  await transitionMode(bench.store, { target: 'ar', confirm: false });
  await assert.rejects(openFile(bench.store, id), { code: 'MODE_NOT_ALLOWED' });
  assert.equal(getFile(bench.store, id).size, SMALL.length);
  assert.equal(listFiles(bench.store, { limit: 10, offset: 0, after: undefined, status: undefined }).total, 1);
});

test('правка меняет только названное и растит version; негодная отвергается целиком', async () => {
  const bench = await openBench();
  const { file } = await put(bench, 1, SMALL);
  const id = fileIdOf(1);
  const edited = await editFile(bench.store, id, { description: 'новое', tags: ['а'] });
  assert.deepEqual(edited, { ...file, description: 'новое', tags: ['а'], version: 2, revision: edited.revision });
  assert.ok(edited.revision > file.revision);
  assert.equal((await editFile(bench.store, id, { originalFilename: 'e\u0301' })).originalFilename, 'é');
  await assert.rejects(async () => editFile(bench.store, id, { originalFilename: '', tags: [''] }), {
    code: 'VALIDATION_ERROR',
  });
  await assert.rejects(editFile(bench.store, fileIdOf(2), { description: '' }), { code: 'FILE_NOT_FOUND' });
  assert.equal(getFile((await bench.restart()).store, id).version, 3);
});

test('одновременные правки не теряют друг друга: version растёт на каждую', async () => {
  const bench = await openBench();
  await put(bench, 1, SMALL);
  const changes = [{ description: 'а' }, { tags: ['б'] }, { metadata: { в: 1 } }, { originalFilename: 'г' }];
  await Promise.all(changes.map((change) => editFile(bench.store, fileIdOf(1), change)));
  const { description, tags, metadata, originalFilename, version } = getFile(bench.store, fileIdOf(1));
  assert.deepEqual(
    { description, tags, metadata, originalFilename, version },
    { description: 'а', tags: ['б'], metadata: { в: 1 }, originalFilename: 'г', version: 5 },
  );
});

test('удаление — в корзину: не читается и не правится, виден как deleted, возвращается; повтор безвреден', async () => {
  const bench = await openBench();
  await put(bench, 1, SMALL);
  const id = fileIdOf(1);
  await removeFile(bench.store, id);
  const { version } = getFile(bench.store, id);
  await removeFile(bench.store, id);
  assert.deepEqual([getFile(bench.store, id).status, getFile(bench.store, id).version], ['deleted', version]);
  await assert.rejects(openFile(bench.store, id), { code: 'FILE_NOT_FOUND' });
  await assert.rejects(editFile(bench.store, id, { description: 'x' }), { code: 'FILE_NOT_FOUND' });
  await assert.rejects(put(bench, 1, SMALL), { code: 'CONFLICT' });
  const restored = await restoreFile(bench.store, id);
  assert.deepEqual([restored.status, restored.deletedAt], ['active', null]);
  await assert.rejects(restoreFile(bench.store, id), { code: 'CONFLICT' });
  assert.deepEqual(await contentOf(bench, 1), SMALL);
  await assert.rejects(removeFile(bench.store, fileIdOf(9)), {
    code: 'FILE_NOT_FOUND',
    options: { fileId: fileIdOf(9), storageId: bench.store.storageId },
  });
});

test('истёкший не читается (410) и не правится, хотя сборщик ещё не прошёл', async () => {
  const bench = await openBench();
  const id = fileIdOf(1);
  await put(bench, 1, SMALL);
  bench.nowMs += 30 * DAY_MS;
  await assert.rejects(openFile(bench.store, id), { code: 'FILE_EXPIRED' });
  await assert.rejects(editFile(bench.store, id, { description: 'x' }), { code: 'FILE_EXPIRED' });
  assert.equal(getFile(bench.store, id).status, 'expired');
  assert.equal(
    listChanges(bench.store, { after: 0, limit: 10 }).items.filter(
      (change) => change.type === 'upsert' && change.file.status === 'expired',
    ).length,
    1,
  );
});

test('байты пропали или не той длины — тревога INTERNAL_ERROR, а не «не найдено»; дескриптор не утёк', async () => {
  let refusing = false;
  const bench = await openBench({ refuse: ({ kind }) => (refusing && kind === 'read' ? 'EIO' : undefined) });
  for (const index of [1, 2, 3]) await put(bench, index, SMALL);
  const blob = (index: number) => `/element/data/files/20261123/000000/${fileIdOf(index)}.bin`;
  bench.disk.remove(blob(1));
  await assert.rejects(openFile(bench.store, fileIdOf(1)), { code: 'INTERNAL_ERROR' });
  bench.disk.writeSmall(blob(2), 'короче', 'replace');
  await assert.rejects(openFile(bench.store, fileIdOf(2)), { code: 'INTERNAL_ERROR' });
  refusing = true;
  await assert.rejects(openFile(bench.store, fileIdOf(3)), { code: 'EIO' });
  assert.equal(bench.disk.openFiles, 1);
});

test('лента: страницы продолжаются с метки, конец — нынешняя revision, метка из будущего — история потеряна', async () => {
  const bench = await openBench();
  for (const index of [1, 2, 3]) await put(bench, index, SMALL);
  const { epoch, revision } = bench.store;
  const first = listChanges(bench.store, { after: 0, limit: 2 });
  assert.deepEqual([first.epoch, first.hasMore, first.historyLost, first.items.length], [epoch, true, false, 2]);
  const second = listChanges(bench.store, { after: first.nextAfter, limit: 2 });
  assert.deepEqual([second.hasMore, second.nextAfter, second.items.length], [false, revision, 1]);
  assert.deepEqual(listChanges(bench.store, { after: revision, limit: 2 }).items, []);
  const beyond = listChanges(bench.store, { after: revision + 1, limit: 2 });
  assert.deepEqual([beyond.historyLost, beyond.nextAfter], [true, revision], 'дальше читают с нынешней, а не со своей');
});

test('список: nextAfter есть, только пока есть продолжение', async () => {
  const bench = await openBench();
  for (const index of [1, 2, 3]) await put(bench, index, SMALL);
  const page = (limit: number, after?: string) =>
    listFiles(bench.store, { limit, offset: undefined, after, status: undefined });
  assert.deepEqual([page(2).nextAfter, page(3).nextAfter, page(2, fileIdOf(2)).nextAfter], [fileIdOf(2), null, null]);
  assert.deepEqual([page(2, fileIdOf(1)).items.length, page(2).total], [2, 3]);
});
