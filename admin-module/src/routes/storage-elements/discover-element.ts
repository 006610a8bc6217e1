// POST /api/v1/storage-elements/discover: посмотреть, что по адресу.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { discoverElement } from '../../elements/discover-element.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';

export function discoverElementRoute(rooms: ElementRooms): Handler<AdminOperations['discoverStorageElement']> {
  return async ({ body, signal }) => ({ status: 200, body: await discoverElement(rooms, body.url, signal) });
}
