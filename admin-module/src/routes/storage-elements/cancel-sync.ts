// POST /api/v1/storage-elements/{id}/syncs/{sync_id}/cancel: прервать синхронизацию.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { Database } from '../../database-table.ts';
import { cancelSync } from '../../sync/cancel-sync.ts';

export function cancelSyncRoute(database: Database): Handler<AdminOperations['cancelStorageElementSync']> {
  return async (call) => {
    const { id: storageElementId, sync_id: syncId } = call.params;
    return { status: 202, body: await cancelSync(database, { storageElementId, syncId, actor: actorOf(call) }) };
  };
}
