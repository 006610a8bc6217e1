// GET /api/v1/storage-elements/{id}/gc: ответ элемента как есть.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';
import { getGc } from '../../elements/pass-on.ts';

export function getGcRoute(rooms: ElementRooms): Handler<AdminOperations['getStorageElementGc']> {
  return async ({ params, signal }) => ({ status: 200, body: { ...(await getGc(rooms, params.id, signal)) } });
}
