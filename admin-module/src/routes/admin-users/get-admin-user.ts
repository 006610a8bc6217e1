// GET /api/v1/admin-users/{id}: один администратор.
import type { Handler } from '@artstore/chassis';
import type { AdminUser } from '../../accounts/admin-users-table.ts';
import type { AdminOperations } from '../../api-types.ts';
import { found } from '../found.ts';

export function getAdminUserRoute(
  getUser: (id: string) => Promise<AdminUser | undefined>,
): Handler<AdminOperations['getAdminUser']> {
  return async ({ params }) => ({ status: 200, body: found(await getUser(params.id)) });
}
