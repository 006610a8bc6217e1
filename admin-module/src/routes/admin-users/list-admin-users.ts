// GET /api/v1/admin-users: список администраторов.
import type { Handler } from '@artstore/chassis';
import { page } from '@artstore/contracts';
import type { AdminUser } from '../../accounts/admin-users-table.ts';
import type { AdminOperations } from '../../api-types.ts';
import { pageWindow } from '../page-window.ts';

export type ListUsers = (o: {
  role?: string | undefined;
  status?: string | undefined;
  limit: number;
  offset: number;
}) => Promise<{ items: AdminUser[]; total: number }>;

export function listAdminUsersRoute(listUsers: ListUsers): Handler<AdminOperations['listAdminUsers']> {
  return async ({ query }) => {
    const { limit, offset } = pageWindow(query);
    const { items, total } = await listUsers({ role: query.role, status: query.status, limit, offset });
    return { status: 200, body: page(items, total, limit, offset) };
  };
}
