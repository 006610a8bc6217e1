// PUT /api/v1/storage-elements/{id}: изменить имя или адрес элемента.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import { editElement } from '../../elements/edit-element.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';

export function updateElementRoute(rooms: ElementRooms): Handler<AdminOperations['updateStorageElement']> {
  return async (call) => {
    const { name, url } = call.body;
    const request = { id: call.params.id, name, url, actor: actorOf(call), signal: call.signal };
    return { status: 200, body: await editElement(rooms, request) };
  };
}
