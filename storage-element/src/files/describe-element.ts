// Что элемент говорит о себе: личность, режим, место, счёт файлов.
import type { StatusTotals } from '../engine/catalog.ts';
import type { SpaceReport } from '../engine/space.ts';
import type { Store } from '../engine/store.ts';
import type { StoredStatus } from './file.ts';
import { allowedOperations, type FileOperation, type StorageMode } from './mode.ts';

export interface ElementDescription {
  readonly storageId: string;
  readonly epoch: string;
  readonly mode: StorageMode;
  /** degraded — читать можно, писать нельзя; maintenance — строится каталог, счёт файлов ещё не полон. */
  readonly status: 'online' | 'degraded' | 'maintenance';
  readonly capacity: SpaceReport;
  readonly counts: Readonly<Record<StoredStatus, StatusTotals>>;
  readonly revision: number;
  readonly allowedOperations: readonly FileOperation[];
}

/** Бросает NOT_READY, если каталога данных нет на месте: счёт чужого диска — не наш. */
export async function describeElement(store: Store): Promise<ElementDescription> {
  store.requirePresent();
  const capacity = await store.space.report();
  return {
    storageId: store.storageId,
    epoch: store.epoch,
    mode: store.mode,
    status: statusOf(store, capacity),
    capacity,
    counts: store.catalog.totals(new Date(store.nowMs()).toISOString()),
    revision: store.revision,
    allowedOperations: allowedNow(store),
  };
}

function statusOf(store: Store, { availableBytes }: SpaceReport): ElementDescription['status'] {
  const canWrite = store.failure === undefined && store.diskState === 'present' && availableBytes > 0;
  if (!canWrite) return 'degraded';
  return store.rebuild === undefined ? 'online' : 'maintenance';
}

/** Пока каталог строится, можно только читать то, что в него уже внесено. */
function allowedNow(store: Store): readonly FileOperation[] {
  const allowed = allowedOperations(store.mode);
  return store.rebuild === undefined ? allowed : allowed.filter((name) => DURING_REBUILD.includes(name));
}

const DURING_REBUILD: readonly FileOperation[] = ['download', 'metadata'];
