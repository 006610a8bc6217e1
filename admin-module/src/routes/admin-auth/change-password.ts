// POST /api/v1/admin-auth/change-password: сменить свой пароль.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Authentication } from '../../identity/authenticate.ts';
import type { ChangePassword } from '../../identity/change-password.ts';
import { NO_STORE } from '../no-store.ts';

export function changePasswordRoute(
  changePassword: ChangePassword,
  { sessionOf }: Authentication,
): Handler<AdminOperations['changePassword']> {
  return async (call) => ({
    status: 200,
    headers: NO_STORE,
    body: await changePassword({
      userId: sessionOf(call.principal).userId,
      currentPassword: call.body.current_password,
      newPassword: call.body.new_password,
      actor: actorOf(call),
    }),
  });
}
