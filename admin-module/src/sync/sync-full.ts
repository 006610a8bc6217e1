// Полный проход: все файлы элемента по ключу, от начала до конца, в одной эпохе. Страница узко сверяется с реестром,
// полные записи едут в базу только у изменившихся. Об отсутствии судит лишь проход, дошедший до конца без ошибок чтения.
import { ArtError } from '@artstore/contracts';
import type { ElementFilePage } from '@artstore/clients';
import { finishFullSync, getSyncPosition, recordObservation } from '../elements/elements-table.ts';
import { type Probe, probeElement } from '../elements/probe-element.ts';
import { comparePage, forgetAbsentRows, recordAbsences } from '../registry/absences-table.ts';
import { judgeAbsences } from './judge-absences.ts';
import { isListingShort, pagesAllowed } from './plan-marks.ts';
import {
  addCounts,
  type MergeRules,
  mergePage,
  noteFault,
  noteUnreadable,
  reportProgress,
  type SyncPass,
} from './sync-pass.ts';

const PAGE_LIMIT = 1000;

/** @returns эпоха, в которой прошёл проход; @throws SE_UNAVAILABLE, если она сменилась по дороге */
export async function syncFull(pass: SyncPass): Promise<string> {
  const { database, element } = pass;
  try {
    const before = await probe(pass);
    await recordObservation(database.db, element.id, before.seen);
    const position = await getSyncPosition(database.db, element.id);
    // Каталог ещё строится: в перечне пока не всё.
    if (before.seen.status === 'maintenance') pass.disarmed = true;
    const total = await mergeListing(pass, {
      epochSeenAt: position?.epoch_seen_at ?? null,
      passStartedAt: pass.startedAt,
    });
    const after = await probe(pass);
    const { epoch, revision } = before.seen;
    if (after.seen.epoch !== epoch) throw unreliable('the epoch changed during the pass');
    const changesDuring = Math.max(0, after.seen.revision - revision);
    if (isListingShort({ seen: pass.counts.seen, total, changesDuring })) {
      pass.disarmed = true;
      noteFault(pass, 'LISTING_INCOMPLETE', `${pass.counts.seen} of ${total} records were listed`);
    }
    await concludeListing(pass, { epoch, revision });
    return epoch;
  } finally {
    // Не убралось — уберёт следующий проход этого элемента или уход за базой; итог прохода от этого не зависит.
    await forgetAbsentRows(database.db, [pass.runId]).catch(() => undefined);
  }
}

async function probe({ client, element, signal }: SyncPass): Promise<Probe> {
  return await probeElement({ client, url: element.url, expectedId: element.id, signal });
}

/** Вносит весь перечень; возвращает, сколько записей обещала последняя страница. */
async function mergeListing(pass: SyncPass, rules: MergeRules): Promise<number> {
  let key: string | null = null;
  let pagesLeft = Number.POSITIVE_INFINITY;
  let total = 0;
  let next: Promise<ElementFilePage> | undefined = readPage(pass, null);
  while (next !== undefined) {
    const page: ElementFilePage = await next;
    const { next_after: upTo } = page;
    checkPage(page, key);
    pass.total ??= page.total;
    total = page.total;
    pagesLeft = Math.min(pagesLeft, pagesAllowed(total, PAGE_LIMIT)) - 1;
    if (pagesLeft <= 0) throw unreliable('the listing does not end');
    // Следующая страница читается, пока эта пишется; её ошибка достанется следующему шагу.
    next = upTo === null ? undefined : readPage(pass, upTo);
    next?.catch(() => undefined);
    noteUnreadable(pass, page.unreadable);
    await mergeListed(pass, { page, from: key, rules });
    key = upTo;
    await reportProgress(pass);
  }
  return total;
}

function readPage({ client, element, signal }: SyncPass, after: string | null): Promise<ElementFilePage> {
  return client.listFiles(element, { limit: PAGE_LIMIT, signal, ...(after === null ? {} : { after }) });
}

interface Listed {
  readonly page: ElementFilePage;
  readonly from: string | null;
  readonly rules: MergeRules;
}

async function mergeListed(pass: SyncPass, { page, from, rules }: Listed): Promise<void> {
  const { database, element, runId, startedAt, dryRun } = pass;
  const { items, unreadable, next_after: upTo } = page;
  const { stale, absent } = await comparePage(database.db, {
    storageElementId: element.id,
    syncId: runId,
    seen: items.map(({ file_id: fileId, revision, status }) => ({ fileId, revision, status })),
    from,
    upTo,
    startedAt,
    epochSeenAt: rules.epochSeenAt,
    dryRun,
  });
  const changed = items.filter((file) => stale.has(file.file_id));
  const unchanged = items.length - changed.length;
  addCounts(pass, { seen: unchanged + unreadable.length, unchanged, absent });
  await mergePage(pass, changed, rules);
}

/** Записывает, докуда дошёл проход, и, если проходу можно верить, судит об отсутствующих. */
async function concludeListing(pass: SyncPass, position: { epoch: string; revision: number }): Promise<void> {
  const { database, element, runId, dryRun, disarmed } = pass;
  const { epoch } = position;
  if (!dryRun) {
    await database.transaction(async (db) => {
      // Лента продолжится с позиции до начала прохода: случившееся по дороге придёт ещё раз, и это безвредно.
      await finishFullSync(db, element.id, position);
      if (!disarmed) await recordAbsences(db, { storageElementId: element.id, syncId: runId, epoch });
    });
  }
  if (!disarmed) await judgeAbsences(pass, epoch);
}

/**
 * Ключ обязан расти и внутри страницы, и между ними, а продолжение — начинаться сразу за последней записью:
 * иначе это не обход с начала до конца, и между страницами можно потерять живое.
 */
function checkPage(page: ElementFilePage, from: string | null): void {
  const { items, unreadable, next_after: upTo, has_more: hasMore } = page;
  const keys = [from ?? '', ...items.map((file) => file.file_id)];
  const ordered = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  if (!ordered) throw unreliable('the pages are not in key order');
  if (upTo === null) {
    if (hasMore) throw unreliable('the listing breaks off');
    return;
  }
  const last = keys.at(-1) ?? '';
  const continues = unreadable.length === 0 ? upTo === last && items.length > 0 : upTo >= last && upTo > (from ?? '');
  if (!continues) throw unreliable('the next page does not start after the last record');
}

function unreliable(reason: string): ArtError {
  return new ArtError('SE_UNAVAILABLE', { cause: new Error(reason) });
}
