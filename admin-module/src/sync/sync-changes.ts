// Проход по ленте изменений: стоит столько, сколько изменилось. Удаления ленты применяются, только если элемент
// подтвердил каждое живым именным 404; чужая эпоха и утраченная история заказывают полный проход.
import { isArtError } from '@artstore/contracts';
import type { ElementChange, ElementFile } from '@artstore/clients';
import { recordAuditBatch } from '../audit/audit-table.ts';
import { advanceChanges, requestFullSync, type SyncPosition } from '../elements/elements-table.ts';
import { type DeletionMark, keepUndeleted, markDeleted } from '../registry/files-table.ts';
import { mergePage, noteUnreadable, reportProgress, type SyncPass } from './sync-pass.ts';

const PAGE_LIMIT = 1000;
/** Столько удалений подтверждается одновременно. */
const CONFIRM_CONCURRENCY = 8;

/** Итог: догнали ленту или для продолжения нужен полный проход. */
export type ChangesOutcome = 'caught_up' | 'epoch' | 'history_lost';

export async function syncChanges(pass: SyncPass, position: SyncPosition): Promise<ChangesOutcome> {
  let after = position.revision_synced;
  for (;;) {
    const page = await pass.client.listChanges(pass.element, { after, limit: PAGE_LIMIT, signal: pass.signal });
    const broken = page.epoch !== position.epoch_synced ? 'epoch' : page.history_lost ? 'history_lost' : undefined;
    if (broken !== undefined) {
      if (!pass.dryRun) await requestFullSync(pass.database.db, pass.element.id, broken);
      return broken;
    }
    noteUnreadable(pass, page.unreadable);
    const { upserts, removals } = separate(page.items);
    const found = await confirmRemovals(pass, removals);
    if (upserts.length + found.length > 0) await mergePage(pass, [...upserts, ...found], null);
    if (!pass.dryRun) await advanceChanges(pass.database.db, pass.element.id, page.next_after);
    // Лента, которая не двигается, но обещает ещё, крутила бы нас вечно.
    if (!page.has_more || page.next_after <= after) return 'caught_up';
    after = page.next_after;
    await reportProgress(pass);
  }
}

/** Последнее слово ленты о каждом файле: поздняя запись отменяет раннюю. */
function separate(items: readonly ElementChange[]): { upserts: ElementFile[]; removals: DeletionMark[] } {
  const last = new Map<string, ElementChange>();
  for (const item of items) {
    const known = last.get(item.file_id);
    if (known === undefined || known.revision <= item.revision) last.set(item.file_id, item);
  }
  const upserts: ElementFile[] = [];
  const removals: DeletionMark[] = [];
  for (const item of last.values()) {
    if (item.type === 'upsert') upserts.push(item.file);
    else removals.push({ fileId: item.file_id, revision: item.revision });
  }
  return { upserts, removals };
}

/** Помечает подтверждённые удаления; возвращает файлы, которые на элементе вопреки ленте есть. */
async function confirmRemovals(pass: SyncPass, removals: readonly DeletionMark[]): Promise<ElementFile[]> {
  if (removals.length === 0) return [];
  const { database, element, client, signal } = pass;
  const known = await keepUndeleted(
    database.db,
    element.id,
    removals.map(({ fileId }) => fileId),
  );
  const waiting = removals.filter(({ fileId }) => known.has(fileId));
  const confirmed: DeletionMark[] = [];
  const found: ElementFile[] = [];
  async function confirmNext(): Promise<void> {
    for (let mark = waiting.pop(); mark !== undefined; mark = waiting.pop()) {
      try {
        found.push(await client.getFile(element, mark.fileId, signal));
      } catch (error) {
        // Любая другая ошибка бросает проход: позиция ленты не сдвинута, и он повторится отсюда.
        if (!isArtError(error, 'FILE_NOT_FOUND')) throw error;
        confirmed.push(mark);
      }
    }
  }
  await Promise.all(Array.from({ length: CONFIRM_CONCURRENCY }, confirmNext));
  await markRemoved(pass, confirmed);
  return found;
}

async function markRemoved(pass: SyncPass, confirmed: readonly DeletionMark[]): Promise<void> {
  const { database, element, actor, dryRun } = pass;
  const marked = dryRun
    ? confirmed.map(({ fileId }) => fileId)
    : await database.transaction(async (db) => {
        const ids = await markDeleted(db, element.id, confirmed);
        await recordAuditBatch(
          db,
          ids.map((objectId) => ({
            actor,
            action: 'file_marked_deleted',
            objectType: 'file',
            objectId,
            reason: 'sync: removed in the change feed, the storage element confirmed',
          })),
        );
        return ids;
      });
  const { counts } = pass;
  pass.counts = {
    ...counts,
    seen: counts.seen + confirmed.length,
    markedDeleted: counts.markedDeleted + marked.length,
  };
}
