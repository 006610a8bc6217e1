// Проход по ленте изменений: стоит столько, сколько изменилось. Удаления ленты применяются, только если элемент
// подтвердил каждое живым именным 404 и они не больше бюджета потерь; чужая эпоха и утраченная история заказывают
// полный проход.
import type { ElementChange, ElementChanges, ElementFile } from '@artstore/clients';
import { advanceChanges, requestFullSync, type SyncPosition } from '../elements/elements-table.ts';
import { deferRemovals } from '../registry/absences-table.ts';
import { type DeletionMark, listUndeleted } from '../registry/files-table.ts';
import { confirmAbsence, markGone } from './confirm-absence.ts';
import { judgeAbsences, stopAtBudget } from './judge-absences.ts';
import { addCounts, mergePage, noteUnreadable, reportProgress, type SyncPass } from './sync-pass.ts';

const PAGE_LIMIT = 1000;
const REASON = 'sync: removed in the change feed, the storage element confirmed';

/** Итог: догнали ленту или для продолжения нужен полный проход. */
export type ChangesOutcome = 'caught_up' | 'epoch' | 'history_lost';

export async function syncChanges(pass: SyncPass, position: SyncPosition): Promise<ChangesOutcome> {
  const { database, element, client, signal } = pass;
  const losses = { live: 0 };
  let after = position.revision_synced;
  let historyFrom: number | undefined;
  for (;;) {
    const page = await client.listChanges(element, { after, limit: PAGE_LIMIT, historyFrom, signal });
    const broken = page.epoch !== position.epoch_synced ? 'epoch' : page.history_lost ? 'history_lost' : undefined;
    if (broken !== undefined) {
      if (!pass.dryRun) await requestFullSync(database.db, element.id, broken);
      return broken;
    }
    historyFrom ??= page.history_from ?? undefined;
    await applyPage(pass, page, losses);
    if (!pass.dryRun) await advanceChanges(database.db, element.id, page.next_after);
    // Лента, которая не двигается, но обещает ещё, крутила бы нас вечно.
    if (!page.has_more || page.next_after <= after) break;
    after = page.next_after;
    await reportProgress(pass);
  }
  // Подтверждение человека относится и к тому, что отложено прежними проходами.
  if (pass.confirmed && position.epoch_synced !== null) await judgeAbsences(pass, position.epoch_synced);
  return 'caught_up';
}

async function applyPage(pass: SyncPass, page: ElementChanges, losses: { live: number }): Promise<void> {
  noteUnreadable(pass, page.unreadable);
  const { upserts, removals } = separate(page.items);
  const found = await applyRemovals(pass, { removals, epoch: page.epoch, losses });
  if (upserts.length + found.length > 0) {
    await mergePage(pass, [...upserts, ...found], { epochSeenAt: null, passStartedAt: null });
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

interface Removals {
  readonly removals: readonly DeletionMark[];
  readonly epoch: string;
  /** Сколько живых строк уже помечено этим проходом. */
  readonly losses: { live: number };
}

/** Помечает подтверждённые удаления; возвращает файлы, которые на элементе вопреки ленте есть. */
async function applyRemovals(pass: SyncPass, { removals, epoch, losses }: Removals): Promise<readonly ElementFile[]> {
  if (removals.length === 0) return [];
  const { database, element, runId: syncId } = pass;
  const known = await listUndeleted(
    database.db,
    element.id,
    removals.map(({ fileId }) => fileId),
  );
  if (known.length === 0) return [];
  const fileIds = known.map((row) => row.file_id);
  losses.live += known.filter((row) => row.live).length;
  if (await stopAtBudget(pass, losses.live)) {
    // Лента идёт дальше, иначе за удалениями застряли бы и новые файлы; отложенное ждёт подтверждения.
    if (!pass.dryRun) await deferRemovals(database.db, { storageElementId: element.id, syncId, epoch, fileIds });
    addCounts(pass, { seen: known.length, absent: known.length });
    return [];
  }
  const ids = new Set(fileIds);
  const { gone, found } = await confirmAbsence(
    pass,
    removals.filter(({ fileId }) => ids.has(fileId)),
  );
  await markGone(pass, { gone, untouchedSince: null, reasonOf: () => REASON });
  addCounts(pass, { seen: gone.length });
  return found;
}
