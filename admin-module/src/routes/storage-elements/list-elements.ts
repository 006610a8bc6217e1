// GET /api/v1/storage-elements: список элементов хранения.
import type { Handler } from '@artstore/chassis';
import { page } from '@artstore/contracts';
import type { AdminOperations } from '../../api-types.ts';
import type { StorageElement } from '../../elements/elements-table.ts';
import { pageWindow } from '../page-window.ts';

export type ListElements = (o: {
  mode?: string | undefined;
  status?: string | undefined;
  limit: number;
  offset: number;
}) => Promise<{ items: StorageElement[]; total: number }>;

export function listElementsRoute(listElements: ListElements): Handler<AdminOperations['listStorageElements']> {
  return async ({ query }) => {
    const { limit, offset } = pageWindow(query);
    const { items, total } = await listElements({ mode: query.mode, status: query.status, limit, offset });
    return { status: 200, body: page(items, total, limit, offset) };
  };
}
