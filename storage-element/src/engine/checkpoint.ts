// Контрольная точка: всё, что журнал успел разложить, сбрасывается на диск, и журнал отпускает сегменты.
//
// История сбоев, по которой расставлен порядок:
//   1. Сначала файлы и их каталоги (placer.ts), потом всё прочее.
//   2. Каталог SQLite сбрасывается до записи точки: иначе повтор начнётся позже, чем каталог помнит.
//   3. Только потом записывается точка. Сбой в любом месте раньше — повтор с прежней точки.
//   4. Имена в staging убираются последними. Повтор с прежней точки проходит и через удаление файла, под чьим именем
//      позже лёг другой: он уберёт нынешнее имя, и если в staging второго уже нет, подтверждённые байты пропадут.
import { z } from 'zod';
import type { Catalog } from './catalog.ts';
import { type Disk, noSpace, replaceDurably } from './disk.ts';
import { type ElementIdentity, WrongDataDirectory, writeIdentity } from './element-identity.ts';
import type { Layout } from './layout.ts';
import type { Placer } from './placer.ts';
import { seal, unseal } from './seal.ts';
import type { WalPosition } from './wal.ts';

const SEAL = 'checksum';

const schema = z.strictObject({
  format: z.literal(1),
  storage_id: z.uuid(),
  segment: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
  frame: z.number().int().nonnegative(),
  revision: z.number().int().nonnegative(),
  salt: z.number().int().nonnegative().max(0xffff_ffff),
});

/** Откуда начинать повтор; undefined, если точки ещё не было. Бросает WrongDataDirectory, если она чужая. */
export function readCheckpoint(disk: Disk, layout: Layout, storageId: string): WalPosition | undefined {
  const bytes = disk.readSmall(layout.checkpoint);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(unseal(bytes.toString('utf8'), SEAL));
  } catch (cause) {
    // Неверная точка молча пропустила бы подтверждённые записи: лучше не запускаться.
    throw new WrongDataDirectory(`${layout.checkpoint} испорчен`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new WrongDataDirectory(`${layout.checkpoint}: не по формату`, parsed.error);
  if (parsed.data.storage_id !== storageId) {
    throw new WrongDataDirectory(`${layout.walDir}: журнал принадлежит элементу ${parsed.data.storage_id}`);
  }
  return parsed.data;
}

function writeCheckpoint(disk: Disk, layout: Layout, storageId: string, at: WalPosition): Promise<void> {
  const { segment, offset, frame, revision, salt } = at;
  const text = JSON.stringify({ format: 1, storage_id: storageId, segment, offset, frame, revision, salt });
  return replaceDurably(disk, layout.checkpoint, seal(text, SEAL));
}

export interface CheckpointRoom {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly catalog: Catalog;
  readonly placer: Placer;
  /** Личность, если её нужно записать: режим переменился. */
  readonly changedIdentity: ElementIdentity | undefined;
  readonly storageId: string;
  /** Имена в staging, чьи байты сброшены: и те, что остались от точки, на которую не хватило места. */
  readonly staged: Set<string>;
  /** Прерывает сброс между файлами: точка не записывается, повтор начнётся с прежней. */
  readonly signal: AbortSignal;
  /** Последний взгляд перед записью точки: бросает, если каталог данных подменили и сброшено было не то. */
  readonly confirm?: () => void;
}

/**
 * Сбрасывает всё тронутое и записывает точку at. Возвращает, сколько файлов сброшено. Не хватило места — бросает ENOSPC,
 * точки нет, и журнал ничего не отпускает: зов можно повторить.
 */
export async function checkpoint(room: CheckpointRoom, at: WalPosition): Promise<number> {
  const { disk, layout } = room;
  const flushed = await room.placer.flush(room.signal);
  if (flushed.waiting > 0) throw noSpace(`раскладка ждёт места: записей ${flushed.waiting}`);
  for (const name of flushed.staged) room.staged.add(name);
  if (room.changedIdentity !== undefined) await writeIdentity(disk, layout, room.changedIdentity);
  if (!room.catalog.isAlone) await room.placer.backfillCatalog();
  room.catalog.sync();
  room.confirm?.();
  await writeCheckpoint(disk, layout, room.storageId, at);
  for (const name of room.staged) disk.remove(layout.staged(name));
  room.staged.clear();
  return flushed.files;
}
