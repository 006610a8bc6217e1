// POST /api/v1/storage-elements/{id}/gc: передаётся элементу.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';
import { runGc } from '../../elements/pass-on.ts';

export function runGcRoute(rooms: ElementRooms): Handler<AdminOperations['runStorageElementGc']> {
  return async (call) => {
    const request = { id: call.params.id, options: call.body ?? {}, actor: actorOf(call), signal: call.signal };
    return { status: 202, body: { ...(await runGc(rooms, request)) } };
  };
}
