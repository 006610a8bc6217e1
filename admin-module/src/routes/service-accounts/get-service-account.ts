// GET /api/v1/service-accounts/{id}: одна учётная запись службы.
import type { Handler } from '@artstore/chassis';
import type { ServiceAccount } from '../../accounts/service-accounts-table.ts';
import type { AdminOperations } from '../../api-types.ts';
import { found } from '../found.ts';

export function getServiceAccountRoute(
  getAccount: (id: string) => Promise<ServiceAccount | undefined>,
): Handler<AdminOperations['getServiceAccount']> {
  return async ({ params }) => ({ status: 200, body: found(await getAccount(params.id)) });
}
