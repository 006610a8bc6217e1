// Один проход уборки: байты, чья отсрочка прошла, убираются, истёкшее помечается, старые надгробия забываются.
// Обещание: раньше времени не убирается ничего; бюджет ограничивает проход, остальное достанется следующему.
//
// Порядок шагов выбран для полного диска: сначала убирается, потом пишется. Решает не очередь, а повторная проверка под
// замком файла: пока очередь до него дошла, файл могли вернуть, сменить режим или перевести часы.
import { setTimeout as sleep } from 'node:timers/promises';
import { isArtError } from '@artstore/contracts';
import { type DueFile, dueAtOf } from '../engine/catalog-due.ts';
import type { Store } from '../engine/store.ts';
import type { StoredFile, StoredStatus } from '../files/file.ts';
import { collects } from '../files/mode.ts';

export interface GcLimits {
  /** Сколько байты ждут после срока или удаления. */
  readonly graceMs: number;
  /** Сколько лента помнит об убранном. */
  readonly tombstoneKeepMs: number;
  /** Бюджет прохода: исчерпан любой — остальное следующему. */
  readonly passFilesMax: number;
  readonly passBytesMax: number;
  readonly passMs: number;
}

/** Что сделано; растёт по ходу прохода. */
export interface GcReport {
  filesExpired: number;
  filesRemoved: number;
  bytesFreed: number;
  tombstonesForgotten: number;
}

export interface GcPass {
  readonly store: Store;
  readonly limits: GcLimits;
  readonly report: GcReport;
  readonly signal: AbortSignal;
}

/** Столько файлов меняется разом: они едут одним кадром журнала и стоят одного сброса. */
const BATCH_FILES = 32;
/** Удаление большого файла занимает диск: такие идут меньшими группами. */
const BATCH_BYTES_MAX = 1 << 30;
const TOMBSTONES_BATCH = 1000;
/** Дольше одной передышки проход не стоит. */
const REST_MS_MAX = 500;

/** Состояния, из которых убирают, в порядке срочности. */
const REMOVED_FROM: readonly StoredStatus[] = ['deleted', 'expired', 'active'];

export function emptyReport(): GcReport {
  return { filesExpired: 0, filesRemoved: 0, bytesFreed: 0, tombstonesForgotten: 0 };
}

/** Можно ли убирать сейчас: режим разрешает и часам есть вера. */
export function mayCollect(store: Store): boolean {
  return store.rebuild === undefined && collects(store.mode) && store.wallClock.check() === undefined;
}

/** Время, раньше которого срок обязан был пройти, чтобы байты можно было убрать. */
export function graceIso(store: Store, graceMs: number): string {
  return new Date(store.nowMs() - graceMs).toISOString();
}

/** Проход. true — бюджет кончился раньше работы, продолжать стоит скоро. Бросает, если движок больше не пишет. */
export async function collectExpired(pass: GcPass): Promise<boolean> {
  const { store, limits } = pass;
  const spent = makeBudget(pass);
  for (const status of REMOVED_FROM) {
    const untilIso = graceIso(store, limits.graceMs);
    if (await eachDue(pass, { status, untilIso, spent }, (due) => removeOne(pass, due, untilIso))) return true;
  }
  if (await expireLapsed(pass, spent)) return true;
  return forgetTombstones(pass, spent);
}

/** Помечает истёкшее. На полном диске пометка подождёт: читателю файл и так отвечает «истёк». */
async function expireLapsed(pass: GcPass, spent: () => boolean): Promise<boolean> {
  const nowIso = new Date(pass.store.nowMs()).toISOString();
  try {
    return await eachDue(pass, { status: 'active', untilIso: nowIso, spent }, (due) => expireOne(pass, due, nowIso));
  } catch (error) {
    if (isArtError(error, 'STORAGE_FULL')) return false;
    throw error;
  }
}

/** Бюджет прохода; ответ true — исчерпан. */
function makeBudget({ limits, report }: GcPass): () => boolean {
  const startedAt = performance.now();
  return () =>
    report.filesRemoved + report.filesExpired >= limits.passFilesMax ||
    report.bytesFreed >= limits.passBytesMax ||
    performance.now() - startedAt >= limits.passMs;
}

/** Ведёт очередь группами по ключу: в памяти не больше одной группы. true — кончился бюджет. */
async function eachDue(
  { store, signal }: GcPass,
  queue: { status: StoredStatus; untilIso: string; spent: () => boolean },
  work: (due: DueFile) => Promise<void>,
): Promise<boolean> {
  let after: DueFile | undefined;
  while (mayCollect(store)) {
    signal.throwIfAborted();
    const { status, untilIso } = queue;
    const page = store.catalog.dueQueue.page({ status, untilIso, limit: BATCH_FILES, ...(after ? { after } : {}) });
    const group = firstBytes(page);
    if (group.length === 0) return false;
    if (queue.spent()) return true;
    const startedAt = performance.now();
    const results = await Promise.allSettled(group.map(work));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    after = group.at(-1);
    // Сколько работали, столько и отдыхаем: не меньше половины диска и процессора остаётся клиентам.
    await sleep(Math.min(performance.now() - startedAt, REST_MS_MAX), undefined, { signal, ref: false });
  }
  return false;
}

/** Начало страницы не тяжелее предела, но хотя бы один файл. */
function firstBytes(page: readonly DueFile[]): readonly DueFile[] {
  let bytes = 0;
  const end = page.findIndex((due, index) => {
    bytes += due.size;
    return index > 0 && bytes > BATCH_BYTES_MAX;
  });
  return end === -1 ? page : page.slice(0, end);
}

function removeOne({ store, report }: GcPass, { fileId }: DueFile, untilIso: string): Promise<void> {
  return store.withFile(fileId, async (locked) => {
    const entry = locked.current();
    if (entry === undefined || !isDue(entry.file, untilIso) || !mayCollect(store)) return;
    // Испорченного описания программа не трогает.
    if (store.catalog.damaged.has(fileId)) return;
    const reason = entry.file.status === 'deleted' ? 'trash' : 'expired';
    await locked.remove(entry, reason, new Date(store.nowMs()).toISOString());
    report.filesRemoved += 1;
    report.bytesFreed += entry.file.size;
  });
}

function expireOne({ store, report }: GcPass, { fileId }: DueFile, nowIso: string): Promise<void> {
  return store.withFile(fileId, async (locked) => {
    const entry = locked.current();
    if (entry?.file.status !== 'active' || !isDue(entry.file, nowIso) || !mayCollect(store)) return;
    if (store.catalog.damaged.has(fileId)) return;
    await locked.patch(entry, { ...entry.file, status: 'expired', version: entry.file.version + 1 });
    report.filesExpired += 1;
  });
}

function isDue(file: StoredFile, untilIso: string): boolean {
  const dueAt = dueAtOf(file);
  return dueAt !== null && dueAt <= untilIso;
}

async function forgetTombstones({ store, limits, report, signal }: GcPass, spent: () => boolean): Promise<boolean> {
  const untilIso = graceIso(store, limits.tombstoneKeepMs);
  while (mayCollect(store)) {
    signal.throwIfAborted();
    if (spent()) return true;
    const forgotten = store.catalog.forgetTombstones(untilIso, TOMBSTONES_BATCH);
    report.tombstonesForgotten += forgotten;
    if (forgotten < TOMBSTONES_BATCH) return false;
    await sleep(1, undefined, { signal, ref: false });
  }
  return false;
}

/** Что проход сделал бы сейчас; ничего не меняет. */
export function countExpired({ store, limits, report }: Omit<GcPass, 'signal'>): void {
  const { files, bytes } = backlogOf(store, limits.graceMs);
  report.filesRemoved = files;
  report.bytesFreed = bytes;
  const nowIso = new Date(store.nowMs()).toISOString();
  const lapsed = store.catalog.dueQueue.totals('active', nowIso).files;
  report.filesExpired = lapsed - store.catalog.dueQueue.totals('active', graceIso(store, limits.graceMs)).files;
}

/** Чья отсрочка прошла, а байты ещё на месте: точный счёт. */
export function backlogOf(store: Store, graceMs: number): { files: number; bytes: number } {
  const untilIso = graceIso(store, graceMs);
  const totals = REMOVED_FROM.map((status) => store.catalog.dueQueue.totals(status, untilIso));
  return {
    files: totals.reduce((sum, { files }) => sum + files, 0),
    bytes: totals.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
