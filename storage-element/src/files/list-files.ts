// Страница описаний по file_id: по номеру (offset) или по ключу (after), который не сбивается при переменах.
import type { Store } from '../engine/store.ts';
import { effectiveStatus, type StoredFile, type StoredStatus } from './file.ts';
import { requireOperation } from './require-file.ts';

export interface ListOrder {
  readonly limit: number;
  readonly offset: number | undefined;
  readonly after: string | undefined;
  readonly status: StoredStatus | undefined;
}

/** nextAfter — с чего продолжить; null, если дальше ничего нет. Бросает MODE_NOT_ALLOWED. */
export function listFiles(
  store: Store,
  { limit, offset, after, status }: ListOrder,
): { items: StoredFile[]; total: number; nextAfter: string | null } {
  requireOperation(store, 'list');
  const nowMs = store.nowMs();
  // На одну запись больше: так видно, есть ли продолжение.
  const { items, total } = store.catalog.list({
    limit: limit + 1,
    offset: offset ?? 0,
    nowIso: new Date(nowMs).toISOString(),
    ...(after === undefined ? {} : { after }),
    ...(status === undefined ? {} : { status }),
  });
  const shown = items.slice(0, limit).map((file) => ({ ...file, status: effectiveStatus(file, nowMs) }));
  return { items: shown, total, nextAfter: items.length > limit ? (shown.at(-1)?.fileId ?? null) : null };
}
