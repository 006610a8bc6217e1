// POST /api/v1/storage-elements/{id}/mode: сменить режим элемента.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import { changeMode } from '../../elements/change-mode.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';

export function changeModeRoute(rooms: ElementRooms): Handler<AdminOperations['transitionStorageElementMode']> {
  return async (call) => {
    const { target_mode: targetMode, confirm = false } = call.body;
    const request = { id: call.params.id, targetMode, confirm, actor: actorOf(call), signal: call.signal };
    return { status: 200, body: await changeMode(rooms, request) };
  };
}
