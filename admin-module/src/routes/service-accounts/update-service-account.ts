// PUT /api/v1/service-accounts/{id}: изменить учётную запись службы.
import type { Handler } from '@artstore/chassis';
import { editServiceAccount } from '../../accounts/service-accounts.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Database } from '../../database-table.ts';

export function updateServiceAccountRoute(database: Database): Handler<AdminOperations['updateServiceAccount']> {
  return async (call) => ({
    status: 200,
    body: await editServiceAccount(database, { id: call.params.id, edit: call.body, actor: actorOf(call) }),
  });
}
