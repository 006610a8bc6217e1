// GET /api/v1/storage-elements/{id}/syncs: история синхронизаций элемента.
import type { Handler } from '@artstore/chassis';
import { page } from '@artstore/contracts';
import type { AdminOperations } from '../../api-types.ts';
import type { StorageElement } from '../../elements/elements-table.ts';
import type { SyncRun } from '../../sync/syncs-table.ts';
import { found } from '../found.ts';
import { pageWindow } from '../page-window.ts';

export type ListSyncs = (o: {
  storageElementId: string;
  state?: string | undefined;
  limit: number;
  offset: number;
}) => Promise<{ items: SyncRun[]; total: number }>;

export function listSyncsRoute(
  getElement: (id: string) => Promise<StorageElement | undefined>,
  listSyncs: ListSyncs,
): Handler<AdminOperations['listStorageElementSyncs']> {
  return async ({ params, query }) => {
    const { id } = found(await getElement(params.id));
    const { limit, offset } = pageWindow(query);
    const { items, total } = await listSyncs({ storageElementId: id, state: query.state, limit, offset });
    return { status: 200, body: page(items, total, limit, offset) };
  };
}
