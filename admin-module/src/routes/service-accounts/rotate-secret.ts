// POST /api/v1/service-accounts/{id}/rotate-secret: выпустить новый секрет.
import type { Handler } from '@artstore/chassis';
import { rotateSecret } from '../../accounts/service-accounts.ts';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Database } from '../../database-table.ts';
import { NO_STORE } from '../no-store.ts';
import { SECRET_TTL_DAYS_DEFAULT } from './secret-ttl.ts';

export function rotateSecretRoute(database: Database): Handler<AdminOperations['rotateServiceAccountSecret']> {
  return async (call) => {
    const { account, clientSecret } = await rotateSecret(database, {
      id: call.params.id,
      secretTtlDays: call.body?.secret_ttl_days ?? SECRET_TTL_DAYS_DEFAULT,
      overlapHours: call.body?.overlap_hours ?? 0,
      actor: actorOf(call),
    });
    return { status: 200, headers: NO_STORE, body: { account, client_secret: clientSecret } };
  };
}
