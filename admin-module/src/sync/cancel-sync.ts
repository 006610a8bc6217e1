// Прервать идущий проход: просьба записывается, проход сам увидит её через секунду-другую, даже если ждёт элемента.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { requestCancel, type SyncRun } from './syncs-table.ts';

export async function cancelSync(
  database: Database,
  { storageElementId, syncId, actor }: { storageElementId: string; syncId: string; actor: Actor },
): Promise<SyncRun> {
  return await database.transaction(async (db) => {
    const run = await requestCancel(db, storageElementId, syncId);
    if (run === undefined) throw new ArtError('NOT_FOUND');
    if (run.state !== 'running') {
      throw new ArtError('CONFLICT', {
        explain: { ru: 'Этот проход уже закончен.', en: 'This run has already finished.' },
      });
    }
    await recordAudit(db, { actor, action: 'sync_cancelled', objectType: 'sync', objectId: syncId });
    return run;
  });
}
