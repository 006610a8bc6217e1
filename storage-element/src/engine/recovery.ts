// Запуск движка: личность, повтор журнала, каталог. Повтор заканчивается до того, как откроется порт; потерянный
// каталог строится уже при открытом (rebuild-run.ts), поэтому запуск — из двух частей: replayLog и finishRecovery.
import { dirname } from 'node:path';
import type { Catalog } from './catalog.ts';
import { isUnopenable } from './catalog-file.ts';
import { checkpoint, readCheckpoint } from './checkpoint.ts';
import { type Disk, isCode, isNoSpace } from './disk.ts';
import {
  type ElementIdentity,
  readIdentity,
  refuseOccupied,
  WrongDataDirectory,
  writeIdentity,
} from './element-identity.ts';
import { type Layout, segmentSequence } from './layout.ts';
import type { StorageMode } from '../files/mode.ts';
import type { Placer } from './placer.ts';
import type { Unplaced } from './unplaced.ts';
import { type LogEnd, readLog } from './read-log.ts';
import type { RebuildReport } from './rebuild-catalog.ts';
import type { WalPosition, WalStart } from './wal.ts';

export interface RecoveryLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface RecoveryRoom {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly log: RecoveryLog;
  readonly randomId: () => string;
  /** Кем элемент обязан быть; undefined — кем записан. */
  readonly storageId: string | undefined;
  /** Режим первого запуска. */
  readonly mode: StorageMode;
  /** Открывает базу каталога; fresh — прежнюю убрать. */
  readonly openCatalog: (fresh: boolean) => Catalog;
  readonly placer: Placer;
  readonly unplaced: Unplaced;
}

export interface Recovered {
  readonly identity: ElementIdentity;
  readonly catalog: Catalog;
  readonly walStart: WalStart;
  /** Сколько записей повторено: разложены, но ещё не сброшены. */
  readonly redone: number;
  /** Повтор сменил режим: его запишет первая контрольная точка. */
  readonly modeRedone: boolean;
}

/** Журнал повторён. Если каталог потерян, до finishRecovery его надо построить. */
export interface Replayed {
  readonly identity: ElementIdentity;
  readonly catalog: Catalog;
  readonly catalogLost: boolean;
  /** Элемент ещё ничего не хранил: строить нечего. */
  readonly isNew: boolean;
  readonly from: WalPosition;
  readonly end: LogEnd;
  readonly redone: number;
  readonly modeRedone: boolean;
}

/**
 * Приводит каталоги к последнему подтверждённому состоянию. Повторённое не сбрасывается: журнал умеет повторить его ещё
 * раз, поэтому запуск не ждёт диск, а сбросит первая контрольная точка. Чему не хватило места, то читается из памяти.
 * Бросает WrongDataDirectory, LogDamaged.
 */
export async function replayLog(room: RecoveryRoom): Promise<Replayed> {
  const { disk, layout, unplaced } = room;
  let identity = await openIdentity(room);
  const written = readCheckpoint(disk, layout, identity.storageId);
  const from = written ?? firstPosition(room);
  // Прежний процесс мог погибнуть между переименованием точки и сбросом каталога: отслужившие по ней сегменты нельзя
  // занять, пока она не долговечна.
  await disk.syncDirectory(layout.walDir);
  let catalog = openCatalogOrFresh(room);
  const stale = catalog.fact('epoch') !== identity.epoch || catalog.appliedRevision < from.revision;
  if (stale) catalog = reopenFresh(room, catalog);

  await dropAbandoned(disk, layout, from);
  const read = readLog(disk, layout, from);
  let step = await read.next();
  let redone = 0;
  let modeRedone = false;
  for (; !step.done; step = await read.next()) {
    const records = step.value;
    await unplaced.redo(records);
    catalog.apply(records);
    redone += records.length;
    for (const record of records) {
      if (record.type !== 'mode') continue;
      identity = { ...identity, mode: record.mode };
      modeRedone = true;
    }
  }
  await unplaced.redone();
  const isNew = written === undefined;
  return { identity, catalog, catalogLost: stale, isNew, from, end: step.value, redone, modeRedone };
}

/** Каталог построен: до какой записи он дошёл и какая эпоха с него начинается. */
export interface Rebuilt extends Pick<RebuildReport, 'revision'> {
  readonly epoch: string;
}

/**
 * Сверяет каталог с журналом и готовит место, с которого журнал продолжится. rebuilt — если каталог строили. Не хватило
 * места — бросает ENOSPC, и зов можно повторить с той же эпохой: своя недописанная личность за чужую не сойдёт.
 */
export async function finishRecovery(room: RecoveryRoom, replayed: Replayed, rebuilt?: Rebuilt): Promise<Recovered> {
  const { disk, layout, placer } = room;
  const { catalog, from, end, redone, modeRedone } = replayed;
  let { identity } = replayed;
  let revision = end.revision;
  if (rebuilt !== undefined) {
    refuseReplaced(room, identity, rebuilt.epoch);
    revision = Math.max(revision, rebuilt.revision);
    identity = { ...identity, epoch: rebuilt.epoch };
    catalog.setFact('epoch', identity.epoch);
  } else if (catalog.appliedRevision > end.revision) {
    throw new WrongDataDirectory(
      `каталог дошёл до записи ${catalog.appliedRevision}, а журнал кончается на ${end.revision}: журнал подменён или потерян`,
    );
  }
  catalog.advance(revision);
  if (end.tornTail) {
    room.log.warn({ event: 'log_tail_torn', path: end.tornTail }, 'недописанный хвост журнала отложен');
  }
  for (const fileId of await placer.lost()) {
    room.log.error({ event: 'blob_lost', fileId }, 'описание есть, а байтов нет ни на месте, ни в staging');
  }
  if (redone > 0) room.log.info({ event: 'log_replayed', records: redone, revision }, 'журнал повторён');

  const start = { segment: end.segments.at(-1) ?? from.segment, offset: end.offset, salt: from.salt };
  if (rebuilt !== undefined || replayed.isNew) {
    // Без точки нельзя начать журнал, а revision каталога, построенного не из журнала, больше нигде не записана.
    const never = new AbortController().signal;
    const position = { ...start, frame: end.nextFrame, revision };
    const { storageId } = identity;
    // Прежний процесс мог погибнуть, не закрепив имени личности: точка без личности — отказ запуска.
    const changedIdentity = replayed.identity;
    await checkpoint(
      { disk, layout, catalog, placer, changedIdentity, storageId, staged: new Set(), signal: never },
      position,
    );
  }
  // Последней: оборвись запуск раньше, эпохи не сойдутся, и каталог строится ещё раз, а не спорит с журналом.
  if (rebuilt !== undefined) await writeIdentity(disk, layout, identity);
  const nextSegment = Math.max(from.segment - 1, ...end.segments, ...end.spare) + 1;
  const walStart = { ...end, ...start, nextSegment, revision, redone };
  return { identity, catalog, walStart, redone, modeRedone };
}

/** Каталог строился долго: за это время диск могли отключить или подменить, и построенное — не о нём. */
function refuseReplaced({ disk, layout }: RecoveryRoom, expected: ElementIdentity, newEpoch: string): void {
  const found = readIdentity(disk, layout);
  // Новую эпоху могла записать прошлая попытка, которой не хватило места на сброс каталога после переименования.
  const isOwnEpoch = found?.epoch === expected.epoch || found?.epoch === newEpoch;
  if (found?.storageId === expected.storageId && isOwnEpoch) return;
  throw new WrongDataDirectory(`${layout.identity} пропал или подменён, пока строился каталог`);
}

/**
 * Загрузки, оборванные сбоем, никому не обещаны: в staging остаётся только то, чего ждёт журнал.
 * Раньше повтора, а не после: на полном диске повтору нужно их место.
 */
async function dropAbandoned(disk: Disk, layout: Layout, from: WalPosition): Promise<void> {
  const names = disk.list(layout.staging);
  if (names.length === 0) return;
  const awaited = new Set<string>();
  for await (const records of readLog(disk, layout, from)) {
    for (const record of records) {
      if (record.type === 'put' && 'staged' in record.bytes) awaited.add(record.bytes.staged);
    }
  }
  for (const name of names) if (!awaited.has(name)) disk.remove(layout.staged(name));
}

async function openIdentity(room: RecoveryRoom): Promise<ElementIdentity> {
  const { disk, layout } = room;
  const known = readIdentity(disk, layout);
  if (known) {
    // Проверяется до первой перемены: чужой каталог остаётся нетронутым.
    if (room.storageId !== undefined && room.storageId !== known.storageId) {
      throw new WrongDataDirectory(`каталог принадлежит элементу ${known.storageId}`);
    }
    if (!disk.list(layout.dataDir).includes('files')) {
      throw new WrongDataDirectory(`${layout.files} нет, хотя element.json на месте: каталог данных неполон`);
    }
    for (const path of [layout.staging, layout.quarantine, layout.catalogDir]) disk.makeDirectory(path);
    return known;
  }
  refuseOccupied(disk, layout);
  for (const path of [layout.files, layout.staging, layout.quarantine, layout.catalogDir, layout.walDir]) {
    disk.makeDirectory(path);
  }
  await disk.syncDirectory(layout.dataDir);
  await syncAncestors(disk, layout.dataDir);
  await syncAncestors(disk, layout.walDir);
  const storageId = room.storageId ?? room.randomId();
  const identity: ElementIdentity = { format: 1, storageId, mode: room.mode, epoch: room.randomId() };
  await writeIdentity(disk, layout, identity);
  room.log.info({ event: 'element_created', storageId: identity.storageId }, 'элемент хранения создан');
  return identity;
}

/**
 * Закрепляет имена каталога и всех, кто над ним: их могли создать только что, и без сброса отключение питания
 * унесло бы элемент целиком. Чужой каталог, закрытый для чтения, закрепляет тот, кто его завёл.
 */
async function syncAncestors(disk: Disk, path: string): Promise<void> {
  for (let above = dirname(path); ; above = dirname(above)) {
    try {
      await disk.syncDirectory(above);
    } catch (error) {
      if (!isCode(error, 'EACCES')) throw error;
    }
    if (above === dirname(above)) return;
  }
}

/** Точки ещё нет: это годится, только если не было и записей. */
function firstPosition({ disk, layout, randomId }: RecoveryRoom): WalPosition {
  const hasLog = disk.list(layout.walDir).some((name) => segmentSequence(name) !== undefined);
  if (hasLog || disk.list(layout.files).length > 0) {
    throw new WrongDataDirectory(
      `${layout.checkpoint} нет, а файлы или журнал есть: каталог журнала чужой или потерян`,
    );
  }
  return { segment: 1, offset: 0, frame: 1, revision: 0, salt: Number.parseInt(randomId().slice(0, 8), 16) };
}

function openCatalogOrFresh(room: RecoveryRoom): Catalog {
  try {
    return room.openCatalog(false);
  } catch (error) {
    // Полный диск — не порча: прежнюю базу убирать нельзя.
    if (isNoSpace(error) || isUnopenable(error)) throw error;
    room.log.warn({ event: 'catalog_unreadable', err: error }, 'каталог не читается и будет построен заново');
    return room.openCatalog(true);
  }
}

function reopenFresh(room: RecoveryRoom, old: Catalog): Catalog {
  old.close();
  return room.openCatalog(true);
}
