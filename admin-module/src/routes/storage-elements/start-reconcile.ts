// POST /api/v1/storage-elements/{id}/reconcile: передаётся элементу.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';
import { startReconcile } from '../../elements/pass-on.ts';

export function startReconcileRoute(rooms: ElementRooms): Handler<AdminOperations['startStorageElementReconcile']> {
  return async (call) => {
    const request = { id: call.params.id, options: call.body ?? {}, actor: actorOf(call), signal: call.signal };
    return { status: 202, body: { ...(await startReconcile(rooms, request)) } };
  };
}
