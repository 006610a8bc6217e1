// Построение потерянного каталога: ход, скорость, остановка. На настоящем диске обходит описания отдельный поток,
// и порт при этом открыт; на диске испытаний — этот же поток, тем же кодом.
import { ArtError } from '@artstore/contracts';
import type { Catalog, StatusTotals } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Layout } from './layout.ts';
import { rebuildCatalog, type RebuildProgress, type RebuildReport } from './rebuild-catalog.ts';
import { rebuildInThread } from './rebuild-thread.ts';
import type { RecoveryLog } from './recovery.ts';
import type { CatalogView } from './store-options.ts';
import type { StoredStatus } from '../files/file.ts';

/** Как часто о ходе говорится в журнале событий. */
const REPORT_MS = 5_000;
/** Через сколько секунд клиенту стоит повторить. */
const RETRY_SECONDS = 10;

/** Что внесено к этому мигу. */
export interface CatalogProgress extends RebuildProgress {
  readonly totals: Readonly<Record<StoredStatus, StatusTotals>>;
}

export interface RebuildRoom {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly log: RecoveryLog;
  readonly catalog: Catalog;
  /** Строить отдельным потоком; иначе здесь же. */
  readonly inThread: boolean;
}

/** Каталог не построен; процесс завершается, следующий запуск начнёт построение заново. */
class CatalogRebuildFailed extends Error {
  constructor(cause: unknown) {
    super(`каталог не построен: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'CatalogRebuildFailed';
  }
}

export class RebuildRun {
  readonly #room: RebuildRoom;
  readonly #abort = new AbortController();
  readonly #startedAt = performance.now();
  #reportedAt = performance.now();
  #progress: CatalogProgress;

  constructor(room: RebuildRoom) {
    this.#room = room;
    const totals = room.catalog.totals(NEVER);
    this.#progress = { files: 0, bucketsDone: 0, bucketsTotal: 0, totals };
  }

  /** Строит каталог целиком; бросает CatalogRebuildFailed, отказ диска или причину остановки. */
  async build(): Promise<RebuildReport> {
    const { disk, layout, catalog, inThread, log } = this.#room;
    const { signal } = this.#abort;
    // Открытая здесь транзакция не дала бы строящему писать.
    catalog.commit();
    const onProgress = (progress: RebuildProgress): void => this.#note({ ...this.#progress, ...progress });
    const report = inThread
      ? await this.#buildInThread(signal)
      : await rebuildCatalog(disk, layout, catalog, { onProgress, signal });
    for (const { path, reason } of report.damaged) {
      log.error({ event: 'attr_damaged', path, reason }, 'описание не читается');
    }
    const durationMs = performance.now() - this.#startedAt;
    log.info({ event: 'catalog_rebuilt', files: report.files, durationMs }, 'каталог построен');
    return report;
  }

  async #buildInThread(signal: AbortSignal): Promise<RebuildReport> {
    const { layout, catalog } = this.#room;
    try {
      const report = await rebuildInThread(layout, { onProgress: (progress) => this.#note(progress), signal });
      catalog.recount();
      return report;
    } catch (cause) {
      throw signal.aborted ? signal.reason : new CatalogRebuildFailed(cause);
    }
  }

  /** Прерывает построение; каталог остаётся недостроенным и за целый не сойдёт: эпохи в нём нет. */
  stop(): void {
    this.#abort.abort(new Error('построение каталога прервано остановкой'));
  }

  get stopped(): boolean {
    return this.#abort.signal.aborted;
  }

  get totals(): Readonly<Record<StoredStatus, StatusTotals>> {
    return this.#progress.totals;
  }

  get files(): number {
    return this.#progress.files;
  }

  get percent(): number {
    const { bucketsDone, bucketsTotal } = this.#progress;
    return bucketsTotal === 0 ? 0 : Math.floor((bucketsDone * 1000) / bucketsTotal) / 10;
  }

  get filesPerSecond(): number {
    return Math.round((this.files * 1000) / Math.max(performance.now() - this.#startedAt, 1));
  }

  /** Ход одной фразой: для готовности и для отказов. */
  describe(): { ru: string; en: string } {
    const { files, percent, filesPerSecond } = this;
    return {
      ru: `Каталог элемента строится заново: внесено файлов ${files}, ${percent} %, ${filesPerSecond} в секунду.`,
      en: `The catalog is being rebuilt: ${files} files, ${percent} %, ${filesPerSecond} files/s.`,
    };
  }

  /** Отказ тому, кто просит то, чего недостроенный каталог честно сказать не может. */
  notReady(): ArtError {
    return new ArtError('NOT_READY', { explain: this.describe(), retryAfterSeconds: RETRY_SECONDS });
  }

  #note(progress: CatalogProgress): void {
    this.#progress = progress;
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now;
    const { files, percent, filesPerSecond } = this;
    this.#room.log.info({ event: 'catalog_rebuilding', files, percent, filesPerSecond }, 'каталог строится');
  }
}

/** До этого мига не истёк ничей срок. */
const NEVER = '0000';

/** Недостроенный каталог: внесённое он знает, обо всём прочем отвечает NOT_READY, а не «не найдено». */
export function unfinishedCatalog(catalog: Catalog, run: RebuildRun): CatalogView {
  const refuse = (): never => {
    throw run.notReady();
  };
  return {
    get: (fileId) => catalog.get(fileId) ?? (catalog.damaged.has(fileId) ? undefined : refuse()),
    damaged: { has: (fileId) => catalog.damaged.has(fileId) || refuse() },
    verified: catalog.verified,
    list: refuse,
    changes: refuse,
    totals: () => run.totals,
    dueQueue: catalog.dueQueue,
    historyFrom: catalog.historyFrom,
    tombstoneCount: catalog.tombstoneCount,
    forgetTombstones: refuse,
    get storedBytes() {
      return Object.values(run.totals).reduce((sum, { bytes }) => sum + bytes, 0);
    },
  };
}
