// Синхронизация одного элемента: замок, запись прохода, сам проход, итог. Двух проходов одного элемента разом не бывает,
// в том числе у разных копий модуля.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { every, type Logger } from '@artstore/chassis';
import type { StorageElementClient } from '@artstore/clients';
import { ArtError, isArtError } from '@artstore/contracts';
import { type Actor, SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { getSyncPosition, type SyncPosition } from '../elements/elements-table.ts';
import { forgetAbsentRows } from '../registry/absences-table.ts';
import { syncChanges } from './sync-changes.ts';
import type { SyncMeter } from './measure-syncs.ts';
import { syncFull } from './sync-full.ts';
import { NO_COUNTS, SyncCancelled, type SyncPass } from './sync-pass.ts';
import {
  closeInterrupted,
  finishSync,
  insertSync,
  isCancelRequested,
  isSyncRunning,
  settleConfirmations,
  type SyncFault,
  type SyncOutcome,
  type SyncRun,
} from './syncs-table.ts';

/** Столько ждём, пока уже законченный проход отпустит замок. */
const RELEASE_WAIT_MS = 10_000;
const RELEASE_POLL_MS = 20;
/** Как часто проход узнаёт, не просили ли его прервать: страницы от молчащего элемента ждать можно долго. */
const CANCEL_POLL_MS = 1_000;

export interface SyncRooms {
  readonly database: Database;
  readonly client: StorageElementClient;
  readonly log: Logger;
  readonly measured?: SyncMeter;
}

export interface SyncRequest {
  readonly storageElementId: string;
  readonly mode: SyncRun['mode'];
  readonly trigger: SyncRun['trigger'];
  readonly dryRun: boolean;
  readonly confirm: boolean;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  /** Начать, только если прежний проход оборван вместе со своим процессом. */
  readonly resume?: boolean;
  /** Вызывается, когда проход начат и записан. */
  readonly started?: (run: SyncRun) => void;
}

/**
 * @throws SYNC_IN_PROGRESS, если этот элемент уже синхронизируют; NOT_FOUND, если он отключён.
 * Неудача самого прохода — не ошибка, а его итог в истории.
 */
export async function syncElement(rooms: SyncRooms, request: SyncRequest): Promise<SyncRun | undefined> {
  const { database } = rooms;
  const giveUpAtMs = performance.now() + RELEASE_WAIT_MS;
  for (;;) {
    const locked = await database.withLock(`sync:${request.storageElementId}`, async (lost) => {
      const position = await getSyncPosition(database.db, request.storageElementId);
      if (position === undefined) throw new ArtError('NOT_FOUND');
      const interrupted = await closeInterrupted(database.db, position.id);
      await forgetAbsentRows(database.db, interrupted);
      if (request.resume === true && interrupted.length === 0) return undefined;
      return await runPass(rooms, { ...request, signal: AbortSignal.any([request.signal, lost]) }, position);
    });
    if (locked.acquired) return locked.value;
    // Запись прохода закончена чуть раньше, чем отпущен его замок: увидевший «done» не должен услышать «занято».
    if (performance.now() > giveUpAtMs || (await isSyncRunning(database.db, request.storageElementId))) {
      throw new ArtError('SYNC_IN_PROGRESS', { storageId: request.storageElementId });
    }
    await sleep(RELEASE_POLL_MS, undefined, { signal: request.signal });
  }
}

async function runPass(rooms: SyncRooms, request: SyncRequest, position: SyncPosition): Promise<SyncRun | undefined> {
  // Пока позиция ленты неизвестна, лента начинается с полного прохода.
  const mode = request.mode === 'changes' && needsFull(position) ? 'full' : request.mode;
  const cancelled = new AbortController();
  const signal = AbortSignal.any([request.signal, cancelled.signal]);
  const pass = await openPass(rooms, { ...request, mode, signal }, position);
  const watch = every({
    name: 'sync_cancel',
    intervalMs: CANCEL_POLL_MS,
    log: rooms.log,
    async job() {
      if (await isCancelRequested(rooms.database.db, pass.runId)) cancelled.abort(new SyncCancelled());
    },
  });
  try {
    const epoch = mode === 'full' ? await syncFull(pass) : await followChanges(pass, position);
    const state = pass.needsConfirmation && !pass.dryRun ? 'needs_confirmation' : 'done';
    return await conclude(rooms, request, { pass, state, epoch });
  } catch (error) {
    // Модуль останавливается или замок потерян: запись остаётся «идущей», и проход начнёт заново тот, кто жив.
    if (request.signal.aborted) return undefined;
    if (error instanceof SyncCancelled || cancelled.signal.aborted)
      return await conclude(rooms, request, { pass, state: 'cancelled', epoch: null });
    pass.fault = faultOf(error);
    rooms.log.warn({ event: 'sync_failed', storageId: position.id, mode, err: error }, 'синхронизация не удалась');
    return await conclude(rooms, request, { pass, state: 'failed', epoch: null });
  } finally {
    await watch.stop();
  }
}

async function openPass(
  { database, client }: SyncRooms,
  request: SyncRequest,
  position: SyncPosition,
): Promise<SyncPass> {
  const { mode, dryRun, confirm } = request;
  const trigger = request.trigger === 'periodic' ? (position.full_sync_reason ?? 'periodic') : request.trigger;
  const run = await insertSync(database.db, {
    id: randomUUID(),
    storageElementId: position.id,
    mode,
    trigger,
    dryRun,
    confirm,
    requestedBy: request.actor.subject,
  });
  request.started?.(run);
  return {
    runId: run.id,
    element: { id: position.id, url: position.url, name: position.name },
    dryRun,
    confirmed: confirm,
    startedAt: run.started_at,
    actor: SYSTEM,
    signal: request.signal,
    database,
    client,
    counts: NO_COUNTS,
    total: null,
    fault: undefined,
    disarmed: false,
    needsConfirmation: false,
    progressAtMs: performance.now(),
  };
}

export function needsFull(position: SyncPosition): boolean {
  return position.full_sync_reason !== null || position.epoch_synced === null;
}

/** Разрыв ленты превращает проход в полный: ждать следующего расписания незачем. */
async function followChanges(pass: SyncPass, position: SyncPosition): Promise<string | null> {
  const outcome = await syncChanges(pass, position);
  return outcome === 'caught_up' ? position.epoch_synced : await syncFull(pass);
}

interface Conclusion {
  readonly pass: SyncPass;
  readonly state: SyncOutcome['state'];
  readonly epoch: string | null;
}

async function conclude(
  { database, log, measured }: SyncRooms,
  request: SyncRequest,
  { pass, state, epoch }: Conclusion,
): Promise<SyncRun | undefined> {
  const { runId, element, counts, total, fault } = pass;
  const run = await database.transaction(async (db) => {
    const finished = await finishSync(db, runId, { state, counts, total, epoch, fault });
    const judged = finished?.mode === 'full' && !pass.dryRun && !pass.disarmed;
    if (state === 'needs_confirmation' || (state === 'done' && (judged || pass.confirmed))) {
      await settleConfirmations(db, element.id, runId);
    }
    if (request.trigger === 'manual') {
      await recordAudit(db, {
        actor: request.actor,
        action: 'sync_finished',
        objectType: 'sync',
        objectId: runId,
        result: state === 'failed' ? 'failure' : 'success',
        reason: fault?.code ?? null,
        after: { storage_element_id: element.id, state, ...counts },
      });
    }
    return finished;
  });
  if (run !== undefined) measured?.finished(run, element.name);
  log.info(
    { event: 'sync_finished', storageId: element.id, syncId: runId, state, ...counts },
    'синхронизация закончена',
  );
  return run;
}

function faultOf(error: unknown): SyncFault {
  if (!isArtError(error)) return { code: 'INTERNAL_ERROR', message: 'internal error, see the log' };
  const { cause } = error;
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return { code: error.code, message: `${error.message}${detail}` };
}
