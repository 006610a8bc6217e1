// Проверить один файл: посмотреть, рассудить и, если что-то не так, посмотреть ещё раз под замком и только тогда действовать.
//
// Почему дважды: между взглядом на диск и взглядом в каталог файл могли загрузить, изменить или убрать. Под замком файл
// никто не меняет, и всё подтверждённое уже на месте. Сумма под замком не считается: большой файл держал бы его минутами;
// байты неизменны, и прежний подсчёт годится, пока под этим именем лежит та же загрузка.
import { setTimeout as sleep } from 'node:timers/promises';
import { isArtError } from '@artstore/contracts';
import type { Place } from '../engine/layout.ts';
import type { LockedFile } from '../engine/locked-file.ts';
import type { Store } from '../engine/store.ts';
import { DataDirectoryGone } from '../engine/survey.ts';
import { type BlobFound, verifyBlob } from '../files/verify-blob.ts';
import { type Finding, isMarked, type Judgement, judge, type Look, trueFile } from './judge-file.ts';
import type { Pace } from './pace.ts';

/** Столько ждать раскладки под замком. */
const PLACE_MS_MAX = 1000;

export interface Issue extends Finding {
  readonly fileId: string | null;
  readonly action: 'none' | 'marked' | 'quarantined';
}

export interface CheckOrder {
  /** Считать суммы у всех; у помеченных они считаются всегда. */
  readonly verifyChecksums: boolean;
  readonly dryRun: boolean;
  readonly moveOrphans: boolean;
  /** Темп чтения, байт в секунду. */
  readonly bytesPace: Pace;
  readonly signal: AbortSignal;
}

export interface Checked {
  readonly issue?: Issue;
  /** Рассудить не вышло: файл не открылся, раскладка отстала или не нашлось места пометке. Проверенным он не считается. */
  readonly judged: boolean;
  /** Пометка снята: файл снова цел. */
  readonly restored: boolean;
  readonly bytesRead: number;
}

/** Бросает DataDirectoryGone и ArtError (движок больше не пишет); беда одного файла — находка. */
export async function checkFile(
  store: Store,
  { fileId, place }: { fileId: string; place: Place },
  order: CheckOrder,
): Promise<Checked> {
  const counted = { bytes: 0 };
  try {
    const seen = await lookTwiceIfBad(store, { fileId, place }, order, counted);
    const first = judge(seen, store.nowMs());
    if (!first.finding && !first.mark) return { judged: true, restored: false, bytesRead: counted.bytes };
    const checked = await store.withFile(fileId, (locked) => checkUnderLock(store, locked, { seen, order }));
    return { ...checked, bytesRead: counted.bytes };
  } catch (error) {
    if (order.signal.aborted || isArtError(error) || error instanceof DataDirectoryGone) throw error;
    // Отключённый диск выглядит как беда каждого файла: тогда судить не о чем.
    store.survey.checkHome();
    const description = `проверить не удалось: ${codeOf(error)}`;
    return {
      issue: { type: 'checksum_mismatch', fileId, description, action: 'none' },
      judged: false,
      restored: false,
      bytesRead: counted.bytes,
    };
  }
}

/** Несошедшаяся сумма пересчитывается: одна ошибка памяти или шины — ещё не порча. */
async function lookTwiceIfBad(
  store: Store,
  where: { fileId: string; place: Place },
  order: CheckOrder,
  counted: { bytes: number },
): Promise<Look> {
  const known = store.catalog.get(where.fileId);
  const pace = order.verifyChecksums || (known && isMarked(known.file.status)) ? order.bytesPace : undefined;
  const first = await look(store, where, { pace, counted });
  return isHashBad(first.blob) ? look(store, where, { pace, counted }) : first;
}

function isHashBad({ state }: BlobFound): boolean {
  return state === 'checksum' || state === 'unreadable';
}

async function look(
  store: Store,
  { fileId, place }: { fileId: string; place: Place },
  { pace, counted }: { pace: Pace | undefined; counted: { bytes: number } },
): Promise<Look> {
  const known = store.catalog.get(fileId);
  const entry = known && samePlace(known.place, place) ? known : undefined;
  const damaged = entry?.file.status === 'corrupted' && store.catalog.damaged.has(fileId);
  const attr = await store.survey.readAttr(place, fileId);
  const common = { fileId, place, entry, damaged, attr, elsewhere: known !== undefined && entry === undefined };
  if (!entry) {
    const size = await store.survey.blobSize(place, fileId);
    const blob: BlobFound = size === undefined ? { state: 'absent' } : { state: 'sound', hashed: false };
    return { ...common, blob, bytesOnDisk: size ?? 0, bucketGone: false };
  }
  const open = () => store.survey.openBlob(place, fileId);
  const { found, bytesRead } = await verifyBlob(open, trueFile(entry, attr, damaged), pace);
  counted.bytes += bytesRead;
  const gone = attr.state === 'absent' && found.state === 'absent';
  return { ...common, blob: found, bytesOnDisk: 0, bucketGone: gone && !store.survey.hasBucket(place) };
}

/** Второй взгляд, под замком, и действие. */
async function checkUnderLock(
  store: Store,
  locked: LockedFile,
  { seen, order }: { seen: Look; order: CheckOrder },
): Promise<Omit<Checked, 'bytesRead'>> {
  if (!(await isPlaced(store))) return foundTooEarly(seen, store.nowMs());
  const again = await look(store, seen, { pace: undefined, counted: { bytes: 0 } });
  const judgement = judge(carryHash(seen, again), store.nowMs());
  const { finding, mark } = judgement;
  if (!finding && !mark) return { judged: true, restored: false };
  // Последним перед действием: всё увиденное выше увидено в том самом каталоге.
  store.survey.checkHome();
  const action = order.dryRun ? 'none' : await act(store, locked, { judgement, look: again, order });
  const restored = action === 'marked' && again.entry !== undefined && isMarked(again.entry.file.status) && !finding;
  const judged = order.dryRun || mark === undefined || action === 'marked';
  return finding
    ? { issue: { ...finding, fileId: seen.fileId, action }, judged, restored: false }
    : { judged, restored };
}

/** Раскладка отстала: о чём под замком не рассудить, то не помечается, но несошедшаяся сумма — уже находка. */
function foundTooEarly(seen: Look, nowMs: number): Omit<Checked, 'bytesRead'> {
  const { finding } = judge(seen, nowMs);
  if (!finding || !isHashBad(seen.blob)) return { judged: false, restored: false };
  return { issue: { ...finding, fileId: seen.fileId, action: 'none' }, judged: false, restored: false };
}

/** Всё подтверждённое уже на месте. Раскладка стоит (нет места) — судить рано, держать замок незачем: false. */
async function isPlaced(store: Store): Promise<boolean> {
  const late = new AbortController();
  try {
    const placed = store.whenPlaced().then(() => true);
    return await Promise.race([placed, sleep(PLACE_MS_MAX, false, { signal: late.signal, ref: false })]);
  } finally {
    late.abort();
  }
}

async function act(
  store: Store,
  locked: LockedFile,
  {
    judgement: { mark, orphan },
    look: { place, fileId },
    order,
  }: { judgement: Judgement; look: Look; order: CheckOrder },
): Promise<Issue['action']> {
  if (mark) {
    try {
      await locked.mark({ place }, mark.file, mark.sidecar);
      return 'marked';
    } catch (error) {
      // Место кончилось под саму пометку: находка остаётся в отчёте, пометит следующая сверка.
      if (isArtError(error) && error.code === 'STORAGE_FULL') return 'none';
      throw error;
    }
  }
  if (!orphan || !order.moveOrphans) return 'none';
  await store.survey.quarantine(place, fileId);
  return 'quarantined';
}

/** Под замком сумма не считалась: прежняя годится, если это та же загрузка и длина прежняя. */
function carryHash(before: Look, now: Look): Look {
  if (now.blob.state !== 'sound' || !(isHashBad(before.blob) || before.blob.state === 'sound')) return now;
  return isSamePut(before, now) ? { ...now, blob: before.blob } : now;
}

function isSamePut({ entry: before, attr }: Look, { entry: now, attr: attrNow, damaged }: Look): boolean {
  if (!before || !now) return false;
  const was = trueFile(before, attr, damaged);
  const is = trueFile(now, attrNow, damaged);
  return was.checksum === is.checksum && was.size === is.size && was.uploadedAt === is.uploadedAt;
}

function samePlace(a: Place, b: Place): boolean {
  return a.day === b.day && a.bucket === b.bucket;
}

/** Код ошибки диска; пути наружу не идут. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
