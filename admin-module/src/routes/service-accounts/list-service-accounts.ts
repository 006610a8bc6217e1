// GET /api/v1/service-accounts: список учётных записей служб.
import type { Handler } from '@artstore/chassis';
import { page } from '@artstore/contracts';
import type { ServiceAccount } from '../../accounts/service-accounts-table.ts';
import type { AdminOperations } from '../../api-types.ts';
import { pageWindow } from '../page-window.ts';

export type ListAccounts = (o: {
  status?: string | undefined;
  limit: number;
  offset: number;
}) => Promise<{ items: ServiceAccount[]; total: number }>;

export function listServiceAccountsRoute(listAccounts: ListAccounts): Handler<AdminOperations['listServiceAccounts']> {
  return async ({ query }) => {
    const { limit, offset } = pageWindow(query);
    const { items, total } = await listAccounts({ status: query.status, limit, offset });
    return { status: 200, body: page(items, total, limit, offset) };
  };
}
