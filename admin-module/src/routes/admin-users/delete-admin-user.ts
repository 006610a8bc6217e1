// DELETE /api/v1/admin-users/{id}: удалить администратора.
import type { Handler } from '@artstore/chassis';
import { removeAdminUser, type UserRooms } from '../../accounts/admin-users.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';

export function deleteAdminUserRoute(rooms: UserRooms): Handler<AdminOperations['deleteAdminUser']> {
  return async (call) => {
    await removeAdminUser(rooms, call.params.id, actorOf(call));
    return { status: 204 };
  };
}
