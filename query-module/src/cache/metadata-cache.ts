// Горячие строки реестра в памяти (требования, 2.6): один поход в базу на файл, сколько бы клиентов его ни спросило,
// объём ограничен байтами. Пока базы нет, отдаётся последнее известное, но не старше часа.
import { isArtError } from '@artstore/contracts';
import { LRUCache } from 'lru-cache';
import type { FileRow } from '../registry/file-row.ts';

export type CacheResult = 'hit' | 'miss' | 'stale';

export interface MetadataCache {
  /** Строка файла; undefined — реестр такого не знает. */
  get(fileId: string): Promise<FileRow | undefined>;
  /** Забывает файл, о котором известно, что строка в реестре меняется. */
  evict(fileId: string): void;
  bytes(): number;
}

export interface MetadataCacheOptions {
  readonly load: (fileId: string) => Promise<FileRow | undefined>;
  readonly ttlMs: number;
  readonly bytesMax: number;
  readonly onRequest: (result: CacheResult) => void;
}

interface Held {
  readonly row: FileRow;
  readonly loadedAtMs: number;
}

/** Дольше этого последнее известное уже не выдаётся за правду. */
const STALE_MAX_MS = 60 * 60_000;
/** Столько устаревшая строка служит после отказа базы, прежде чем базу спросят снова. */
const STALE_TTL_MS = 2_000;
/** Накладные расходы строки в памяти сверх её текста. */
const ROW_OVERHEAD_BYTES = 512;

export function createMetadataCache({ load, ttlMs, bytesMax, onRequest }: MetadataCacheOptions): MetadataCache {
  const cache = new LRUCache<string, Held>({
    maxSize: bytesMax,
    sizeCalculation: (held) => ROW_OVERHEAD_BYTES + 2 * JSON.stringify(held.row).length,
    ttl: ttlMs,
    perf: performance,
    // Вытеснение посреди похода в базу не повод отказать тем, кто его ждёт.
    ignoreFetchAbort: true,
    noDeleteOnFetchRejection: true,
    noDeleteOnStaleGet: true,
    fetchMethod: async (fileId, known, { options }) => {
      try {
        const row = await load(fileId);
        return row === undefined ? undefined : { row, loadedAtMs: performance.now() };
      } catch (error) {
        if (known === undefined || !isArtError(error, 'NOT_READY')) throw error;
        if (performance.now() - known.loadedAtMs > STALE_MAX_MS) throw error;
        options.ttl = STALE_TTL_MS;
        return known;
      }
    },
  });

  return {
    async get(fileId) {
      const known = cache.get(fileId);
      const held = known ?? (await cache.fetch(fileId));
      const stale = held !== undefined && performance.now() - held.loadedAtMs > ttlMs;
      onRequest(stale ? 'stale' : known === undefined ? 'miss' : 'hit');
      return held?.row;
    },
    evict: (fileId) => void cache.delete(fileId),
    bytes: () => cache.calculatedSize,
  };
}
