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

/** Сколько уже сделано. Вёдра известны заранее, поэтому доля — по ним. */
export interface RebuildProgress {
  readonly files: number;
  readonly bucketsDone: number;
  readonly bucketsTotal: number;
}

export interface RebuildWatch {
  onProgress(progress: RebuildProgress): void;
  /** Прерывает обход между пачками: каталог остаётся недостроенным, и следующий запуск строит его заново. */
  readonly signal?: AbortSignal;
}

/** Сколько описаний в одной транзакции каталога: чем их больше, тем реже переписываются страницы его индексов. */
const BATCH_FILES = 10_000;
/** Через столько файлов журнал базы переносится в неё саму: без этого он вырос бы больше базы. */
const SYNC_FILES = 100_000;

/** Обходит files/ и вносит каждое целое описание. onProgress зовётся после каждой пачки. */
export async function rebuildCatalog(
  disk: Disk,
  layout: Layout,
  catalog: Catalog,
  { onProgress, signal }: RebuildWatch,
): Promise<RebuildReport> {
  const report: RebuildReport = { files: 0, damaged: [], revision: 0 };
  const damaged = (fileId: string, place: Place, reason: string): void => {
    report.damaged.push({ path: layout.attr(place, fileId), reason });
    catalog.damaged.mark(fileId, place);
  };
  const buckets = [...places(disk, layout)];
  let bucketsDone = 0;
  let unsynced = 0;
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
    unsynced += entries.length;
    if (unsynced >= SYNC_FILES) {
      catalog.sync();
      unsynced = 0;
    }
    onProgress({ files: report.files, bucketsDone, bucketsTotal: buckets.length });
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  };
  catalog.beginBulk();
  for (const place of buckets) {
    for (const name of listBucket(disk, layout, place)) {
      const fileId = fileIdOfAttr(name);
      if (fileId === undefined) continue;
      const entry = readEntry(disk, layout, { fileId, place, damaged });
      if (entry === 'gone') requireRemoved(disk, layout, { name, place });
      if (entry === undefined || entry === 'gone') continue;
      report.revision = Math.max(report.revision, entry.file.revision);
      batch.push(entry);
      if (batch.length >= BATCH_FILES) await flush();
    }
    bucketsDone += 1;
  }
  await flush();
  catalog.endBulk();
  catalog.damaged.dropTwins();
  return report;
}

/** Имена ведра. Ведро, пропавшее посреди обхода, — отключённый диск: каталог без него выглядел бы целым. */
function listBucket(disk: Disk, layout: Layout, place: Place): string[] {
  const path = layout.bucketDir(place);
  const names = disk.list(path);
  if (names.length > 0 || disk.list(layout.dayDir(place.day)).some((name) => bucketNumber(name) === place.bucket)) {
    return names;
  }
  throw new Error(`${path} пропал, пока строился каталог`);
}

function* places(disk: Disk, layout: Layout): Generator<Place> {
  for (const day of disk.list(layout.files).filter(isDayName).sort()) {
    const buckets = disk.list(layout.dayDir(day)).flatMap((name) => bucketNumber(name) ?? []);
    for (const bucket of buckets.sort((a, b) => a - b)) yield { day, bucket };
  }
}

/**
 * Имени, которое только что видели, нет: либо его убрал отложенный повтор журнала, либо диск отключали, и тогда каталог
 * молча остался бы без файла. Различает второй взгляд на ведро.
 */
function requireRemoved(disk: Disk, layout: Layout, { name, place }: { name: string; place: Place }): void {
  if (!listBucket(disk, layout, place).includes(name)) return;
  throw new Error(`${layout.bucketDir(place)}: ${name} пропадал, пока строился каталог`);
}

/** 'gone' — имени больше нет; undefined — описание не читается, о нём сказано. */
function readEntry(
  disk: Disk,
  layout: Layout,
  found: { fileId: string; place: Place; damaged: (fileId: string, place: Place, reason: string) => void },
): CatalogEntry | 'gone' | undefined {
  const { fileId, place, damaged } = found;
  try {
    const bytes = disk.readSmall(layout.attr(place, fileId));
    if (bytes === undefined) return 'gone';
    const file = attrFromJson(unsealAttr(bytes.toString('utf8')));
    if (file.fileId !== fileId) throw new AttrDamaged('идентификатор не тот, что в имени файла');
    return { file, place };
  } catch (error) {
    if (!(error instanceof AttrDamaged) && !isCode(error, 'EIO') && !isCode(error, 'EISDIR')) throw error;
    damaged(fileId, place, error.message);
    return undefined;
  }
}
