// Сверка на настоящем диске: каждая порча находится, называется и помечается, целое — никогда; ничего не пропадает.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { flipBit, openRealStore, type RealStore, SILENT } from '../../test/open-real-store.ts';
import { openStore } from '../engine/store.ts';
import type { StoredStatus } from '../files/file.ts';
import { editFile } from '../files/edit-file.ts';
import { getFile } from '../files/get-file.ts';
import { listFiles } from '../files/list-files.ts';
import { openFile } from '../files/open-file.ts';
import { removeFile } from '../files/remove-file.ts';
import type { Issue } from './check-file.ts';
import { Reconciler } from './reconcile.ts';
import type { ReconcileReport } from './reconcile-report.ts';

const statusOf = ({ store }: RealStore, fileId: string): StoredStatus => getFile(store, fileId).status;
const found = (report: ReconcileReport, fileId: string): Partial<Issue>[] =>
  report.issues.filter((issue) => issue.fileId === fileId).map(({ type, action }) => ({ type, action }));

async function contentOf({ store }: RealStore, fileId: string): Promise<string> {
  const opened = await openFile(store, fileId);
  const chunks: Buffer[] = [];
  for await (const chunk of opened.read()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Три файла: средний страдает, соседи обязаны остаться нетронутыми. */
async function threeFiles(t: TestContext, body: string | Buffer = 'содержимое') {
  const real = await openRealStore(t);
  const before = await real.put('сосед слева');
  const { fileId } = await real.put(body);
  const after = await real.put('сосед справа');
  const neighbours = async () => {
    assert.equal(await contentOf(real, before.fileId), 'сосед слева');
    assert.equal(await contentOf(real, after.fileId), 'сосед справа');
  };
  return { real, fileId, neighbours };
}

test('целое хранилище: находок нет, журнал не растёт, счёт полный', async (t) => {
  const { real } = await threeFiles(t);
  const { revision } = real.store;
  const report = await real.reconcile({ verifyChecksums: true });
  assert.deepEqual([report.status, report.filesTotal, report.filesChecked, report.issues], ['completed', 3, 3, []]);
  assert.ok(report.bytesChecked > 0);
  assert.equal(real.store.revision, revision);
});

test('байтов нет: missing; вернулись — пометка снята, но только когда сошлась сумма', async (t) => {
  const { real, fileId, neighbours } = await threeFiles(t);
  const { version } = getFile(real.store, fileId);
  await rename(real.blob(fileId), join(real.home, 'спрятано'));
  assert.deepEqual(found(await real.reconcile(), fileId), [{ type: 'missing_file', action: 'marked' }]);
  assert.equal(statusOf(real, fileId), 'missing');
  assert.equal(getFile(real.store, fileId).version, version, 'пометка — не правка');
  await assert.rejects(contentOf(real, fileId), { code: 'INTERNAL_ERROR' });
  await assert.rejects(real.put('содержимое', fileId), { code: 'INTERNAL_ERROR' }, '«уже лежит» было бы ложью');

  await writeFile(real.blob(fileId), 'СОДЕРЖИМОЕ');
  assert.deepEqual(found(await real.reconcile(), fileId), [{ type: 'checksum_mismatch', action: 'marked' }]);
  assert.equal(statusOf(real, fileId), 'corrupted');

  await rename(join(real.home, 'спрятано'), real.blob(fileId));
  const report = await real.reconcile();
  assert.deepEqual([found(report, fileId), report.restored], [[], 1]);
  assert.equal(await contentOf(real, fileId), 'содержимое');
  await neighbours();
});

test('перевёрнутый бит виден при пересчёте сумм и не виден без него; обрезанный файл виден всегда', async (t) => {
  const { real, fileId, neighbours } = await threeFiles(t, Buffer.alloc(300_000, 'б'));
  await flipBit(real.blob(fileId), 150_000);
  assert.deepEqual(found(await real.reconcile(), fileId), []);
  assert.equal(statusOf(real, fileId), 'active');
  assert.deepEqual(found(await real.reconcile({ verifyChecksums: true }), fileId), [
    { type: 'checksum_mismatch', action: 'marked' },
  ]);
  assert.equal(statusOf(real, fileId), 'corrupted');
  await truncate(real.blob(fileId), 1000);
  assert.deepEqual(found(await real.reconcile(), fileId), [{ type: 'size_mismatch', action: 'none' }]);
  await neighbours();
});

test('dry_run называет то же самое и не меняет ничего', async (t) => {
  const { real, fileId } = await threeFiles(t);
  await rm(real.blob(fileId));
  const orphan = real.blob(randomUUID());
  await writeFile(orphan, 'сирота');
  const { revision } = real.store;
  const report = await real.reconcile({ dryRun: true, moveOrphans: true, verifyChecksums: true });
  assert.deepEqual([report.counts.missing_file, report.counts.orphaned_file], [1, 1]);
  assert.ok(report.issues.every(({ action }) => action === 'none'));
  assert.equal(real.store.revision, revision);
  assert.equal(statusOf(real, fileId), 'active');
  assert.ok(await stat(orphan));
});

test('сирота: без просьбы остаётся, по просьбе уходит в карантин, одноимённого там не перекрывая; чужие имена не тронуты', async (t) => {
  const { real, fileId } = await threeFiles(t);
  const orphanId = randomUUID();
  const orphan = join(dirname(real.blob(fileId)), `${orphanId}.bin`);
  const foreign = join(dirname(orphan), 'заметка.bin');
  await writeFile(foreign, 'не наше');
  for (const body of ['первый', 'второй']) {
    await writeFile(orphan, body);
    assert.deepEqual(found(await real.reconcile(), orphanId), [{ type: 'orphaned_file', action: 'none' }]);
    assert.ok(await stat(orphan));
    const moved = await real.reconcile({ moveOrphans: true });
    assert.deepEqual(found(moved, orphanId), [{ type: 'orphaned_file', action: 'quarantined' }]);
  }
  await assert.rejects(stat(orphan), { code: 'ENOENT' });
  const kept = await Promise.all(
    (await readdir(real.layout.quarantine)).map((name) => readFile(real.layout.quarantined(name), 'utf8')),
  );
  assert.deepEqual(kept.toSorted(), ['второй', 'первый']);
  assert.equal(await readFile(foreign, 'utf8'), 'не наше');
  assert.equal((await real.reconcile()).issues.length, 0);
});

test('байты файла, о котором каталог знает, сиротой не становятся: пропавшее описание записано заново', async (t) => {
  const { real, fileId } = await threeFiles(t);
  await rm(real.attr(fileId));
  const report = await real.reconcile({ moveOrphans: true });
  assert.deepEqual(found(report, fileId), [{ type: 'orphaned_file', action: 'marked' }]);
  assert.equal(await contentOf(real, fileId), 'содержимое');
  assert.ok(await stat(real.attr(fileId)));
  assert.equal((await real.reconcile()).issues.length, 0);
});

test('нет ни описания, ни байтов: файл остаётся в списке как missing и переживает потерю каталога', async (t) => {
  const { real, fileId } = await threeFiles(t);
  await rm(real.attr(fileId));
  await rm(real.blob(fileId));
  assert.deepEqual(found(await real.reconcile(), fileId), [{ type: 'missing_file', action: 'marked' }]);
  await real.store.checkpoint();
  await rm(real.layout.catalogDir, { recursive: true });
  const again = await real.restart();
  assert.equal(statusOf(again, fileId), 'missing');
  assert.equal(listFiles(again.store, { limit: 10, offset: 0, after: undefined, status: undefined }).total, 3);
});

test('испорченное описание: corrupted, байты описания целы; вернули руками — следующая сверка снимает пометку', async (t) => {
  const { real, fileId } = await threeFiles(t);
  await editFile(real.store, fileId, { description: 'правка' });
  await real.store.whenPlaced();
  const backup = join(real.home, 'копия');
  await copyFile(real.attr(fileId), backup);
  await flipBit(real.attr(fileId), 40);
  const damaged = await readFile(real.attr(fileId));
  for (const action of ['marked', 'none']) {
    assert.deepEqual(found(await real.reconcile(), fileId), [{ type: 'checksum_mismatch', action }]);
  }
  assert.deepEqual([statusOf(real, fileId), getFile(real.store, fileId).description], ['corrupted', 'правка']);
  await assert.rejects(contentOf(real, fileId), { code: 'INTERNAL_ERROR' });
  await assert.rejects(editFile(real.store, fileId, { description: 'x' }), { code: 'INTERNAL_ERROR' });
  assert.deepEqual(await readFile(real.attr(fileId)), damaged);

  const again = await real.restart();
  assert.equal(statusOf(again, fileId), 'corrupted');
  await copyFile(backup, again.attr(fileId));
  const report = await again.reconcile();
  assert.deepEqual([found(report, fileId), report.restored], [[], 1]);
  assert.equal(await contentOf(again, fileId), 'содержимое');
  assert.equal(getFile(again.store, fileId).description, 'правка');
  assert.equal((await again.reconcile()).issues.length, 0);
});

test('каталог потерян, описание испорчено: после возвращения копии файл прежний целиком', async (t) => {
  const { real, fileId } = await threeFiles(t);
  const whole = getFile(real.store, fileId);
  const backup = join(real.home, 'копия');
  await real.store.checkpoint();
  await copyFile(real.attr(fileId), backup);
  const attr = real.attr(fileId);
  await flipBit(attr, 40);
  await rm(real.layout.catalog);
  const again = await real.restart();
  const shown = getFile(again.store, fileId);
  assert.deepEqual([shown.status, shown.size], ['corrupted', whole.size]);
  await copyFile(backup, attr);
  assert.equal((await again.reconcile()).restored, 1);
  assert.deepEqual({ ...getFile(again.store, fileId), revision: 0 }, { ...whole, revision: 0 });
});

test('нечитаемое описание, о котором каталог не знал, становится строкой списка; целое чужое — только находкой', async (t) => {
  const { real, fileId } = await threeFiles(t);
  const brokenId = randomUUID();
  const bucket = dirname(real.blob(fileId));
  await writeFile(join(bucket, `${brokenId}.attr.json`), 'мусор');
  const twin = join(bucket, '..', '000007');
  await mkdir(twin);
  for (const path of [real.attr(fileId), real.blob(fileId)]) await copyFile(path, join(twin, basename(path)));
  const report = await real.reconcile({ moveOrphans: true });
  assert.deepEqual(found(report, brokenId), [{ type: 'checksum_mismatch', action: 'marked' }]);
  assert.equal(statusOf(real, brokenId), 'corrupted');
  assert.deepEqual(found(report, fileId), [{ type: 'orphaned_attr', action: 'none' }]);
  assert.equal((await readdir(twin)).length, 2);
});

test('удалённый файл без байтов — находка, но не пометка: из корзины он не возвращается', async (t) => {
  const real = await openRealStore(t, { change: { mode: 'edit' } });
  const { fileId } = await real.put('черновик');
  await removeFile(real.store, fileId);
  await rm(real.blob(fileId));
  assert.deepEqual(found(await real.reconcile(), fileId), [{ type: 'missing_file', action: 'none' }]);
  assert.equal(statusOf(real, fileId), 'deleted');
});

for (const [what, vanish] of [
  ['каталог данных пропал', (real: RealStore) => rename(real.layout.dataDir, `${real.layout.dataDir}.x`)],
  ['element.json пропал', (real: RealStore) => rm(real.layout.identity)],
  ['files/ пропал', (real: RealStore) => rename(real.layout.files, `${real.layout.files}.x`)],
  [
    'element.json чужой',
    async (real: RealStore) => {
      const text = await readFile(real.layout.identity, 'utf8');
      await writeFile(real.layout.identity, text.replace(real.store.storageId, randomUUID()));
    },
  ],
] as const) {
  test(`${what} посреди сверки: она обрывается с ошибкой и не помечает ничего`, async (t) => {
    const real = await openRealStore(t);
    for (let index = 0; index < 60; index += 1) await real.put(`файл ${index}`);
    const { revision } = real.store;
    const reconciler = new Reconciler({ store: real.store, log: SILENT, intervalMs: 1e6, filesPerSecond: 100 });
    const report = reconciler.start({ dryRun: false, verifyChecksums: false, moveOrphans: true });
    while (report.filesChecked < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    await vanish(real);
    await rm(join(`${real.layout.dataDir}.x`, 'files'), { recursive: true, force: true });
    await reconciler.settled();
    assert.equal(report.status, 'failed');
    assert.match(report.error ?? '', /каталог данных не тот или не весь|data directory is missing/);
    assert.deepEqual([report.issues, real.store.revision], [[], revision]);
  });
}

test('пропал весь каталог ведра: находки есть, пометок нет', async (t) => {
  const { real, fileId } = await threeFiles(t);
  await rename(dirname(real.blob(fileId)), join(real.home, 'ведро'));
  const report = await real.reconcile();
  assert.deepEqual([report.counts.missing_file, report.issues.every(({ action }) => action === 'none')], [3, true]);
  await rename(join(real.home, 'ведро'), dirname(real.blob(fileId)));
  assert.equal((await real.reconcile()).issues.length, 0);
});

test('прерванная сверка — interrupted; отчёт переживает перезапуск; вторая сразу — RECONCILE_IN_PROGRESS', async (t) => {
  const real = await openRealStore(t);
  for (let index = 0; index < 30; index += 1) await real.put(`файл ${index}`);
  const options = { dryRun: false, verifyChecksums: false, moveOrphans: false };
  const reconciler = new Reconciler({ store: real.store, log: SILENT, intervalMs: 1e6, filesPerSecond: 50 });
  const report = reconciler.start(options);
  assert.throws(() => reconciler.start(options), { code: 'RECONCILE_IN_PROGRESS' });
  while (report.filesChecked < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  await reconciler.stop();
  assert.equal(report.status, 'interrupted');
  assert.ok(report.filesChecked < 30);
  const again = await real.restart();
  const told = new Reconciler({ store: again.store, log: SILENT, intervalMs: 1e6 });
  assert.deepEqual(told.report, report);
  await told.stop();
});

test('тысячи находок: в отчёте первая тысяча, счёт полный', async (t) => {
  const { real, fileId } = await threeFiles(t);
  const bucket = dirname(real.blob(fileId));
  await Promise.all(Array.from({ length: 1200 }, () => writeFile(join(bucket, `${randomUUID()}.bin`), 'x')));
  const report = await real.reconcile();
  assert.deepEqual([report.counts.orphaned_file, report.issues.length], [1200, 1000]);
});

test('каталог ещё строится: сверка по расписанию ждёт его и не считает это неудачей', async (t) => {
  const real = await openRealStore(t);
  await real.put('содержимое');
  const kept = await real.reconcile();
  await real.close();
  await rm(real.layout.catalogDir, { recursive: true });
  const { home } = real;
  const paths = { dataDir: join(home, 'data'), walDir: join(home, 'wal') };
  const space = { capacityBytesMax: undefined, reserveBytes: 0 };
  const store = await openStore({ ...paths, mode: 'rw', space, log: SILENT });
  assert.ok(store.rebuild, 'каталог строится');
  const errors: unknown[] = [];
  const log = { ...SILENT, error: (fields: unknown) => void errors.push(fields) };
  const reconciler = new Reconciler({ store, log, intervalMs: 1 });
  for (; store.rebuild; await sleep(1))
    assert.equal(reconciler.report?.startedAtMs, kept.startedAtMs, 'прежний отчёт цел');
  while (reconciler.report?.startedAtMs === kept.startedAtMs) await sleep(1);
  await reconciler.settled();
  await reconciler.stop();
  await store.close();
  assert.deepEqual(errors, []);
  assert.equal(reconciler.report?.filesChecked, 1);
});
