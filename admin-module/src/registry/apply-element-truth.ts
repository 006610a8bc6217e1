// Внести в реестр то, что элемент только что сказал о файле: запись его attr.json или именной 404.
// Решает элемент; реестр лишь догоняет, поэтому правка видна и после сбоя здесь — её довнесёт синхронизация.
import { ArtError } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { type AuditRecord, recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { checkFileText } from './check-file-text.ts';
import { type ElementFile, getFile, markDeleted, mergeFiles, type RegisteredFile } from './files-table.ts';

export interface ElementTruth {
  readonly storageElementId: string;
  readonly file: ElementFile;
  readonly audit: AuditRecord;
}

export async function applyElementFile(
  database: Database,
  { storageElementId, file, audit }: ElementTruth,
): Promise<RegisteredFile> {
  checkFileText(file);
  return await database.transaction(async (db) => {
    await mergeFiles(db, { storageElementId, files: [file], epochSeenAt: null, dryRun: false });
    await recordAudit(db, audit);
    const row = await getFile(db, file.file_id);
    if (row === undefined) throw new ArtError('FILE_NOT_FOUND', { fileId: file.file_id });
    return row;
  });
}

/** Именной 404 элемента: файла там нет. Пометка обратима — проход, увидевший файл, её снимет. */
export async function applyElementAbsence(
  database: Database,
  { row, actor, reason }: { row: RegisteredFile; actor: Actor; reason: string },
): Promise<RegisteredFile> {
  return await database.transaction(async (db) => {
    const marked = await markDeleted(db, {
      storageElementId: row.storage_element_id,
      // Записанное под этим именем заново моложе строки, которую проверяли, и под пометку не попадёт.
      marks: [{ fileId: row.file_id, revision: row.revision }],
      untouchedSince: null,
    });
    if (marked.length > 0) {
      await recordAudit(db, {
        actor,
        action: 'file_marked_deleted',
        objectType: 'file',
        objectId: row.file_id,
        reason,
        before: { status: row.status },
        after: { status: 'deleted' },
      });
    }
    return (await getFile(db, row.file_id)) ?? row;
  });
}
