// POST /api/v1/storage-elements. Полный проход начинается сам, ответ его не ждёт.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { ElementRooms } from '../../elements/element-rooms.ts';
import { registerElement } from '../../elements/register-element.ts';
import type { SyncSchedule } from '../../sync/sync-schedule.ts';

export function registerElementRoute(
  rooms: ElementRooms,
  schedule: SyncSchedule,
): Handler<AdminOperations['registerStorageElement']> {
  return async (call) => {
    const { name, url } = call.body;
    const element = await registerElement(rooms, { name, url, actor: actorOf(call), signal: call.signal });
    schedule.wake();
    return { status: 201, body: element };
  };
}
