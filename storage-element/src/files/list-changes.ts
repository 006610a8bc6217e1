// Лента изменений: что переменилось после известной revision.
import type { Change } from '../engine/catalog.ts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus } from './file.ts';
import { requireOperation } from './require-file.ts';

export interface ChangesPage {
  readonly epoch: string;
  readonly items: Change[];
  readonly nextAfter: number;
  readonly hasMore: boolean;
  /** Читатель знает то, чего в истории нет: ему нужен полный список. */
  readonly historyLost: boolean;
}

/** Бросает MODE_NOT_ALLOWED. */
export function listChanges(store: Store, { after, limit }: { after: number; limit: number }): ChangesPage {
  requireOperation(store, 'list');
  const { epoch, revision } = store;
  if (after > revision) return { epoch, items: [], nextAfter: after, hasMore: false, historyLost: true };
  const nowMs = store.nowMs();
  const found = store.catalog.changes(after, limit + 1);
  const items = found
    .slice(0, limit)
    .map((change) =>
      change.type === 'upsert'
        ? { ...change, file: { ...change.file, status: effectiveStatus(change.file, nowMs) } }
        : change,
    );
  const hasMore = found.length > limit;
  const last = items.at(-1)?.revision ?? after;
  return { epoch, items, nextAfter: hasMore ? last : revision, hasMore, historyLost: false };
}
