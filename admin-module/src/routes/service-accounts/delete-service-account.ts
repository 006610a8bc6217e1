// DELETE /api/v1/service-accounts/{id}: удалить учётную запись службы.
import type { Handler } from '@artstore/chassis';
import { removeServiceAccount } from '../../accounts/service-accounts.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Database } from '../../database-table.ts';

export function deleteServiceAccountRoute(database: Database): Handler<AdminOperations['deleteServiceAccount']> {
  return async (call) => {
    await removeServiceAccount(database, call.params.id, actorOf(call));
    return { status: 204 };
  };
}
