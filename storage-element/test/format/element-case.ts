// Маленький каталог данных целиком: элемент поработал, поставил контрольную точку, поработал ещё и погиб посреди кадра.
// Имена, часы и соль заданы, поэтому байты от запуска к запуску те же.
import { removeFile } from '../../src/files/remove-file.ts';
import { editFile } from '../../src/files/edit-file.ts';
import { listChanges } from '../../src/files/list-changes.ts';
import { listFiles } from '../../src/files/list-files.ts';
import type { Change } from '../../src/engine/catalog.ts';
import type { Store } from '../../src/engine/store.ts';
import type { StoredFile } from '../../src/files/file.ts';
import { MemoryVault, NO_CATALOG } from '../crash/catalog-vault.ts';
import { CrashDisk } from '../crash/crash-disk.ts';
import { MemoryImage } from '../crash/memory-image.ts';
import { createRandom, type Random } from '../crash/random.ts';
import { act, fileIdOf, History, openTestStore, putBytes } from '../crash/workload.ts';

export const ELEMENT_LIMITS = { segmentBytes: 4096, segmentsMax: 4, frameBytesMax: 3500 };
const ROOT = '/element/';
const SMALL_BYTES = 40;
const LARGE_BYTES = 200;
/** Столько последних байт журнала не дописано. */
const TORN_BYTES = 100;

/** Что элемент обязан показать, когда его прочтут. */
export interface ExpectedElement {
  readonly storageId: string;
  readonly epoch: string;
  readonly mode: string;
  readonly revision: number;
  readonly files: readonly StoredFile[];
  readonly changes: readonly Change[];
}

export interface WrittenElement {
  /** Содержимое по путям от корня элемента: data/…, wal/…; без указателя. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** База указателя: её байты зависят и от версии SQLite, поэтому с образцом не сверяются. */
  readonly catalog: Uint8Array;
  readonly expected: ExpectedElement;
}

/** Пишет элемент этой версией движка. */
export async function writeElement(): Promise<WrittenElement> {
  const random = createRandom('образец');
  const vault = new MemoryVault();
  try {
    vault.load(NO_CATALOG, 'lost', random);
    const disk = new CrashDisk({ image: MemoryImage.empty(), random: random.fork('очередь') });
    const conditions = { checkpointBytes: 2 ** 40, walLimits: ELEMENT_LIMITS };
    const store = await openTestStore({ disk, vault, random: random.fork('имена'), conditions });
    await live(store, random);
    await store.whenPlaced();
    const files = readTree(disk.image);
    const database = vault.snapshot().later.at(-1);
    if (database === undefined) throw new Error('указатель ничего не запомнил');
    const expected = tell(store);
    await putNumbered(store, random, { index: 7, size: SMALL_BYTES });
    await store.whenPlaced();
    const after = readTree(disk.image);
    await store.close();
    return { files: withTornTail(files, after), catalog: database, expected };
  } finally {
    vault.close();
  }
}

async function live(store: Store, random: Random): Promise<void> {
  await putNumbered(store, random, { index: 1, size: SMALL_BYTES });
  await putNumbered(store, random, { index: 2, size: LARGE_BYTES });
  await putNumbered(store, random, { index: 3, size: 0 });
  await putNumbered(store, random, { index: 4, size: LARGE_BYTES });
  await store.checkpoint();
  await editFile(store, fileIdOf(1), { description: 'правка', metadata: { ключ: ['значение', 1] } });
  await removeFile(store, fileIdOf(2));
  await act(store, new History(), { fileId: fileIdOf(4), action: { kind: 'expire' } });
  await putNumbered(store, random, { index: 5, size: SMALL_BYTES });
  await putNumbered(store, random, { index: 6, size: LARGE_BYTES });
  await act(store, new History(), { fileId: fileIdOf(3), action: { kind: 'mark' } });
}

function putNumbered(store: Store, random: Random, o: { index: number; size: number }): ReturnType<typeof putBytes> {
  const bytes = random.fork(`файл ${o.index}`).bytes(o.size);
  return putBytes(store, { fileId: fileIdOf(o.index), bytes, description: `файл ${o.index}` });
}

/** Что элемент показывает: список, лента и кто он. */
export function tell(store: Store): ExpectedElement {
  const { storageId, epoch, mode, revision } = store;
  const files = listFiles(store, { limit: 1000, offset: 0, after: undefined, status: undefined }).items;
  const changes = listChanges(store, { after: 0, limit: 1000 }).items;
  return { storageId, epoch, mode, revision, files, changes };
}

/** Всё, что лежит под корнем элемента, по путям от него. */
function readTree(image: MemoryImage): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const visit = (path: string): void => {
    for (const name of image.names(path) ?? []) {
      const inner = `${path}/${name}`;
      if (image.names(inner) !== undefined) {
        visit(inner);
        continue;
      }
      const inode = image.find(inner);
      if (inode !== undefined) found.set(inner.slice(ROOT.length), image.content(inode));
    }
  };
  visit(ROOT.slice(0, -1));
  return found;
}

/** Журнал после ещё одной загрузки, но её кадр дописан не до конца; всё прочее — до неё. */
function withTornTail(before: ReadonlyMap<string, Buffer>, after: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const torn = new Map(before);
  for (const [path, bytes] of after) {
    const earlier = before.get(path);
    if (!path.endsWith('.log') || earlier === undefined || earlier.equals(bytes)) continue;
    const end = bytes.findLastIndex((byte, at) => byte !== earlier[at]) + 1;
    const left = Buffer.from(bytes);
    left.fill(0, end - TORN_BYTES, end);
    torn.set(path, left);
  }
  return torn;
}
