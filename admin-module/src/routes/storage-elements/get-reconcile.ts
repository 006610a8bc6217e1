// GET /api/v1/storage-elements/{id}/reconcile: ответ элемента как есть.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';
import { getReconcile } from '../../elements/pass-on.ts';

export function getReconcileRoute(rooms: ElementRooms): Handler<AdminOperations['getStorageElementReconcile']> {
  return async ({ params, signal }) => ({ status: 200, body: { ...(await getReconcile(rooms, params.id, signal)) } });
}
