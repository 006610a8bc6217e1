// Какие элементы подключены: короткая память, чтобы выдача токена не спрашивала базу каждый раз.
// Незнакомое имя решает только чтение, начатое после вопроса: элемент могла только что подключить другая копия модуля.
import type { Database } from '../database-table.ts';
import { listElementIds } from './elements-table.ts';

export interface KnownElements {
  has(id: string): Promise<boolean>;
  /** Забыть известное: состав элементов только что изменился. */
  forget(): void;
}

/** Столько отключённый в другой копии элемент ещё считается здесь подключённым. */
const REMEMBER_MS = 10_000;

export function createKnownElements(database: Pick<Database, 'db'>): KnownElements {
  let ids: ReadonlySet<string> = new Set();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function read(): Promise<void> {
    const startedAtMs = performance.now();
    ids = new Set(await listElementIds(database.db));
    readAtMs = startedAtMs;
  }

  /** Чтение, которое ещё не началось: сколько бы ни спрашивали, одно идёт и одно ждёт. */
  function readAfresh(): Promise<void> {
    if (reading === undefined) {
      reading = read().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    next ??= reading
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return readAfresh();
      });
    return next;
  }

  return {
    async has(id) {
      if (ids.has(id) && performance.now() - readAtMs < REMEMBER_MS) return true;
      await readAfresh();
      return ids.has(id);
    },
    forget() {
      readAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
