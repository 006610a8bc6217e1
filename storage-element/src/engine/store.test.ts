// Движок целиком: на диске испытаний — порядок и отказы, на настоящем — замок, перезапуск, обрывы.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { isArtError } from '@artstore/contracts';
import { cleanUp } from '../../test/clean-up.ts';
import { CatalogVault, NO_CATALOG } from '../../test/crash/catalog-vault.ts';
import { CrashDisk, type Operation, type Refusal } from '../../test/crash/crash-disk.ts';
import { laggingPlacer } from '../../test/crash/lagging-placer.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { fileIdOf, openTestStore, putBytes } from '../../test/crash/workload.ts';
import { openStore, type Store } from './store.ts';
import type { StoreOptions } from './store-options.ts';

const random = createRandom('движок');
const vault = new CatalogVault();
after(() => vault.close());
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Bench {
  readonly store: Store;
  readonly disk: CrashDisk;
  readonly fatal: unknown[];
}

async function openBench(
  change: Partial<StoreOptions> = {},
  refuse?: (operation: Operation) => Refusal | undefined,
): Promise<Bench> {
  vault.load(NO_CATALOG, 'lost', random);
  const fatal: unknown[] = [];
  const disk = new CrashDisk({ image: MemoryImage.empty(), random, ...(refuse ? { refuse } : {}) });
  const store = await openTestStore({ disk, vault, random, onFatal: (error) => fatal.push(error), change });
  return { store, disk, fatal };
}

const put = (store: Store, index: number, bytes: Buffer = Buffer.from('байты')) =>
  putBytes(store, { fileId: fileIdOf(index), bytes, description: '' });

async function settle(): Promise<void> {
  for (let count = 0; count < 400; count += 1) await turn();
}

test('полный журнал во время контрольной точки: писатели дожидаются следующей, а не таймера', async () => {
  const walLimits = { segmentBytes: 1200, segmentsMax: 2, frameBytesMax: 1000 };
  const { store } = await openBench({ walLimits, checkpointBytes: 2 ** 30 });
  let done = 0;
  const writing = Array.from({ length: 12 }, (_, index) =>
    put(store, index).then(() => {
      done += 1;
    }),
  );
  await settle();
  assert.equal(done, 12);
  await Promise.all(writing);
  assert.ok(store.logSegments <= 2);
});

test('замок держится, пока запись не долговечна: удаление и повторная загрузка встают в очередь', async () => {
  const { store } = await openBench();
  await put(store, 1);
  const order: string[] = [];
  await Promise.all([
    store.withFile(fileIdOf(1), async (locked) => {
      const entry = locked.current();
      assert.ok(entry);
      await locked.remove(entry, 'trash', new Date(0).toISOString());
      order.push('удалён');
    }),
    put(store, 1, Buffer.from('другие')).then(({ created }) => order.push(created ? 'создан' : 'известен')),
  ]);
  assert.deepEqual(order, ['удалён', 'создан']);
  assert.equal(store.catalog.get(fileIdOf(1))?.file.size, Buffer.byteLength('другие'));
});

test('один идентификатор в два потока: те же байты — один создал, другой узнал; другие — CONFLICT', async () => {
  const { store, disk } = await openBench();
  const same = await Promise.all([put(store, 1), put(store, 1)]);
  assert.deepEqual(same.map(({ created }) => created).toSorted(), [false, true]);
  const large = (fill: string) => put(store, 2, Buffer.alloc(300, fill));
  const different = await Promise.allSettled([large('а'), large('б')]);
  assert.deepEqual(different.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await store.checkpoint();
  assert.deepEqual(disk.image.names('/element/data/staging'), [], 'проигравший оставил байты');
});

test('удаление во время контрольной точки её не ломает: файл, которого уже нет, сбрасывать не надо', async () => {
  const { store, fatal } = await openBench();
  for (let index = 0; index < 5; index += 1) await put(store, index);
  const checkpoint = store.checkpoint();
  await Promise.all(
    [0, 1, 2, 3, 4].map((index) =>
      store.withFile(fileIdOf(index), async (locked) => {
        const entry = locked.current();
        if (entry) await locked.remove(entry, 'expired', new Date(0).toISOString());
      }),
    ),
  );
  await checkpoint;
  assert.deepEqual([store.failure, fatal], [undefined, []]);
  assert.equal(store.catalog.totals(new Date().toISOString()).active.files, 0);
});

for (const [name, kind, suffix] of [
  ['сброс каталога staging', 'syncDirectory', '/staging'],
  ['сброс описания', 'syncFile', '.attr.json'],
  ['сброс ведра', 'syncDirectory', '/000000'],
  ['запись точки', 'writeSmall', 'checkpoint.json.tmp'],
  ['переименование точки', 'rename', 'checkpoint.json'],
  ['запись кадра', 'write', '.log'],
  ['раскладка описания', 'writeSmall', '.attr.json'],
] as const) {
  test(`отказ диска — ${name}: движок перестаёт писать, говорит об этом раз, ждущих не вешает, читать можно`, async () => {
    let broken = false;
    const { store, fatal } = await openBench({}, (operation) =>
      broken && operation.kind === kind && operation.path.endsWith(suffix) ? 'EIO' : undefined,
    );
    await put(store, 1);
    broken = true;
    await Promise.allSettled([put(store, 2), put(store, 3, Buffer.alloc(200))]);
    await store.checkpoint();
    broken = false;
    assert.equal(fatal.length, 1);
    assert.ok(store.failure);
    await assert.rejects(put(store, 4), { code: 'NOT_READY' });
    const known = store.catalog.get(fileIdOf(1));
    assert.ok(known);
    const blob = await store.openBlob(known);
    await blob?.close();
    await store.close();
  });
}

test('отказ сброса загруженных байтов останавливает движок: ядро могло забыть и чужие страницы', async () => {
  const { store, fatal } = await openBench({}, ({ kind, path }) =>
    kind === 'datasync' && path.endsWith('.part') ? 'forget' : undefined,
  );
  await assert.rejects(put(store, 1, Buffer.alloc(200)), { name: 'SyncFailed' });
  assert.equal(fatal.length, 1);
});

test('кончилось место при приёме: 507, ничего не осталось, движок работает дальше', async () => {
  let full = true;
  const { store, disk, fatal } = await openBench({}, ({ kind, path }) =>
    full && kind === 'write' && path.endsWith('.part') ? 'ENOSPC' : undefined,
  );
  await assert.rejects(put(store, 1, Buffer.alloc(200)), { code: 'STORAGE_FULL' });
  assert.deepEqual(disk.image.names('/element/data/staging'), []);
  full = false;
  await put(store, 1, Buffer.alloc(200));
  assert.deepEqual(fatal, []);
});

test('смена режима, которой не хватило места, не случилась и в памяти', async () => {
  let full = false;
  const { store } = await openBench({ mode: 'rw', checkpointBytes: 2 ** 40 }, ({ grows }) =>
    full && grows ? 'ENOSPC' : undefined,
  );
  full = true;
  let refused: unknown;
  for (let turns = 0; refused === undefined && turns < 100; turns += 1) {
    const target = store.mode === 'rw' ? 'ro' : 'rw';
    refused = await store.setMode(target).then(
      () => undefined,
      (error: unknown) => {
        assert.notEqual(store.mode, target, 'режим переменился в памяти');
        return error;
      },
    );
  }
  assert.ok(isArtError(refused, 'STORAGE_FULL'));
  assert.equal(store.failure, undefined);
});

test('две смены режима, отвергнутые одним отказом, оставляют записанный режим', async () => {
  let broken = false;
  const { store } = await openBench({ mode: 'rw' }, ({ kind, path }) =>
    broken && kind === 'write' && path.endsWith('.log') ? 'EIO' : undefined,
  );
  broken = true;
  const changes = [store.setMode('ro'), store.setMode('ar')];
  for (const { status } of await Promise.allSettled(changes)) assert.equal(status, 'rejected');
  assert.equal(store.mode, 'rw');
});

test('о смене режима судят по записанному: пока прежняя не удалась, следующая от неё не отталкивается', async () => {
  let broken = false;
  const { store } = await openBench({ mode: 'rw' }, ({ kind, path }) =>
    broken && kind === 'write' && path.endsWith('.log') ? 'EIO' : undefined,
  );
  const seen: string[] = [];
  const change = (mode: 'ro' | 'ar') => store.setMode(mode, (previous) => void seen.push(`${previous} → ${mode}`));
  await Promise.all([change('ro'), change('ar')]);
  broken = true;
  await assert.rejects(change('ro'));
  assert.deepEqual(seen, ['rw → ro', 'ro → ar', 'ar → ro']);
  assert.equal(store.mode, 'ar');
});

test('закрытие во время записей: каждая либо подтверждена и цела после запуска, либо отвергнута', async () => {
  const { store, disk } = await openBench();
  const writing = Array.from({ length: 10 }, (_, index) => put(store, index));
  await turn();
  await store.close();
  const results = await Promise.allSettled(writing);
  assert.equal(disk.openFiles, 0);
  vault.load(vault.snapshot(), 'live', random);
  const again = await openTestStore({ disk: new CrashDisk({ image: disk.image.clone(), random }), vault, random });
  results.forEach(({ status }, index) => {
    if (status === 'fulfilled') assert.ok(again.catalog.get(fileIdOf(index)), `файл ${index}`);
  });
});

async function realOptions(t: TestContext): Promise<StoreOptions> {
  const dir = await mkdtemp(join(tmpdir(), 'artstore-store-'));
  cleanUp(t, () => rm(dir, { recursive: true, force: true }));
  const space = { capacityBytesMax: undefined, reserveBytes: 0 };
  return {
    dataDir: join(dir, 'a', 'data'),
    walDir: join(dir, 'b', 'wal'),
    mode: 'edit',
    space,
    log: SILENT,
    walLimits: { segmentBytes: 1 << 20 },
  };
}

test('настоящий диск: перезапуск помнит личность, эпоху, режим, revision и файлы', async (t) => {
  const options = await realOptions(t);
  const first = await openStore(options);
  await put(first, 1);
  await put(first, 2, Buffer.alloc(200_000, 'б'));
  const { storageId, epoch, revision } = first;
  await first.close();
  const second = await openStore(options);
  assert.deepEqual([second.storageId, second.epoch, second.revision], [storageId, epoch, revision]);
  assert.equal(second.catalog.get(fileIdOf(2))?.file.size, 200_000);
  const { file } = await put(second, 3);
  assert.equal(file.revision, revision + 1);
  await second.close();
});

test('настоящий диск: пропавший или испорченный указатель строится заново, эпоха меняется', async (t) => {
  const options = await realOptions(t);
  const first = await openStore(options);
  await put(first, 1);
  const { epoch } = first;
  await first.close();
  await rm(join(options.dataDir, 'catalog'), { recursive: true });
  await assert.doesNotReject(async () => {
    const second = await openStore(options);
    await second.whenRebuilt();
    assert.ok(second.catalog.get(fileIdOf(1)));
    assert.notEqual(second.epoch, epoch);
    await second.close();
  });
});

test('настоящий диск: второй движок на том же каталоге не открывается, после закрытия первого — открывается', async (t) => {
  const options = await realOptions(t);
  const first = await openStore(options);
  await assert.rejects(openStore(options), { name: 'WrongDataDirectory', message: /занят другим процессом/ });
  await put(first, 1);
  await first.close();
  const second = await openStore(options);
  assert.ok(second.catalog.get(fileIdOf(1)));
  await second.close();
});

test('настоящий диск: обрыв тела на любом месте не оставляет ни имени в staging, ни дескриптора', async (t) => {
  const options = await realOptions(t);
  const store = await openStore({ ...options, ballastBytes: 0 });
  cleanUp(t, () => store.close());
  const descriptors = async () => (await readdir('/proc/self/fd')).length;
  // Первое большое тело заводит поток, который считает суммы; поток живёт дальше и держит свои дескрипторы.
  const large = (async function* () {
    yield Buffer.alloc(3_000_000);
  })();
  store.discard(await store.receive({ body: large, fileBytesMax: 1 << 30 }));
  const before = await descriptors();
  for (const bytes of [0, 1, 65_536, 65_537, 200_000, 1_500_000, 3_000_000]) {
    const body = (async function* () {
      for (let left = bytes; left > 0; left -= 50_000) yield Buffer.alloc(Math.min(50_000, left));
      throw new Error('обрыв');
    })();
    await assert.rejects(store.receive({ body, fileBytesMax: 1 << 30 }), { code: 'LENGTH_MISMATCH' });
    assert.deepEqual(await readdir(join(options.dataDir, 'staging')), [], `${bytes} байт`);
  }
  assert.equal(await descriptors(), before);
});

test('настоящий диск: читанный из staging и потом убранный файл места не держит', async (t) => {
  const placing = Promise.withResolvers<void>();
  const store = await openStore({
    ...(await realOptions(t)),
    ballastBytes: 0,
    openPlacer: (room) => laggingPlacer(room, () => placing.promise),
  });
  cleanUp(t, () => store.close());
  await put(store, 1, Buffer.alloc(100_000));
  const entry = store.catalog.get(fileIdOf(1));
  assert.ok(entry);
  const blob = await store.openBlob(entry);
  await blob?.close();
  placing.resolve();
  await store.withFile(fileIdOf(1), async (locked) => {
    const current = locked.current();
    if (current) await locked.remove(current, 'trash', new Date(0).toISOString());
  });
  await store.checkpoint();
  const names = await readdir('/proc/self/fd');
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  assert.deepEqual(
    targets.filter((target) => target.includes('.part')),
    [],
  );
});
