// Каталог заново по описаниям. Нужен, когда база каталога потеряна, испорчена или отстала от журнала.
// Одно плохое описание — одна строка в отчёте, а не оборванный обход.
import { AttrDamaged, attrFromJson, unsealAttr } from './attr.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { type Disk, isCode } from './disk.ts';
import { bucketNumber, fileIdOfAttr, isDayName, type Layout, type Place } from './layout.ts';

export interface RebuildReport {
  files: number;
  damaged: { path: string; reason: string }[];
  revision: number;
}

/** Сколько описаний в одной транзакции каталога. */
const BATCH_FILES = 2000;

/** Обходит files/ и вносит каждое целое описание. onProgress зовётся после каждой пачки. */
export async function rebuildCatalog(
  disk: Disk,
  layout: Layout,
  catalog: Catalog,
  onProgress: (files: number) => void,
): Promise<RebuildReport> {
  const report: RebuildReport = { files: 0, damaged: [], revision: 0 };
  const damaged = (fileId: string, place: Place, reason: string): void => {
    report.damaged.push({ path: layout.attr(place, fileId), reason });
    catalog.damaged.mark(fileId, place);
  };
  let batch: CatalogEntry[] = [];
  const flush = async (): Promise<void> => {
    const entries = batch;
    batch = [];
    catalog.transaction(() => {
      for (const entry of entries) {
        if (catalog.tryUpsert(entry)) report.files += 1;
        else damaged(entry.file.fileId, entry.place, 'revision занята другим файлом');
      }
    });
    onProgress(report.files);
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (const place of places(disk, layout)) {
    for (const name of disk.list(layout.bucketDir(place))) {
      const fileId = fileIdOfAttr(name);
      if (fileId === undefined) continue;
      const entry = readEntry(disk, layout, { fileId, place, damaged });
      if (entry === undefined) continue;
      report.revision = Math.max(report.revision, entry.file.revision);
      batch.push(entry);
      if (batch.length >= BATCH_FILES) await flush();
    }
  }
  await flush();
  catalog.damaged.dropTwins();
  return report;
}

function* places(disk: Disk, layout: Layout): Generator<Place> {
  for (const day of disk.list(layout.files).filter(isDayName).sort()) {
    const buckets = disk.list(layout.dayDir(day)).flatMap((name) => bucketNumber(name) ?? []);
    for (const bucket of buckets.sort((a, b) => a - b)) yield { day, bucket };
  }
}

function readEntry(
  disk: Disk,
  layout: Layout,
  found: { fileId: string; place: Place; damaged: (fileId: string, place: Place, reason: string) => void },
): CatalogEntry | undefined {
  const { fileId, place, damaged } = found;
  try {
    const bytes = disk.readSmall(layout.attr(place, fileId));
    if (bytes === undefined) return undefined;
    const file = attrFromJson(unsealAttr(bytes.toString('utf8')));
    if (file.fileId !== fileId) throw new AttrDamaged('идентификатор не тот, что в имени файла');
    return { file, place };
  } catch (error) {
    if (!(error instanceof AttrDamaged) && !isCode(error, 'EIO')) throw error;
    damaged(fileId, place, error.message);
    return undefined;
  }
}
