// Обещания движка, проверяемые после каждого восстановления: подтверждённое читается с точной суммой,
// неподтверждённое — целиком или никак, список, счёт и лента говорят одно и то же, мусора не осталось.
import { createHash } from 'node:crypto';
import { attrToJson, sealAttr } from '../../src/engine/attr.ts';
import type { Change } from '../../src/engine/catalog.ts';
import { createLayout } from '../../src/engine/layout.ts';
import type { Store } from '../../src/engine/store.ts';
import type { StoredFile } from '../../src/files/file.ts';
import { listChanges } from '../../src/files/list-changes.ts';
import { listFiles } from '../../src/files/list-files.ts';
import type { CrashDisk } from './crash-disk.ts';
import { allowedStates, type Expectation, stateText } from './expectation.ts';
import { PromiseBroken } from './promise-broken.ts';
import type { History } from './workload.ts';

const LAYOUT = createLayout('/element/data', '/element/wal');

function require(holds: boolean, message: () => string): void {
  if (!holds) throw new PromiseBroken(message());
}

export interface CheckRoom {
  readonly store: Store;
  readonly disk: CrashDisk;
  readonly history: History;
  /** Обещанное к мигу сбоя. */
  readonly expected: Expectation;
}

/** Что видно сразу после запуска. */
export async function checkRecovered(room: CheckRoom): Promise<void> {
  const listed = await checkReadable(room);
  checkAttrs(room, listed);
}

/** Что видно и на полном диске, где описаниям может не найтись места: файлы с байтами, список, лента, режим. */
export async function checkReadable(room: CheckRoom): Promise<readonly StoredFile[]> {
  const listed = listAll(room.store);
  await checkFiles(room, listed);
  checkListing(room.store, listed);
  checkFeed(room.store, listed);
  checkMode(room);
  return listed;
}

/** Что лежит на диске, когда раскладка догнала журнал: истина — рядом с файлом. */
export function checkPlaced(room: CheckRoom): void {
  checkAttrs(room, listAll(room.store));
}

/** Что осталось на диске, когда прошла первая контрольная точка. */
export function checkSettled(room: CheckRoom): void {
  checkLeftovers(room, listAll(room.store));
  const { openFiles } = room.disk;
  require(openFiles === 1, () => `открыто файлов: ${openFiles}, а нужен один сегмент журнала`);
}

/** Полный список по страницам: он же сверяется с чтением по одному. */
function listAll(store: Store): StoredFile[] {
  const files: StoredFile[] = [];
  let after: string | undefined;
  do {
    const page = listFiles(store, { limit: 2, offset: undefined, after, status: undefined });
    files.push(...page.items);
    after = page.nextAfter ?? undefined;
  } while (after !== undefined);
  return files;
}

async function checkFiles({ store, history, expected }: CheckRoom, listed: readonly StoredFile[]): Promise<void> {
  const ids = new Set([...expected.files.keys(), ...listed.map(({ fileId }) => fileId)]);
  for (const fileId of ids) {
    const entry = store.catalog.get(fileId);
    const shown = listed.find((file) => file.fileId === fileId);
    require(JSON.stringify(entry?.file) === JSON.stringify(shown), () =>
      `${fileId}: список и чтение по одному расходятся`);
    const seen = stateText(
      entry && {
        checksum: entry.file.checksum,
        description: entry.file.description,
        status: entry.file.status,
        version: entry.file.version,
      },
    );
    const allowed = allowedStates(expected, fileId);
    require(allowed.has(seen), () =>
      `${fileId}: увидено ${seen}, возможно ${[...allowed].join(' или ')}; ${describeSteps(history, fileId)}`);
    if (!entry) continue;
    const blob = await store.openBlob(entry);
    if (!blob) throw new PromiseBroken(`${fileId}: описание есть, байтов нет`);
    const bytes = Buffer.alloc(entry.file.size + 1);
    const read = await blob.read(bytes, 0);
    await blob.close();
    const sum = createHash('sha256').update(bytes.subarray(0, read)).digest('hex');
    require(sum === entry.file.checksum, () => `${fileId}: байты не те: ${read} байт вместо ${entry.file.size}`);
  }
}

function describeSteps(history: History, fileId: string): string {
  return `история: ${JSON.stringify(history.steps.filter((step) => step.fileId === fileId))}`;
}

function checkListing(store: Store, listed: readonly StoredFile[]): void {
  const page = listFiles(store, { limit: 1000, offset: 0, after: undefined, status: undefined });
  require(page.total === listed.length, () => `итог ${page.total}, а в списке ${listed.length}`);
  require(JSON.stringify(page.items) === JSON.stringify(listed), () => 'страницы по ключу и по номеру расходятся');
  const bytes = listed.reduce((sum, file) => sum + file.size, 0);
  require(store.catalog.storedBytes === bytes, () => `учтено ${store.catalog.storedBytes} байт вместо ${bytes}`);
  for (const status of ['active', 'deleted', 'missing'] as const) {
    const chosen = listFiles(store, { limit: 1000, offset: 0, after: undefined, status });
    const expected = listed.filter((file) => file.status === status);
    require(JSON.stringify(chosen.items) === JSON.stringify(expected), () => `список по состоянию ${status} неверен`);
    require(chosen.total === expected.length, () => `итог по состоянию ${status} неверен`);
  }
}

/** Лента с начала даёт тот же список; revision единственны, растут и не больше объявленной. */
function checkFeed(store: Store, listed: readonly StoredFile[]): void {
  const replica = new Map<string, StoredFile>();
  follow(store, 0, replica);
  require(sameFiles(replica, listed), () => 'лента с начала не даёт списка');
}

/** Читает ленту до конца и ведёт по ней копию списка. Возвращает новую метку. */
export function follow(store: Store, from: number, replica: Map<string, StoredFile>): number {
  let after = from;
  for (;;) {
    const page = listChanges(store, { after, limit: 3 });
    require(!page.historyLost, () => `метка ${after} новее истории ${store.revision}`);
    let previous = after;
    for (const change of page.items) {
      require(change.revision > previous, () => `лента не растёт: ${previous} → ${change.revision}`);
      previous = change.revision;
      applyChange(replica, change);
    }
    require(page.nextAfter >= previous && page.nextAfter <= store.revision, () => 'метка ленты вне истории');
    after = page.nextAfter;
    if (!page.hasMore) return after;
  }
}

function applyChange(replica: Map<string, StoredFile>, change: Change): void {
  if (change.type === 'remove') replica.delete(change.fileId);
  else replica.set(change.fileId, change.file);
}

export function sameFiles(replica: ReadonlyMap<string, StoredFile>, listed: readonly StoredFile[]): boolean {
  const ordered = [...replica.values()].sort((a, b) => (a.fileId < b.fileId ? -1 : 1));
  return JSON.stringify(ordered) === JSON.stringify(listed);
}

function checkMode({ store, expected }: CheckRoom): void {
  const { modes } = expected;
  require(modes.has(store.mode), () => `режим ${store.mode}, а возможны ${[...modes].join(', ')}`);
}

/** Описание на диске цело и говорит то же, что список. */
function checkAttrs({ store, disk }: CheckRoom, listed: readonly StoredFile[]): void {
  for (const file of listed) {
    const place = store.catalog.get(file.fileId)?.place;
    const path = place && LAYOUT.attr(place, file.fileId);
    const inode = path === undefined ? undefined : disk.image.find(path);
    require(inode !== undefined, () => `${file.fileId}: описания нет на диске`);
    const text = inode === undefined ? '' : disk.image.content(inode).toString();
    require(text === sealAttr(attrToJson(file)), () => `${file.fileId}: описание на диске не то: ${text || 'пусто'}`);
  }
}

/** На диске ровно то, что в списке: у каждого файла описание и байты, лишних и временных имён нет; журнал ограничен. */
function checkLeftovers({ disk, history }: CheckRoom, listed: readonly StoredFile[]): void {
  const { image } = disk;
  const names = (path: string): string[] => image.names(path) ?? [];
  require(names('/element/data/staging').length === 0, () => 'в staging остались имена');
  const segments = names('/element/wal').filter((name) => name.startsWith('wal-'));
  require(segments.length <= history.conditions.walLimits.segmentsMax, () => `сегментов журнала ${segments.length}`);
  const inside = names('/element/data/files').flatMap((day) =>
    names(`/element/data/files/${day}`).flatMap((bucket) => names(`/element/data/files/${day}/${bucket}`)),
  );
  const expected = listed.flatMap(({ fileId }) => [`${fileId}.attr.json`, `${fileId}.bin`]);
  require(inside.toSorted().join() === expected.toSorted().join(), () =>
    `на диске ${inside.join(', ')}, в списке ${expected.join(', ')}`);
}
