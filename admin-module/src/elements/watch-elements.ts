// Наблюдение за элементами: все разом, каждый в своём пределе времени; молчащий не задерживает остальных.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@artstore/chassis';
import { isArtError } from '@artstore/contracts';
import type { ElementRooms } from './element-rooms.ts';
import { listSyncPositions, recordAbsence, recordObservation, type SyncPosition } from './elements-table.ts';
import { probeElement } from './probe-element.ts';

/** Одна потерянная попытка по дальней сети ещё ничего не значит. */
const RETRY_MS = 1_000;

export interface WatchElements {
  /** Опросить всех сейчас. */
  (signal: AbortSignal): Promise<void>;
}

export function createWatchElements(rooms: Pick<ElementRooms, 'database' | 'client'>, log: Logger): WatchElements {
  const watched = new Set<string>();
  return async (signal) => {
    const elements = await listSyncPositions(rooms.database.db);
    await Promise.all(
      elements
        .filter(({ id }) => !watched.has(id))
        .map(async (element) => {
          watched.add(element.id);
          try {
            await watchElement(rooms, element, { log, signal });
          } finally {
            watched.delete(element.id);
          }
        }),
    );
  };
}

async function watchElement(
  { database, client }: Pick<ElementRooms, 'database' | 'client'>,
  element: SyncPosition,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  const probe = () => probeElement({ client, url: element.url, expectedId: element.id, signal });
  try {
    const { seen } = await probe().catch(async (error: unknown) => {
      signal.throwIfAborted();
      if (!isArtError(error, 'SE_UNAVAILABLE')) throw error;
      await sleep(RETRY_MS, undefined, { signal });
      return await probe();
    });
    await recordObservation(database.db, element.id, seen);
    if (element.status !== seen.status) report(log, element, seen.status);
  } catch (error) {
    if (signal.aborted) return;
    await recordAbsence(database.db, element.id, reasonOf(error));
    if (element.status !== 'offline') report(log, element, 'offline', error);
  }
}

function report(log: Logger, element: SyncPosition, status: string, error?: unknown): void {
  const record = { event: 'storage_element_status', storageId: element.id, was: element.status, status, err: error };
  if (status === 'online') log.info(record, 'элемент хранения снова работает');
  else log.warn(record, 'состояние элемента хранения изменилось');
}

/** Короткая причина для человека; чужих слов дословно не повторяет. */
function reasonOf(error: unknown): string {
  if (!isArtError(error)) return 'internal_error';
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if (cause.message.startsWith('expected storage element')) return 'another storage element answers';
    if (
      'code' in cause &&
      typeof cause.code === 'string' &&
      /^[A-Z][A-Z0-9_]{2,40}$/.test(cause.code) &&
      cause !== error
    ) {
      return cause.code;
    }
  }
  return error.code === 'VALIDATION_ERROR' ? 'address is not allowed' : 'no valid answer';
}
