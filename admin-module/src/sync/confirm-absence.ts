// Живой вопрос элементу о каждом исчезнувшем файле и пометка тех, о ком он сам ответил именным 404.
// Любой другой ответ бросает проход: сомнение — не повод помечать.
import type { ElementFile } from '@artstore/clients';
import { isArtError } from '@artstore/contracts';
import { recordAuditBatch } from '../audit/audit-table.ts';
import { type DeletionMark, markDeleted } from '../registry/files-table.ts';
import { addCounts, type SyncPass } from './sync-pass.ts';

/** Столько вопросов задаётся одновременно. */
const CONFIRM_CONCURRENCY = 8;

export interface ConfirmedAbsence<M extends DeletionMark> {
  readonly gone: readonly M[];
  /** Файлы, которые вопреки перечню или ленте на элементе есть. */
  readonly found: readonly ElementFile[];
}

export async function confirmAbsence<M extends DeletionMark>(
  { client, element, signal }: SyncPass,
  marks: readonly M[],
): Promise<ConfirmedAbsence<M>> {
  const waiting = [...marks];
  const gone: M[] = [];
  const found: ElementFile[] = [];
  async function confirmNext(): Promise<void> {
    for (let mark = waiting.pop(); mark !== undefined; mark = waiting.pop()) {
      try {
        found.push(await client.getFile(element, mark.fileId, signal));
      } catch (error) {
        if (isArtError(error, 'FILE_NOT_FOUND')) {
          gone.push(mark);
          continue;
        }
        waiting.length = 0;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: CONFIRM_CONCURRENCY }, confirmNext));
  return { gone, found };
}

export interface MarkGone<M extends DeletionMark> {
  readonly gone: readonly M[];
  readonly untouchedSince: string | null;
  readonly reasonOf: (mark: M) => string;
}

/** Помечает удалёнными; у каждой пометки в журнале своя причина. Пробный проход только считает. */
export async function markGone<M extends DeletionMark>(pass: SyncPass, o: MarkGone<M>): Promise<void> {
  const { database, element, actor, runId, dryRun } = pass;
  const { gone, untouchedSince, reasonOf } = o;
  if (gone.length === 0) return;
  const reasons = new Map(gone.map((mark) => [mark.fileId, reasonOf(mark)]));
  const marked = dryRun
    ? gone.length
    : await database.transaction(async (db) => {
        const ids = await markDeleted(db, { storageElementId: element.id, marks: gone, untouchedSince });
        await recordAuditBatch(
          db,
          ids.map((objectId) => ({
            actor,
            action: 'file_marked_deleted',
            objectType: 'file',
            objectId,
            reason: reasons.get(objectId) ?? null,
            after: { status: 'deleted', sync_id: runId },
          })),
        );
        return ids.length;
      });
  addCounts(pass, { markedDeleted: marked });
}
