// Лента изменений: что переменилось после известной revision.
import type { Change } from '../engine/catalog.ts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus } from './file.ts';
import { requireOperation } from './require-file.ts';

export interface ChangesOrder {
  /** Последняя известная читателю revision; 0 — читает с начала. */
  readonly after: number;
  /** historyFrom с первой страницы этого чтения: что забыто раньше, читатель и не знал. */
  readonly knownHistoryFrom?: number | undefined;
  readonly limit: number;
}

export interface ChangesPage {
  readonly epoch: string;
  readonly items: Change[];
  readonly nextAfter: number;
  readonly hasMore: boolean;
  /** До этой revision надгробия забыты. */
  readonly historyFrom: number;
  /** Читатель знает то, чего в истории нет: ему нужен полный список. */
  readonly historyLost: boolean;
}

/** Бросает MODE_NOT_ALLOWED. */
export function listChanges(store: Store, order: ChangesOrder): ChangesPage {
  requireOperation(store, 'list');
  const { after, limit } = order;
  const { epoch, revision } = store;
  const { historyFrom } = store.catalog;
  if (isLost(store, order)) {
    return { epoch, items: [], nextAfter: revision, hasMore: false, historyFrom, historyLost: true };
  }
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
  return { epoch, items, nextAfter: hasMore ? last : revision, hasMore, historyFrom, historyLost: false };
}

/**
 * Читателю мог достаться файл, о чьём удалении лента уже молчит: его метка старше забытого, и читать он начал раньше,
 * чем забыто. Начавшему с нуля терять нечего; на следующих страницах он узнаётся по knownHistoryFrom.
 */
function isLost(store: Store, { after, knownHistoryFrom }: ChangesOrder): boolean {
  if (after > store.revision) return true;
  const { historyFrom } = store.catalog;
  return after > 0 && after < historyFrom && (knownHistoryFrom === undefined || knownHistoryFrom < historyFrom);
}
