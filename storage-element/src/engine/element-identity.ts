// Кто этот элемент: storage_id, эпоха истории и режим. Лежит в element.json.
// Нет файла у непустого каталога — это чужой или не подключённый диск: служить с него нельзя.
import { join } from 'node:path';
import { z } from 'zod';
import type { StorageMode } from '../files/mode.ts';
import { type Disk, replaceDurably } from './disk.ts';
import { type Layout, segmentSequence } from './layout.ts';

export interface ElementIdentity {
  readonly format: 1;
  readonly storageId: string;
  /** Меняется, когда история изменений потеряна: читатель ленты начинает с полного списка. */
  readonly epoch: string;
  readonly mode: StorageMode;
}

/** Каталог данных не тот или испорчен; служба не запускается. */
export class WrongDataDirectory extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'WrongDataDirectory';
  }
}

const schema = z.strictObject({
  format: z.literal(1),
  storage_id: z.uuid(),
  epoch: z.uuid(),
  mode: z.enum(['edit', 'rw', 'ro', 'ar']),
});

/** Читает element.json; undefined, если его нет. Бросает WrongDataDirectory, если он не читается. */
export function readIdentity(disk: Disk, layout: Layout): ElementIdentity | undefined {
  const bytes = disk.readSmall(layout.identity);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new WrongDataDirectory(`${layout.identity}: не JSON`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new WrongDataDirectory(`${layout.identity}: не по формату`, parsed.error);
  return { format: 1, storageId: parsed.data.storage_id, epoch: parsed.data.epoch, mode: parsed.data.mode };
}

/** Записывает element.json так, что он переживёт отключение питания. */
export function writeIdentity(disk: Disk, layout: Layout, identity: ElementIdentity): Promise<void> {
  const { format, storageId, epoch, mode } = identity;
  const text = JSON.stringify({ format, storage_id: storageId, epoch, mode }, null, 2);
  return replaceDurably(disk, layout.identity, `${text}\n`);
}

/** Первый запуск возможен только там, где ещё ничего нет: ни файлов, ни журнала. Ничего не меняет. */
export function refuseOccupied(disk: Disk, layout: Layout): void {
  const walNames = disk.list(layout.walDir);
  const hasLog = walNames.some(
    (name) => join(layout.walDir, name) === layout.checkpoint || segmentSequence(name) !== undefined,
  );
  if (disk.list(layout.files).length > 0 || hasLog) {
    throw new WrongDataDirectory(
      `${layout.identity} нет, а данные или журнал есть: каталог чужой или диск подключён не весь`,
    );
  }
}

/** Оператор сказал, что элемент здесь уже есть: пустой каталог — это диск, который забыли подключить. */
export function refuseNewElement(disk: Disk, layout: Layout): void {
  if (readIdentity(disk, layout) !== undefined) return;
  throw new WrongDataDirectory(
    `${layout.identity} нет, а SE_REQUIRE_EXISTING=true: диск не подключён или каталог не тот; ` +
      'для первого запуска на новом месте уберите эту настройку',
  );
}
