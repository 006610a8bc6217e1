// Полный проход: все файлы элемента по ключу, от начала до конца, в одной эпохе. Только добавляет и обновляет:
// отсутствие в перечне само по себе ничего не значит.
import { ArtError } from '@artstore/contracts';
import type { ElementFilePage } from '@artstore/clients';
import { finishFullSync, getSyncPosition, recordObservation } from '../elements/elements-table.ts';
import { probeElement } from '../elements/probe-element.ts';
import { mergePage, noteUnreadable, reportProgress, type SyncPass } from './sync-pass.ts';

const PAGE_LIMIT = 1000;

/** @returns эпоха, в которой прошёл проход; @throws SE_UNAVAILABLE, если она сменилась по дороге */
export async function syncFull(pass: SyncPass): Promise<string> {
  const { database, client, element, signal } = pass;
  const before = await probeElement({ client, url: element.url, expectedId: element.id, signal });
  await recordObservation(database.db, element.id, before.seen);
  const position = await getSyncPosition(database.db, element.id);
  const epochSeenAt = position?.epoch_seen_at ?? null;

  let key = '';
  let next: Promise<ElementFilePage> | undefined = readPage(pass, undefined);
  while (next !== undefined) {
    const page: ElementFilePage = await next;
    const { next_after: after } = page;
    // Следующая страница читается, пока эта пишется; её ошибка достанется следующему шагу.
    next = after === null ? undefined : readPage(pass, after);
    next?.catch(() => undefined);
    noteUnreadable(pass, page.unreadable);
    checkOrder(page, key);
    key = after ?? key;
    await mergePage(pass, page.items, epochSeenAt);
    await reportProgress(pass);
  }

  const { seen } = await probeElement({ client, url: element.url, expectedId: element.id, signal });
  if (seen.epoch !== before.seen.epoch) throw unreliable('the epoch changed during the pass');
  // Лента продолжится с позиции до начала прохода: перемены, случившиеся по дороге, придут ещё раз, и это безвредно.
  if (!pass.dryRun) {
    await finishFullSync(database.db, element.id, { epoch: before.seen.epoch, revision: before.seen.revision });
  }
  return before.seen.epoch;
}

function readPage({ client, element, signal }: SyncPass, after: string | undefined): Promise<ElementFilePage> {
  return client.listFiles(element, { limit: PAGE_LIMIT, signal, ...(after === undefined ? {} : { after }) });
}

/** Ключ обязан расти и внутри страницы, и между ними: иначе это не обход с начала до конца, а повтор без конца. */
function checkOrder({ items, next_after: after }: ElementFilePage, previous: string): void {
  const keys = [previous, ...items.map((file) => file.file_id)];
  const ordered = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  const last = keys.at(-1) ?? '';
  if (!ordered || (after !== null && (after < last || after <= previous)))
    throw unreliable('the pages are not in key order');
}

function unreliable(reason: string): ArtError {
  return new ArtError('SE_UNAVAILABLE', { cause: new Error(reason) });
}
