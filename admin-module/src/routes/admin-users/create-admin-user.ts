// POST /api/v1/admin-users: завести администратора.
import type { Handler } from '@artstore/chassis';
import { createAdminUser, type UserRooms } from '../../accounts/admin-users.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';

export function createAdminUserRoute(rooms: UserRooms): Handler<AdminOperations['createAdminUser']> {
  return async (call) => {
    const { username, role, full_name: fullName = '', password } = call.body;
    const { user, oneTimePassword } = await createAdminUser(
      rooms,
      { username, role, fullName, password },
      actorOf(call),
    );
    return { status: 201, body: { user, one_time_password: oneTimePassword } };
  };
}
