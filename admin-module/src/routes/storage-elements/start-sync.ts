// POST /api/v1/storage-elements/{id}/sync: синхронизировать реестр с элементом.
import type { Handler } from '@artstore/chassis';
import type { AdminOperations } from '../../api-types.ts';
import { actorOf } from '../../audit/actor.ts';
import type { SyncSchedule } from '../../sync/sync-schedule.ts';

export function startSyncRoute(schedule: SyncSchedule): Handler<AdminOperations['startStorageElementSync']> {
  return async (call) => {
    const { mode = 'changes', dry_run: dryRun = false, confirm = false } = call.body ?? {};
    const run = await schedule.start({ storageElementId: call.params.id, mode, dryRun, confirm, actor: actorOf(call) });
    return { status: 202, body: run };
  };
}
