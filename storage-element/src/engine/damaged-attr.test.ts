// Нечитаемое описание: файл остаётся строкой списка и ленты, «не найдено» о нём не говорят, байты описания целы.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CatalogVault, NO_CATALOG } from '../../test/crash/catalog-vault.ts';
import { CrashDisk, type Operation } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { fileIdOf, openTestStore, putBytes } from '../../test/crash/workload.ts';
import { getFile } from '../files/get-file.ts';
import { listChanges } from '../files/list-changes.ts';
import { listFiles } from '../files/list-files.ts';
import { transitionMode } from '../files/transition-mode.ts';
import { attrFromJson, unsealAttr } from './attr.ts';
import { createLayout } from './layout.ts';
import type { Store } from './store.ts';

const LAYOUT = createLayout('/element/data', '/element/wal');
const PLACE = { day: '20261123', bucket: 0 };
const FILES = 5;
const BROKEN = fileIdOf(3);
const BROKEN_ATTR = LAYOUT.attr(PLACE, BROKEN);

const random = createRandom('испорченное описание');

interface Machine {
  readonly store: Store;
  readonly disk: CrashDisk;
}

async function boot(
  vault: CatalogVault,
  image: MemoryImage,
  before?: (operation: Operation) => void,
): Promise<Machine> {
  const disk = new CrashDisk({ image, random, ...(before ? { before } : {}) });
  return { disk, store: await openTestStore({ disk, vault, random }) };
}

/** Пять файлов, у третьего перевёрнут бит описания; каталог потерян. */
async function damagedImage(vault: CatalogVault): Promise<MemoryImage> {
  vault.load(NO_CATALOG, 'lost', random);
  const { store, disk } = await boot(vault, MemoryImage.empty());
  for (let index = 1; index <= FILES; index += 1) {
    await putBytes(store, { fileId: fileIdOf(index), bytes: Buffer.from(`файл ${index}`), description: '' });
  }
  await store.close();
  disk.image.flipBit(BROKEN_ATTR, 99);
  vault.load(NO_CATALOG, 'lost', random);
  return disk.image.clone();
}

const contentOf = (disk: CrashDisk, path: string): string => {
  const inode = disk.image.find(path);
  return inode === undefined ? '' : disk.image.content(inode).toString('latin1');
};

function walk(store: Store, limit: number): string[] {
  const seen: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = listFiles(store, { limit, offset: undefined, after, status: undefined });
    assert.equal(page.total, FILES);
    seen.push(...page.items.map(({ fileId }) => fileId));
    if (page.nextAfter === null) return seen;
    after = page.nextAfter;
  }
}

test('нечитаемое описание не укорачивает список, не рвёт страницу, и сверка реестра не примет файл за удалённый', async (t) => {
  const vault = new CatalogVault();
  t.after(() => vault.close());
  const image = await damagedImage(vault);
  const attrBytes = image.content(image.find(BROKEN_ATTR) ?? 0).toString('latin1');
  const { store, disk } = await boot(vault, image);

  const everyId = Array.from({ length: FILES }, (_, index) => fileIdOf(index + 1));
  for (const limit of [1, 2, FILES, 1000]) assert.deepEqual(walk(store, limit), everyId, `страницы по ${limit}`);
  const corrupted = listFiles(store, { limit: 10, offset: 0, after: undefined, status: 'corrupted' });
  assert.deepEqual([corrupted.total, corrupted.items.map(({ fileId }) => fileId)], [1, [BROKEN]]);
  const totals = store.catalog.totals(new Date(store.nowMs()).toISOString());
  assert.deepEqual(
    [totals.active.files, totals.corrupted],
    [FILES - 1, { files: 1, bytes: Buffer.byteLength('файл 3') }],
  );

  const feed = listChanges(store, { after: 0, limit: 100 });
  assert.deepEqual(
    feed.items.map(({ fileId, type }) => [fileId, type]).toSorted(),
    everyId.map((id) => [id, 'upsert']),
  );
  const told = feed.items.find(({ fileId }) => fileId === BROKEN);
  assert.equal(told?.revision, store.revision, 'пометка — последняя запись журнала');

  assert.equal(getFile(store, BROKEN).status, 'corrupted');
  await store.checkpoint();
  assert.equal(contentOf(disk, BROKEN_ATTR), attrBytes, 'байты испорченного описания не тронуты');
});

test('пометка об испорченном описании переживает сбой на любом действии диска и повторно не пишется', async (t) => {
  const vault = new CatalogVault();
  t.after(() => vault.close());
  const image = await damagedImage(vault);
  const crashes: { image: MemoryImage; files: ReturnType<CatalogVault['snapshot']> }[] = [];
  const disk: CrashDisk = new CrashDisk({
    image: image.clone(),
    random,
    before: ({ mutates }) => {
      if (mutates) crashes.push({ image: disk.image.clone(), files: vault.snapshot() });
    },
  });
  const first = await openTestStore({ disk, vault, random });
  const { revision } = getFile(first, BROKEN);
  await first.close();
  vault.load(vault.snapshot(), 'synced', random);
  const second = await boot(vault, disk.image.crash('drop', random));
  assert.equal(getFile(second.store, BROKEN).revision, revision);
  assert.equal(second.store.revision, revision, 'второго запуска в журнале не видно');

  assert.ok(crashes.length > 10);
  for (const [number, crash] of crashes.entries()) {
    for (const fate of ['synced', 'lost'] as const) {
      vault.load(crash.files, fate, random);
      const again = await boot(vault, crash.image.crash('drop', random));
      assert.equal(getFile(again.store, BROKEN).status, 'corrupted', `сбой ${number}, каталог ${fate}`);
      assert.equal(walk(again.store, 2).length, FILES, `сбой ${number}, каталог ${fate}`);
    }
  }
});

test('пометка с целым описанием лежит и в описании: её не теряет каталог, построенный заново, в любом режиме', async (t) => {
  const vault = new CatalogVault();
  t.after(() => vault.close());
  vault.load(NO_CATALOG, 'lost', random);
  const disk = new CrashDisk({ image: MemoryImage.empty(), random });
  const store = await openTestStore({ disk, vault, random, conditions: { mode: 'rw' } });
  const { file } = await putBytes(store, { fileId: fileIdOf(1), bytes: Buffer.from('файл'), description: '' });
  await transitionMode(store, { target: 'ro', confirm: false });
  await store.withFile(file.fileId, async (locked) => {
    const entry = locked.current();
    assert.ok(entry);
    await locked.mark(entry, { ...entry.file, status: 'missing' }, 'rewrite');
  });
  const written = attrFromJson(
    unsealAttr(disk.image.content(disk.image.find(LAYOUT.attr(PLACE, file.fileId)) ?? 0).toString()),
  );
  assert.deepEqual(
    { ...written, revision: 0 },
    { ...file, status: 'missing', revision: 0 },
    'прочее и номер правки прежние',
  );
  assert.ok(written.revision > file.revision);
  await store.close();
  vault.load(NO_CATALOG, 'lost', random);
  const again = await openTestStore({ disk: new CrashDisk({ image: disk.image.clone(), random }), vault, random });
  assert.equal(getFile(again, file.fileId).status, 'missing');
});
