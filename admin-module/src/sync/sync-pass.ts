// Один идущий проход: счётчики, первая ошибка, запись хода и отмена. Порядок шагов знают sync-changes и sync-full.
import type { ElementAddress, StorageElementClient, UnreadableItem } from '@artstore/clients';
import type { Actor } from '../audit/actor.ts';
import { recordAuditBatch } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { unstorableFields } from '../registry/check-file-text.ts';
import { type ElementFile, mergeFiles } from '../registry/files-table.ts';
import { type SyncCounts, type SyncFault, recordProgress } from './syncs-table.ts';

export interface SyncPass {
  readonly runId: string;
  readonly element: ElementAddress;
  readonly dryRun: boolean;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  readonly database: Database;
  readonly client: StorageElementClient;
  counts: SyncCounts;
  /** Первое, что не удалось прочесть или записать; проход из-за него не останавливается. */
  fault: SyncFault | undefined;
}

/** Проход прерван по просьбе. */
export class SyncCancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'SyncCancelled';
  }
}

export const NO_COUNTS: SyncCounts = { seen: 0, added: 0, updated: 0, unchanged: 0, markedDeleted: 0, conflicts: 0 };

/** Вносит прочитанную у элемента страницу одной транзакцией вместе с записями журнала о кончившихся файлах. */
export async function mergePage(
  pass: SyncPass,
  files: readonly ElementFile[],
  epochSeenAt: string | null,
): Promise<void> {
  const storable = files.filter((file) => {
    const fields = unstorableFields(file);
    if (fields.length > 0) noteFault(pass, 'UNREADABLE_FILE', `${file.file_id}: ${fields.join(', ')}`);
    return fields.length === 0;
  });
  const storageElementId = pass.element.id;
  const merged = await pass.database.transaction(async (db) => {
    const outcome = await mergeFiles(db, {
      storageElementId,
      files: lastOfEach(storable),
      epochSeenAt,
      dryRun: pass.dryRun,
    });
    if (!pass.dryRun) {
      await recordAuditBatch(
        db,
        outcome.ended.map(({ fileId, status }) => ({
          actor: pass.actor,
          action: status === 'deleted' ? 'file_deleted' : 'file_expired',
          objectType: 'file',
          objectId: fileId,
          reason: 'sync: the storage element says so',
        })),
      );
    }
    return outcome;
  });
  const { counts } = pass;
  pass.counts = {
    ...counts,
    seen: counts.seen + files.length,
    added: counts.added + merged.added,
    updated: counts.updated + merged.updated,
    unchanged: counts.unchanged + merged.unchanged,
    conflicts: counts.conflicts + merged.conflicts,
  };
}

/** Записывает ход и останавливает проход, если его просили прервать или замок потерян. */
export async function reportProgress(pass: SyncPass): Promise<void> {
  pass.signal.throwIfAborted();
  const { cancelRequested } = await recordProgress(pass.database.db, pass.runId, pass.counts);
  if (cancelRequested) throw new SyncCancelled();
}

export function noteUnreadable(pass: SyncPass, items: readonly UnreadableItem[]): void {
  for (const { file_id: fileId, reason } of items)
    noteFault(pass, 'UNREADABLE_FILE', `${fileId ?? 'unknown'}: ${reason}`);
}

export function noteFault(pass: SyncPass, code: string, message: string): void {
  pass.fault ??= { code, message };
}

/** В порции ленты файл встречается столько раз, сколько менялся; одним запросом его можно записать лишь раз. */
function lastOfEach(files: readonly ElementFile[]): readonly ElementFile[] {
  const newest = new Map<string, ElementFile>();
  for (const file of files) {
    const known = newest.get(file.file_id);
    if (known === undefined || known.revision <= file.revision) newest.set(file.file_id, file);
  }
  return [...newest.values()];
}
