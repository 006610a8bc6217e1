// Синхронизация одного элемента: замок, запись прохода, сам проход, итог. Двух проходов одного элемента разом не бывает,
// в том числе у разных копий модуля.
import { randomUUID } from 'node:crypto';
import type { Logger } from '@artstore/chassis';
import type { StorageElementClient } from '@artstore/clients';
import { ArtError, isArtError } from '@artstore/contracts';
import { type Actor, SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { getSyncPosition, type SyncPosition } from '../elements/elements-table.ts';
import { syncChanges } from './sync-changes.ts';
import { syncFull } from './sync-full.ts';
import { NO_COUNTS, SyncCancelled, type SyncPass } from './sync-pass.ts';
import { closeInterrupted, finishSync, insertSync, type SyncFault, type SyncRun } from './syncs-table.ts';

export interface SyncRooms {
  readonly database: Database;
  readonly client: StorageElementClient;
  readonly log: Logger;
}

export interface SyncRequest {
  readonly storageElementId: string;
  readonly mode: SyncRun['mode'];
  readonly trigger: SyncRun['trigger'];
  readonly dryRun: boolean;
  readonly confirm: boolean;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  /** Вызывается, когда проход начат и записан. */
  readonly started?: (run: SyncRun) => void;
}

/**
 * @throws SYNC_IN_PROGRESS, если этот элемент уже синхронизируют; NOT_FOUND, если он отключён.
 * Неудача самого прохода — не ошибка, а его итог в истории.
 */
export async function syncElement(rooms: SyncRooms, request: SyncRequest): Promise<SyncRun | undefined> {
  const { database } = rooms;
  const locked = await database.withLock(`sync:${request.storageElementId}`, async (lost) => {
    const position = await getSyncPosition(database.db, request.storageElementId);
    if (position === undefined) throw new ArtError('NOT_FOUND');
    await closeInterrupted(database.db, position.id);
    return await runPass(rooms, { ...request, signal: AbortSignal.any([request.signal, lost]) }, position);
  });
  if (!locked.acquired) throw new ArtError('SYNC_IN_PROGRESS', { storageId: request.storageElementId });
  return locked.value;
}

async function runPass(rooms: SyncRooms, request: SyncRequest, position: SyncPosition): Promise<SyncRun | undefined> {
  const { database, client } = rooms;
  // Пока позиция ленты неизвестна, лента начинается с полного прохода.
  const mode = request.mode === 'changes' && needsFull(position) ? 'full' : request.mode;
  const trigger = request.trigger === 'periodic' ? (position.full_sync_reason ?? 'periodic') : request.trigger;
  const run = await insertSync(database.db, {
    id: randomUUID(),
    storageElementId: position.id,
    mode,
    trigger,
    dryRun: request.dryRun,
    confirm: request.confirm,
    requestedBy: request.actor.subject,
  });
  request.started?.(run);
  const pass: SyncPass = {
    runId: run.id,
    element: { id: position.id, url: position.url },
    dryRun: request.dryRun,
    actor: SYSTEM,
    signal: request.signal,
    database,
    client,
    counts: NO_COUNTS,
    fault: undefined,
  };
  try {
    const epoch = mode === 'full' ? await syncFull(pass) : await followChanges(pass, position);
    return await conclude(rooms, request, { pass, state: 'done', epoch, fault: pass.fault });
  } catch (error) {
    const cancelled = error instanceof SyncCancelled || request.signal.aborted;
    const fault = cancelled ? undefined : faultOf(error);
    if (!cancelled)
      rooms.log.warn({ event: 'sync_failed', storageId: position.id, mode, err: error }, 'синхронизация не удалась');
    return await conclude(rooms, request, { pass, state: cancelled ? 'cancelled' : 'failed', epoch: null, fault });
  }
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
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly epoch: string | null;
  readonly fault: SyncFault | undefined;
}

async function conclude(
  { database, log }: SyncRooms,
  request: SyncRequest,
  o: Conclusion,
): Promise<SyncRun | undefined> {
  const { pass, state, epoch, fault } = o;
  const run = await database.transaction(async (db) => {
    const finished = await finishSync(db, pass.runId, { state, counts: pass.counts, epoch, fault });
    if (request.trigger === 'manual') {
      await recordAudit(db, {
        actor: request.actor,
        action: 'sync_finished',
        objectType: 'sync',
        objectId: pass.runId,
        result: state === 'failed' ? 'failure' : 'success',
        reason: fault?.code ?? null,
        after: { storage_element_id: pass.element.id, state, ...pass.counts },
      });
    }
    return finished;
  });
  log.info(
    { event: 'sync_finished', storageId: pass.element.id, syncId: pass.runId, state, ...pass.counts },
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
