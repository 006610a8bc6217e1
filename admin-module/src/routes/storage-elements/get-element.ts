// GET /api/v1/storage-elements/{id}: один элемент хранения.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { StorageElement } from '../../elements/elements-table.ts';
import { found } from '../found.ts';

export function getElementRoute(
  getElement: (id: string) => Promise<StorageElement | undefined>,
): Handler<AdminOperations['getStorageElement']> {
  return async ({ params }) => ({ status: 200, body: found(await getElement(params.id)) });
}
