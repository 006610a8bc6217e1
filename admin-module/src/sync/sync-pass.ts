// Один идущий проход: счётчики, первая ошибка, запись хода и отмена. Порядок шагов знают sync-changes и sync-full.
import type { ElementAddress, StorageElementClient, UnreadableItem } from '@artstore/clients';
import type { Actor } from '../audit/actor.ts';
import { recordAuditBatch } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { clearAbsences } from '../registry/absences-table.ts';
import { unstorableFields } from '../registry/check-file-text.ts';
import { type ElementFile, type MergeOutcome, mergeFiles } from '../registry/files-table.ts';
import { isDataFault } from '../registry/is-data-fault.ts';
import { type SyncCounts, type SyncFault, recordProgress } from './syncs-table.ts';

/** Ход пишется не чаще: иначе он стоил бы прохода по миллиону файлов тысячи лишних фиксаций. */
const PROGRESS_MS = 500;

export interface SyncPass {
  readonly runId: string;
  readonly element: ElementAddress & { readonly name: string };
  readonly dryRun: boolean;
  /** Человек разрешил потери сверх бюджета. */
  readonly confirmed: boolean;
  /** Начало прохода по часам базы. */
  readonly startedAt: string;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  readonly database: Database;
  readonly client: StorageElementClient;
  counts: SyncCounts;
  /** Сколько записей обещает перечень; null — неизвестно. */
  total: number | null;
  /** Первое, что не удалось прочесть или записать; проход из-за него не останавливается. */
  fault: SyncFault | undefined;
  /** Проходу нельзя судить об отсутствии: что-то прочитано не полностью. */
  disarmed: boolean;
  /** Потери сверх бюджета ждут человека. */
  needsConfirmation: boolean;
  progressAtMs: number;
}

/** Как сравнивать записи прохода со строками реестра; см. MergeOptions. */
export interface MergeRules {
  readonly epochSeenAt: string | null;
  readonly passStartedAt: string | null;
}

/** Проход прерван по просьбе. */
export class SyncCancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'SyncCancelled';
  }
}

export const NO_COUNTS: SyncCounts = {
  seen: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  markedDeleted: 0,
  absent: 0,
  conflicts: 0,
};

export function addCounts(pass: SyncPass, more: Partial<SyncCounts>): void {
  const { counts } = pass;
  pass.counts = {
    seen: counts.seen + (more.seen ?? 0),
    added: counts.added + (more.added ?? 0),
    updated: counts.updated + (more.updated ?? 0),
    unchanged: counts.unchanged + (more.unchanged ?? 0),
    markedDeleted: counts.markedDeleted + (more.markedDeleted ?? 0),
    absent: counts.absent + (more.absent ?? 0),
    conflicts: counts.conflicts + (more.conflicts ?? 0),
  };
}

/** Вносит прочитанное у элемента одной транзакцией вместе с записями журнала о кончившихся файлах. */
export async function mergePage(pass: SyncPass, files: readonly ElementFile[], rules: MergeRules): Promise<void> {
  const storable = files.filter((file) => {
    const fields = unstorableFields(file);
    if (fields.length > 0) noteFault(pass, 'UNREADABLE_FILE', `${file.file_id}: ${fields.join(', ')}`);
    return fields.length === 0;
  });
  addCounts(pass, { seen: files.length });
  await mergeStorable(pass, lastOfEach(storable), rules);
}

/** Запись, которую база не приняла, не губит соседних: страница делится, пока виновная не останется одна. */
async function mergeStorable(pass: SyncPass, files: readonly ElementFile[], rules: MergeRules): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  try {
    const { added, updated, unchanged, conflicts } = await writeFiles(pass, files, rules);
    addCounts(pass, { added, updated, unchanged, conflicts });
  } catch (error) {
    if (!isDataFault(error)) throw error;
    if (files.length === 1) {
      noteFault(pass, 'UNREADABLE_FILE', `${first.file_id}: the database refused it`);
      return;
    }
    const middle = Math.ceil(files.length / 2);
    await mergeStorable(pass, files.slice(0, middle), rules);
    await mergeStorable(pass, files.slice(middle), rules);
  }
}

async function writeFiles(pass: SyncPass, files: readonly ElementFile[], rules: MergeRules): Promise<MergeOutcome> {
  const { dryRun } = pass;
  const storageElementId = pass.element.id;
  return await pass.database.transaction(async (db) => {
    const outcome = await mergeFiles(db, { storageElementId, files, ...rules, dryRun });
    if (dryRun) return outcome;
    await clearAbsences(
      db,
      storageElementId,
      files.map((file) => file.file_id),
    );
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
    return outcome;
  });
}

/** Записывает ход и останавливает проход, если его просили прервать или замок потерян. */
export async function reportProgress(pass: SyncPass): Promise<void> {
  pass.signal.throwIfAborted();
  if (performance.now() - pass.progressAtMs < PROGRESS_MS) return;
  pass.progressAtMs = performance.now();
  const { cancelRequested } = await recordProgress(pass.database.db, pass.runId, pass);
  if (cancelRequested) throw new SyncCancelled();
}

/** Непрочитанная запись могла быть любой, поэтому об отсутствии такой проход не судит. */
export function noteUnreadable(pass: SyncPass, items: readonly UnreadableItem[]): void {
  if (items.length > 0) pass.disarmed = true;
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
