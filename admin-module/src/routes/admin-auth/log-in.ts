// POST /api/v1/admin-auth/login: войти.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { LogIn } from '../../identity/log-in.ts';
import { NO_STORE } from '../no-store.ts';

export function logInRoute(logIn: LogIn): Handler<AdminOperations['logIn']> {
  return async ({ body, remoteAddress, requestId }) => ({
    status: 200,
    headers: NO_STORE,
    body: await logIn({ ...body, origin: { remoteAddress, requestId } }),
  });
}
