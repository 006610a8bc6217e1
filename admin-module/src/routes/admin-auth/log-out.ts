// POST /api/v1/admin-auth/logout: выйти.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Authentication } from '../../identity/authenticate.ts';
import type { LogOut } from '../../identity/log-out.ts';

export function logOutRoute(logOut: LogOut, { sessionOf }: Authentication): Handler<AdminOperations['logOut']> {
  return async (call) => {
    const { sessionId, userId } = sessionOf(call.principal);
    await logOut({ sessionId, userId, all: call.body?.all ?? false, actor: actorOf(call) });
    return { status: 204 };
  };
}
