// POST /api/v1/admin-users/{id}/reset-password: сбросить пароль администратора.
import type { Handler } from '@artstore/chassis';
import { resetPassword, type UserRooms } from '../../accounts/admin-users.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import { NO_STORE } from '../no-store.ts';

export function resetPasswordRoute(rooms: UserRooms): Handler<AdminOperations['resetAdminUserPassword']> {
  return async (call) => ({
    status: 200,
    headers: NO_STORE,
    body: { one_time_password: await resetPassword(rooms, call.params.id, actorOf(call)) },
  });
}
