// DELETE /api/v1/storage-elements/{id}: отключить элемент хранения.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';
import { removeElement } from '../../elements/remove-element.ts';

export function deleteElementRoute(rooms: ElementRooms): Handler<AdminOperations['deleteStorageElement']> {
  return async (call) => {
    await removeElement(rooms, call.params.id, actorOf(call));
    return { status: 204 };
  };
}
