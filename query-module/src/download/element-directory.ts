// Где лежат элементы хранения: список от Admin Module, обновляемый в фоне. Пока Admin недоступен, действует последний
// удачный список. Адреса отсюда не выходят дальше клиента элементов.
import { type Logger, type Periodic, every } from '@artstore/chassis';
import type { AdminClient, StorageElement } from '@artstore/clients';

export interface ElementDirectory {
  /** Элемент по имени; незнакомый заставляет обновить список, но не чаще двух раз в секунду. */
  find(storageId: string, signal: AbortSignal): Promise<StorageElement | undefined>;
  /** Сколько элементов известно; undefined — список ещё ни разу не получен. */
  size(): number | undefined;
  close(): Promise<void>;
}

export interface ElementDirectoryOptions {
  readonly admin: Pick<AdminClient, 'listStorageElements'>;
  readonly refreshMs: number;
  readonly log: Logger;
}

/** Пока списка нет, его добиваются чаще обычного. */
const FIRST_REFRESH_MS = 1_000;
const UNKNOWN_REFRESH_MS = 500;

export function openElementDirectory({ admin, refreshMs, log }: ElementDirectoryOptions): ElementDirectory {
  let elements: ReadonlyMap<string, StorageElement> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let failing = false;
  let refreshing = false;

  async function refresh(signal: AbortSignal): Promise<void> {
    askedAtMs = performance.now();
    refreshing = true;
    try {
      const list = await admin.listStorageElements(signal);
      elements = new Map(list.map((element) => [element.id, element]));
      if (failing)
        log.info({ event: 'elements_refreshed', elements: list.length }, 'список элементов хранения снова доступен');
      failing = false;
    } catch (error) {
      // Об одном и том же отказе — одна запись, а не по записи на каждую попытку.
      if (!failing && !signal.aborted) {
        log.warn(
          { event: 'elements_refresh_failed', err: error },
          'список элементов хранения не обновлён, действует прежний',
        );
      }
      failing = true;
    } finally {
      refreshing = false;
    }
  }

  const regular: Periodic = every({
    name: 'elements_refresh',
    intervalMs: refreshMs,
    log,
    runAtStart: true,
    job: refresh,
  });
  const first: Periodic = every({
    name: 'elements_first_refresh',
    intervalMs: FIRST_REFRESH_MS,
    log,
    job: async () => {
      if (elements === undefined) await regular.runNow();
    },
  });

  return {
    async find(storageId, signal) {
      const known = elements?.get(storageId);
      if (known !== undefined) return known;
      // Идущее обновление ждут все: сразу после запуска списка ещё нет, но он вот-вот будет.
      if (!refreshing && performance.now() - askedAtMs < UNKNOWN_REFRESH_MS) return undefined;
      await regular.runNow();
      signal.throwIfAborted();
      return elements?.get(storageId);
    },
    size: () => elements?.size,
    async close() {
      await Promise.all([first.stop(), regular.stop()]);
    },
  };
}
