// POST /api/v1/admin-users/{id}/unlock: снять блокировку входа.
import type { Handler } from '@artstore/chassis';
import { unlockAdminUser, type UserRooms } from '../../accounts/admin-users.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';

export function unlockAdminUserRoute(rooms: UserRooms): Handler<AdminOperations['unlockAdminUser']> {
  return async (call) => {
    await unlockAdminUser(rooms, call.params.id, actorOf(call));
    return { status: 204 };
  };
}
