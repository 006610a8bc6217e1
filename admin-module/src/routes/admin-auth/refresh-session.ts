// POST /api/v1/admin-auth/refresh: продлить сеанс.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import type { RefreshSession } from '../../identity/refresh-session.ts';
import { NO_STORE } from '../no-store.ts';

export function refreshSessionRoute(refresh: RefreshSession): Handler<AdminOperations['refreshSession']> {
  return async ({ body, remoteAddress, requestId }) => ({
    status: 200,
    headers: NO_STORE,
    body: await refresh(body.refresh_token, { remoteAddress, requestId }),
  });
}
