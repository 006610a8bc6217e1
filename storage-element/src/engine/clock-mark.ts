// Отметка часов: самое позднее время, которому элемент верил. Лежит отдельно от каталога и журнала, чтобы пережить
// перестройку каталога; потеря отметки не беда — её место займёт время последней известной перемены.
import { z } from 'zod';
import type { Catalog } from './catalog.ts';
import { type Disk, replaceDurably } from './disk.ts';
import type { Layout } from './layout.ts';
import type { Clock } from './store-options.ts';
import { WallClock } from './wall-clock.ts';
import { seal, unseal } from './seal.ts';

const SEAL = 'checksum';

const schema = z.strictObject({ format: z.literal(1), high_water: z.iso.datetime() });

/** Миллисекунды Unix; undefined, если отметки нет или она не читается. */
function readClockMark(disk: Disk, layout: Layout): number | undefined {
  const bytes = disk.readSmall(layout.clockMark);
  if (bytes === undefined) return undefined;
  try {
    return Date.parse(schema.parse(JSON.parse(unseal(bytes.toString('utf8'), SEAL))).high_water);
  } catch {
    return undefined;
  }
}

/** Записывает отметку так, что на месте либо прежняя, либо новая целиком. */
export function writeClockMark(disk: Disk, layout: Layout, markMs: number): Promise<void> {
  const text = JSON.stringify({ format: 1, high_water: new Date(markMs).toISOString() });
  return replaceDurably(disk, layout.clockMark, seal(text, SEAL));
}

/** Часы движка с отметкой, какой её оставил прошлый запуск. mayWrite — каталог данных на месте: в чужой отметку не кладут. */
export function openWallClock(
  { disk, layout, recovered }: { disk: Disk; layout: Layout; recovered: { catalog: Pick<Catalog, 'lastChangeMs'> } },
  clock: Clock,
  mayWrite: () => boolean,
): WallClock {
  const markMs = readClockMark(disk, layout) ?? recovered.catalog.lastChangeMs;
  return new WallClock(clock, markMs, async (freshMs) => {
    if (mayWrite()) await writeClockMark(disk, layout, freshMs);
  });
}
