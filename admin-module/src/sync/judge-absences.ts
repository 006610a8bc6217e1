// Суд над отсутствующими: кого нет в двух полных проходах подряд, в пределах бюджета потерь и после живого именного 404.
import { type Candidate, type CandidateQuery, countCandidates, nextCandidates } from '../registry/absences-table.ts';
import { countUndeleted } from '../registry/file-counters-table.ts';
import { confirmAbsence, markGone } from './confirm-absence.ts';
import { exceedsBudget, lossBudget } from './plan-marks.ts';
import { mergePage, noteFault, reportProgress, type SyncPass } from './sync-pass.ts';

const BATCH = 500;

/** @throws SE_UNAVAILABLE, если элемент о каком-то файле не ответил прямо: остальные подождут следующего прохода */
export async function judgeAbsences(pass: SyncPass, epoch: string): Promise<void> {
  const { database, element, runId: syncId, startedAt, dryRun } = pass;
  const query: CandidateQuery = { storageElementId: element.id, syncId, epoch, startedAt, dryRun };
  const { all, live } = await countCandidates(database.db, query);
  if (all === 0 || (await stopAtBudget(pass, live))) return;
  let after: string | null = null;
  for (;;) {
    const batch: readonly Candidate[] = await nextCandidates(database.db, { ...query, after, limit: BATCH });
    after = batch.at(-1)?.file_id ?? null;
    if (after === null) return;
    const marks = batch.map(({ file_id: fileId, passes, via }) => ({ fileId, revision: null, passes, via }));
    const { gone, found } = await confirmAbsence(pass, marks);
    await markGone(pass, { gone, untouchedSince: startedAt, reasonOf });
    if (found.length > 0) {
      // Перечень дважды промолчал о живом файле: верить ему дальше нельзя.
      await mergePage(pass, found, { epochSeenAt: null, passStartedAt: startedAt });
      noteFault(pass, 'LISTING_INCOMPLETE', `${found[0]?.file_id}: absent from the listing, but the file is there`);
      return;
    }
    await reportProgress(pass);
  }
}

/** Останавливает пометки сверх бюджета; `live` — сколько живых строк пометил бы проход. */
export async function stopAtBudget(pass: SyncPass, live: number): Promise<boolean> {
  const budget = lossBudget(await countUndeleted(pass.database.db, pass.element.id));
  if (!exceedsBudget({ live, budget, confirmed: pass.confirmed })) return false;
  pass.needsConfirmation = true;
  noteFault(pass, 'LOSS_BUDGET', `${live} files would be marked deleted, the budget is ${budget}: confirm is needed`);
  return true;
}

function reasonOf({ passes, via }: Pick<Candidate, 'passes' | 'via'>): string {
  return via === 'feed'
    ? 'sync: removed in the change feed, the storage element confirmed'
    : `sync: absent from ${passes} full passes, the storage element confirmed`;
}
