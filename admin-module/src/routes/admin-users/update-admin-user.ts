// PUT /api/v1/admin-users/{id}: изменить администратора.
import type { Handler } from '@artstore/chassis';
import { editAdminUser, type UserRooms } from '../../accounts/admin-users.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';

export function updateAdminUserRoute(rooms: UserRooms): Handler<AdminOperations['updateAdminUser']> {
  return async (call) => {
    const { role, status, full_name: fullName } = call.body;
    const edit = { role, status, fullName };
    return { status: 200, body: await editAdminUser(rooms, { id: call.params.id, edit, actor: actorOf(call) }) };
  };
}
