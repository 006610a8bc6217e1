// Восстановление: каждая проверка — история сбоя, после которой подтверждённое терялось или служба не запускалась.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CatalogVault, NO_CATALOG } from '../../test/crash/catalog-vault.ts';
import { CrashDisk, type Operation, type Refusal } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { fileIdOf, openTestStore, putBytes } from '../../test/crash/workload.ts';
import { attrToJson, sealAttr } from './attr.ts';
import { Catalog } from './catalog.ts';
import { readIdentity } from './element-identity.ts';
import { createLayout } from './layout.ts';
import { createPlacer } from './placer.ts';
import { rebuildCatalog } from './rebuild-catalog.ts';
import { finishRecovery, type RecoveryRoom, replayLog } from './recovery.ts';
import { getFile } from '../files/get-file.ts';
import { openFile } from '../files/open-file.ts';
import { removeFile } from '../files/remove-file.ts';
import type { Store } from './store.ts';
import type { StoreOptions } from './store-options.ts';
import { Unplaced } from './unplaced.ts';

const random = createRandom('восстановление');
const vault = new CatalogVault();
after(() => vault.close());

interface Machine {
  readonly disk: CrashDisk;
  readonly store: Store;
}

interface Power {
  readonly before?: (operation: Operation, disk: CrashDisk) => void;
  readonly refuse?: (operation: Operation) => Refusal | undefined;
  readonly change?: Partial<StoreOptions>;
}

/** Включает машину с диском image; каталог прежний, если не сказано иначе. */
async function boot(image: MemoryImage, { change, ...power }: Power = {}): Promise<Machine> {
  const disk = new CrashDisk({ image, random, ...power });
  return { disk, store: await openTestStore({ disk, vault, random, ...(change ? { change } : {}) }) };
}

function newMachine(power: Power = {}): Promise<Machine> {
  vault.load(NO_CATALOG, 'lost', random);
  return boot(MemoryImage.empty(), power);
}

/** Выключает питание: из несброшенного не остаётся ничего. */
function cutPower(image: MemoryImage): MemoryImage {
  vault.load(vault.snapshot(), 'synced', random);
  return image.crash('drop', random);
}

/** Убивает процесс: память ядра цела. */
function killProcess(image: MemoryImage): MemoryImage {
  vault.load(vault.snapshot(), 'live', random);
  return image.clone();
}

async function contentOf(store: Store, fileId: string): Promise<Buffer | undefined> {
  const entry = store.catalog.get(fileId);
  const file = entry && (await store.openBlob(entry));
  if (!entry || !file) return undefined;
  const bytes = Buffer.alloc(entry.file.size);
  const read = await file.read(bytes, 0);
  await file.close();
  return bytes.subarray(0, read);
}

const put = (store: Store, fileId: string, bytes: Buffer) => putBytes(store, { fileId, bytes, description: '' });
const expire = (store: Store, fileId: string) =>
  store.withFile(fileId, async (locked) => {
    const entry = locked.current();
    assert.ok(entry);
    await locked.remove(entry, 'expired', new Date(0).toISOString());
  });

test('каталоги, созданные вместе с элементом, переживают отключение питания сразу после первого ответа', async () => {
  const { disk, store } = await newMachine();
  await put(store, fileIdOf(1), Buffer.from('первый'));
  const again = await boot(cutPower(disk.image));
  assert.deepEqual(await contentOf(again.store, fileIdOf(1)), Buffer.from('первый'));
});

test('любой идентификатор, который принимает контракт, переживает повтор журнала', async () => {
  const { disk, store } = await newMachine();
  const fileId = 'f11e0000-0000-0000-0000-000000000001';
  await put(store, fileId, Buffer.from('первый'));
  const again = await boot(killProcess(disk.image));
  assert.deepEqual(await contentOf(again.store, fileId), Buffer.from('первый'));
});

test('кадр, не сброшенный погибшим процессом, сбрасывается до раскладки: питание после этого запуску не мешает', async () => {
  let killed: MemoryImage | undefined;
  const first = await newMachine({
    before: ({ kind, path }, disk) => {
      if (kind === 'datasync' && path.includes('/wal-') && !path.endsWith('.new')) killed = disk.image.clone();
    },
  });
  await put(first.store, fileIdOf(1), Buffer.from('первый'));
  assert.ok(killed);
  vault.load(NO_CATALOG, 'lost', random);
  const second = await boot(killed);
  assert.ok(second.store.catalog.get(fileIdOf(1)), 'кадр виден в памяти ядра и повторён');
  // Каталог успел на диск целиком, прочее — нет.
  vault.load(vault.snapshot(), 'live', random);
  const third = await boot(second.disk.image.crash('drop', random));
  assert.deepEqual(await contentOf(third.store, fileIdOf(1)), Buffer.from('первый'));
});

test('отказавший сброс кадра: байты видны, но забыты диском; следующий запуск записывает их заново', async () => {
  let refused = false;
  const first = await newMachine({
    refuse: ({ kind, path }) => {
      if (kind !== 'datasync' || !path.includes('/wal-') || path.endsWith('.new') || refused) return undefined;
      refused = true;
      return 'forget';
    },
  });
  await assert.rejects(put(first.store, fileIdOf(1), Buffer.from('первый')));
  const second = await boot(killProcess(first.disk.image));
  const seen = await contentOf(second.store, fileIdOf(1));
  vault.load(vault.snapshot(), 'live', random);
  const third = await boot(second.disk.image.crash('drop', random));
  assert.deepEqual(await contentOf(third.store, fileIdOf(1)), seen);
});

for (const suffix of ['.bin', '.attr.json']) {
  test(`отказавший сброс ${suffix} не теряет подтверждённого: повтор пишет его заново, а не верит памяти ядра`, async () => {
    let refusing = true;
    const first = await newMachine({
      refuse: ({ kind, path }) => (refusing && kind === 'syncFile' && path.endsWith(suffix) ? 'forget' : undefined),
    });
    await put(first.store, fileIdOf(1), Buffer.from('первый'));
    await first.store.checkpoint();
    assert.ok(first.store.failure, 'движок перестал писать');
    refusing = false;
    const second = await boot(killProcess(first.disk.image));
    await second.store.checkpoint();
    vault.load(NO_CATALOG, 'lost', random);
    const third = await boot(second.disk.image.crash('drop', random));
    assert.deepEqual(await contentOf(third.store, fileIdOf(1)), Buffer.from('первый'));
  });
}

test('загружен, удалён и загружен снова: повтор через удаление не уносит байты второго, убранные из staging', async () => {
  const large = Buffer.alloc(200, 'б');
  let crashed: MemoryImage | undefined;
  const { store } = await newMachine({
    before: ({ kind, path }, { image }) => {
      if (
        crashed === undefined &&
        kind === 'syncFile' &&
        path.endsWith('checkpoint.json.tmp') &&
        image.find(BLOB) !== undefined
      ) {
        crashed = image.clone();
      }
    },
    change: { checkpointBytes: 1 << 20 },
  });
  await put(store, fileIdOf(1), Buffer.from('малый'));
  await expire(store, fileIdOf(1));
  await put(store, fileIdOf(1), large);
  await store.checkpoint();
  assert.ok(crashed, 'точка ещё не записана');
  const again = await boot(killProcess(crashed));
  assert.deepEqual(await contentOf(again.store, fileIdOf(1)), large);
});

const BLOB = `/element/data/files/20261123/000000/${fileIdOf(1)}.bin`;

test('повтор малого файла не портит большой, который позже лёг под тем же именем', async () => {
  const large = Buffer.alloc(200, 'б');
  const { store, disk } = await newMachine({ change: { checkpointBytes: 1 << 20 } });
  await put(store, fileIdOf(1), Buffer.from('малый'));
  await expire(store, fileIdOf(1));
  await put(store, fileIdOf(1), large);
  const again = await boot(killProcess(disk.image));
  assert.deepEqual(await contentOf(again.store, fileIdOf(1)), large);
});

test('точка видна, но ещё не долговечна: отслуживший по ней сегмент не занимают раньше, чем её закрепят', async () => {
  const change = { checkpointBytes: 2 ** 40, walLimits: { segmentBytes: 1600, segmentsMax: 4, frameBytesMax: 1500 } };
  let killed: MemoryImage | undefined;
  const first = await newMachine({
    change,
    before: ({ kind, path }, disk) => {
      if (kind === 'syncDirectory' && path === '/element/wal') killed = disk.image.clone();
    },
  });
  for (const index of [1, 2, 3, 4]) await put(first.store, fileIdOf(index), Buffer.from(`файл ${index}`));
  await first.store.checkpoint();
  assert.ok(killed, 'процесс погиб между переименованием точки и сбросом каталога');
  vault.load(vault.snapshot(), 'live', random);
  let recycling = false;
  let powerless: MemoryImage | undefined;
  const second = await boot(killed, {
    change,
    before: ({ kind, path }, disk) => {
      if (recycling && kind === 'syncDirectory' && path === '/element/wal') powerless ??= disk.image.clone();
      recycling = kind === 'rename' && path.endsWith('.log') ? true : recycling && kind === 'open';
    },
  });
  for (let index = 5; powerless === undefined && index < 500; index += 1)
    await put(second.store, fileIdOf(index), Buffer.alloc(10));
  assert.ok(powerless, 'отслуживший сегмент занят снова');
  for (let number = 0; number < 60; number += 1) {
    vault.load(NO_CATALOG, 'lost', random);
    const third = await boot(powerless.crash('shuffle', createRandom(`питание ${number}`)), { change });
    for (const index of [1, 2, 3, 4]) assert.ok(await contentOf(third.store, fileIdOf(index)), `случай ${number}`);
  }
});

test('описание новее журнала (журнал вернули из копии): revision продолжается с него и после нового сбоя', async () => {
  const { store, disk } = await newMachine();
  const { file } = await put(store, fileIdOf(1), Buffer.from('первый'));
  await store.close();
  const image = disk.image.clone();
  const place = { day: '20261123', bucket: 0 };
  const attr = sealAttr(attrToJson({ ...file, fileId: fileIdOf(2), revision: 1000 }));
  const layout = createLayout('/element/data', '/element/wal');
  image.write(image.create(layout.attr(place, fileIdOf(2))), Buffer.from(attr), 0);
  image.write(image.create(layout.blob(place, fileIdOf(2))), Buffer.from('первый'), 0);
  vault.load(NO_CATALOG, 'lost', random);
  const second = await boot(image);
  assert.equal(second.store.revision, 1000);
  const third = await boot(killProcess(second.disk.image));
  assert.equal(third.store.revision, 1000);
  assert.equal((await put(third.store, fileIdOf(3), Buffer.from('третий'))).file.revision, 1001);
});

test('описание новее своей же записи в журнале (журнал вернули из копии): повтор не откатывает правку', async () => {
  const { store, disk } = await newMachine({ change: { checkpointBytes: 1 << 30 } });
  const { file } = await put(store, fileIdOf(1), Buffer.from('первый'));
  await store.whenPlaced();
  const image = killProcess(disk.image);
  const attr = BLOB.replace('.bin', '.attr.json');
  image.unlink(attr);
  const newer = sealAttr(attrToJson({ ...file, description: 'правка', version: 2, revision: 1000 }));
  image.write(image.create(attr), Buffer.from(newer), 0);
  vault.load(NO_CATALOG, 'lost', random);
  const again = await boot(image);
  assert.equal(getFile(again.store, fileIdOf(1)).description, 'правка');
  assert.deepEqual(await contentOf(again.store, fileIdOf(1)), Buffer.from('первый'));
});

test('построение каталога оборвалось на любом действии диска: следующий запуск удаётся и помнит revision описания', async () => {
  const { store, disk } = await newMachine();
  const { file } = await put(store, fileIdOf(1), Buffer.from('первый'));
  await store.close();
  const image = disk.image.clone();
  const layout = createLayout('/element/data', '/element/wal');
  const place = { day: '20261123', bucket: 0 };
  const attr = sealAttr(attrToJson({ ...file, fileId: fileIdOf(2), revision: 1000 }));
  image.write(image.create(layout.attr(place, fileIdOf(2))), Buffer.from(attr), 0);
  image.write(image.create(layout.blob(place, fileIdOf(2))), Buffer.from('первый'), 0);
  const deaths: { image: MemoryImage; catalog: ReturnType<typeof vault.snapshot> }[] = [];
  vault.load(NO_CATALOG, 'lost', random);
  await boot(image, {
    before: ({ mutates }, { image: now }) => {
      if (mutates) deaths.push({ image: now.clone(), catalog: vault.snapshot() });
    },
  });
  assert.ok(deaths.length > 5);
  for (const death of deaths) {
    for (const fate of ['live', 'synced'] as const) {
      vault.load(death.catalog, fate, random);
      const left = fate === 'live' ? death.image.clone() : death.image.crash('keep', random);
      const { store: next } = await boot(left);
      assert.equal(next.revision, 1000);
      assert.ok(next.catalog.get(fileIdOf(1)) && next.catalog.get(fileIdOf(2)));
    }
  }
});

test('диск отказал посреди повтора: запуск отвергнут одной этой ошибкой, забытых отказов нет', async () => {
  const { store, disk } = await newMachine({ change: { checkpointBytes: 1 << 30 } });
  for (let index = 0; index < 40; index += 1) await put(store, fileIdOf(index), Buffer.from(`файл ${index}`));
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    const starting = boot(killProcess(disk.image), {
      refuse: ({ kind, path }) => (kind === 'writeSmall' && path.includes('/files/') ? 'EIO' : undefined),
    });
    await assert.rejects(starting, { code: 'EIO' });
    for (let turns = 0; turns < 50; turns += 1) await turn();
  } finally {
    process.off('unhandledRejection', note);
  }
  assert.deepEqual(unhandled, []);
});

/** Запуск обязан отказаться и ничего на диске не тронуть. */
async function assertRefused(image: MemoryImage, change: Partial<StoreOptions> = {}): Promise<void> {
  const before = image.fingerprint();
  await assert.rejects(boot(image, { change }), { name: 'WrongDataDirectory' });
  assert.equal(image.fingerprint(), before, 'чужой каталог тронут');
}

test('чужой SE_STORAGE_ID, пропавшая личность, пропавшая точка — отказ запуска, а не пустой элемент; диск не тронут', async () => {
  const { store, disk } = await newMachine();
  await put(store, fileIdOf(1), Buffer.from('первый'));
  await store.close();
  await assertRefused(killProcess(disk.image), { storageId: randomUUID() });
  const noIdentity = killProcess(disk.image);
  noIdentity.unlink('/element/data/element.json');
  await assertRefused(noIdentity);
  const noCheckpoint = killProcess(disk.image);
  noCheckpoint.unlink('/element/wal/checkpoint.json');
  await assert.rejects(boot(noCheckpoint), { name: 'WrongDataDirectory' });
});

test('новый каталог данных при чужом журнале — отказ, даже если точка из журнала пропала', async () => {
  const { store, disk } = await newMachine();
  await put(store, fileIdOf(1), Buffer.from('первый'));
  const foreign = () => ({ dataDir: '/element/other', storageId: randomUUID() });
  vault.load(NO_CATALOG, 'lost', random);
  await assert.rejects(boot(disk.image.clone(), { change: foreign() }), { name: 'WrongDataDirectory' });
  const noCheckpoint = disk.image.clone();
  noCheckpoint.unlink('/element/wal/checkpoint.json');
  await assert.rejects(boot(noCheckpoint, { change: foreign() }), { name: 'WrongDataDirectory' });
});

test('описание испорчено, а каталог потерян: о файле говорят «повреждён», но не «не найден», и байты не перекрывают', async () => {
  const { store, disk } = await newMachine();
  await put(store, fileIdOf(1), Buffer.from('первый'));
  await put(store, fileIdOf(2), Buffer.from('второй'));
  await store.close();
  const image = disk.image.clone();
  image.flipBit(BLOB.replace('.bin', '.attr.json'), 99);
  vault.load(NO_CATALOG, 'lost', random);
  const again = await boot(image);
  const id = fileIdOf(1);
  assert.equal(getFile(again.store, id).status, 'corrupted');
  await assert.rejects(openFile(again.store, id), { code: 'INTERNAL_ERROR' });
  await assert.rejects(removeFile(again.store, id), { code: 'INTERNAL_ERROR' });
  await assert.rejects(put(again.store, id, Buffer.from('другой')), { code: 'INTERNAL_ERROR' });
  assert.throws(() => getFile(again.store, fileIdOf(3)), { code: 'FILE_NOT_FOUND' });
  assert.ok(getFile(again.store, fileIdOf(2)));
});

test('журнал потерян, а каталог помнит больше — отказ запуска: подтверждённое нельзя забыть молча', async () => {
  const { store, disk } = await newMachine();
  const before = disk.image.clone();
  await put(store, fileIdOf(1), Buffer.from('первый'));
  vault.load(vault.snapshot(), 'live', random);
  await assert.rejects(boot(before), { name: 'WrongDataDirectory' });
});

test('личности не хватило места на последнем шаге: второй зов не принимает своё недописанное за чужое', async () => {
  const { store, disk: first } = await newMachine();
  await put(store, fileIdOf(1), Buffer.from('первый'));
  await store.close();
  const layout = createLayout('/element/data', '/element/wal');
  const epoch = randomUUID();
  // Переименована, а сбросу её имени места уже нет: новая эпоха видна, но не обещана.
  const disk: CrashDisk = new CrashDisk({
    image: first.image.clone(),
    random,
    refuse: ({ kind, path }) =>
      isFull && kind === 'syncDirectory' && path === layout.dataDir && epochOn(disk) === epoch ? 'ENOSPC' : undefined,
  });
  const epochOn = (at: CrashDisk) => readIdentity(at, layout)?.epoch;
  let isFull = true;
  const placer = createPlacer({ disk, layout });
  const room: RecoveryRoom = {
    disk,
    layout,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    randomId: randomUUID,
    storageId: undefined,
    mode: 'edit',
    openCatalog: () => new Catalog(':memory:'),
    placer,
    unplaced: new Unplaced({ placer, bytesMax: undefined }),
  };
  const replayed = await replayLog(room);
  assert.ok(replayed.catalogLost);
  const { revision } = await rebuildCatalog(disk, layout, replayed.catalog, { onProgress: () => undefined });
  await assert.rejects(finishRecovery(room, replayed, { revision, epoch }), { code: 'ENOSPC' });
  assert.equal(epochOn(disk), epoch);
  await assert.rejects(finishRecovery(room, replayed, { revision, epoch: randomUUID() }), {
    name: 'WrongDataDirectory',
  });

  isFull = false;
  const recovered = await finishRecovery(room, replayed, { revision, epoch });
  assert.deepEqual([recovered.identity.epoch, epochOn(disk)], [epoch, epoch]);
  assert.ok(recovered.catalog.get(fileIdOf(1)));
  recovered.catalog.close();
});
