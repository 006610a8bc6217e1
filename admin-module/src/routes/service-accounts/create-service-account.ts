// POST /api/v1/service-accounts: завести учётную запись службы.
import type { Handler } from '@artstore/chassis';
import { createServiceAccount } from '../../accounts/service-accounts.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Database } from '../../database-table.ts';
import { NO_STORE } from '../no-store.ts';
import { SECRET_TTL_DAYS_DEFAULT } from './secret-ttl.ts';

export function createServiceAccountRoute(database: Database): Handler<AdminOperations['createServiceAccount']> {
  return async (call) => {
    const { name, scopes, description = '', secret_ttl_days: secretTtlDays = SECRET_TTL_DAYS_DEFAULT } = call.body;
    const wish = { name, scopes, description, secretTtlDays };
    const { account, clientSecret } = await createServiceAccount(database, wish, actorOf(call));
    return { status: 201, headers: NO_STORE, body: { account, client_secret: clientSecret } };
  };
}
