// Какие элементы подключены: короткая память, чтобы выдача токена не спрашивала базу каждый раз.
import type { Database } from '../database-table.ts';
import { listElementIds } from './elements-table.ts';

export interface KnownElements {
  has(id: string): Promise<boolean>;
  /** Забыть известное: состав элементов только что изменился. */
  forget(): void;
}

/** Столько незнакомое имя не даёт повода снова спросить базу. */
const MISS_REMEMBER_MS = 1_000;
const REMEMBER_MS = 60_000;

export function createKnownElements(database: Database): KnownElements {
  let ids: ReadonlySet<string> = new Set();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    ids = new Set(await listElementIds(database.db));
    readAtMs = performance.now();
  }

  return {
    async has(id) {
      const ageMs = performance.now() - readAtMs;
      if (ids.has(id) && ageMs < REMEMBER_MS) return true;
      if (ageMs < MISS_REMEMBER_MS) return false;
      reading ??= read().finally(() => {
        reading = undefined;
      });
      await reading;
      return ids.has(id);
    },
    forget() {
      readAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
