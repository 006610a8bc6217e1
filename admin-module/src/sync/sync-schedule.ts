// Когда какой элемент синхронизировать: лента — каждые полминуты, полный проход — по своему сроку и по нужде.
// Каждый элемент идёт сам по себе: зависший или сломанный не задерживает остальных.
import { type Logger, type Periodic, every } from '@artstore/chassis';
import { type Actor, SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import {
  getSyncPosition,
  listSyncPositions,
  noteNoChanges,
  requestFullSync,
  type SyncPosition,
} from '../elements/elements-table.ts';
import { hasRows } from '../registry/files-table.ts';
import { createElementTurns } from './element-turns.ts';
import { peekChanges } from './peek-changes.ts';
import { needsFull, syncElement, type SyncRequest, type SyncRooms } from './sync-element.ts';
import { listRunning, type RunningSync, type SyncRun } from './syncs-table.ts';

const RESUMES_PER_HOUR_MAX = 3;

export interface SyncScheduleOptions {
  readonly rooms: SyncRooms;
  readonly changesIntervalMs: number;
  readonly fullIntervalMs: number;
  readonly log: Logger;
}

export interface ManualSync {
  readonly storageElementId: string;
  readonly mode: SyncRun['mode'];
  readonly dryRun: boolean;
  readonly confirm: boolean;
  readonly actor: Actor;
}

export interface SyncSchedule {
  /** Начинает проход по просьбе и отвечает, как только он начат. @throws SYNC_IN_PROGRESS, NOT_FOUND */
  start(request: ManualSync): Promise<SyncRun>;
  /** Состояние элементов изменилось: посмотреть, не пора ли, не дожидаясь срока. */
  wake(): void;
  stop(): Promise<void>;
}

export function createSyncSchedule(o: SyncScheduleOptions): SyncSchedule {
  const { rooms, changesIntervalMs, log } = o;
  const stopping = new AbortController();
  const manual = new Set<Promise<unknown>>();
  const passes = createElementTurns({ log, signal: stopping.signal, retryMs: changesIntervalMs });
  const checked = new Set<string>();

  const timer: Periodic = every({
    name: 'sync',
    intervalMs: changesIntervalMs,
    log,
    runAtStart: true,
    async job() {
      const running = new Map((await listRunning(rooms.database.db)).map((run) => [run.storage_element_id, run]));
      const positions = await listSyncPositions(rooms.database.db);
      rooms.measured?.observe(positions);
      for (const position of positions) {
        if (position.status === 'offline') continue;
        passes.take(position.id, async () => {
          const signal = stopping.signal;
          if (!checked.has(position.id)) await noticeLostRows(rooms, position);
          checked.add(position.id);
          const interrupted = running.get(position.id);
          if (interrupted !== undefined) await resume(rooms, { interrupted, signal });
          return await synchronise(rooms, { id: position.id, fullIntervalMs: o.fullIntervalMs, signal });
        });
      }
    },
  });

  return {
    async start(request) {
      const run = await startManual(rooms, { ...request, trigger: 'manual', signal: stopping.signal }, manual);
      const { actor, mode, dryRun } = request;
      const after = { storage_element_id: request.storageElementId, mode, dry_run: dryRun };
      await recordAudit(rooms.database.db, {
        actor,
        action: 'sync_started',
        objectType: 'sync',
        objectId: run.id,
        after,
      });
      return run;
    },
    wake() {
      passes.forgetFailures();
      void timer.runNow().catch((error: unknown) => {
        log.warn(
          { event: 'sync_not_woken', err: error },
          'синхронизацию разбудить не удалось, она начнётся по расписанию',
        );
      });
    },
    async stop() {
      stopping.abort();
      await timer.stop();
      await Promise.all([passes.settled(), ...manual]);
    },
  };
}

/** Раз за жизнь процесса: элемент уже синхронизировали, а строк его нет — базу восстановили без них. */
async function noticeLostRows({ database }: SyncRooms, { id, epoch_synced: epoch }: SyncPosition): Promise<void> {
  if (epoch === null || (await hasRows(database.db, id))) return;
  await requestFullSync(database.db, id, 'restored');
}

/** Проход погибшего процесса начинается заново; тот, что сам губит процесс, — не больше нескольких раз в час. */
async function resume(
  rooms: SyncRooms,
  { interrupted, signal }: { interrupted: RunningSync; signal: AbortSignal },
): Promise<void> {
  const { storage_element_id: storageElementId, mode, trigger, confirm, interruptions } = interrupted;
  if (interrupted.dry_run || interruptions >= RESUMES_PER_HOUR_MAX) return;
  const actor: Actor = { ...SYSTEM, subject: interrupted.requested_by };
  await syncElement(rooms, { storageElementId, mode, trigger, dryRun: false, confirm, actor, signal, resume: true });
}

/** Что пора сделать с элементом: полный проход, лента или ничего. */
async function synchronise(
  rooms: SyncRooms,
  { id, fullIntervalMs, signal }: { id: string; fullIntervalMs: number; signal: AbortSignal },
): Promise<SyncRun | undefined> {
  const position = await getSyncPosition(rooms.database.db, id);
  if (position === undefined) return undefined;
  const mode = isFullDue(position, fullIntervalMs) ? 'full' : 'changes';
  if (mode === 'changes' && !(await peekChanges(rooms, position, signal))) {
    await noteNoChanges(rooms.database.db, id);
    return undefined;
  }
  return await syncElement(rooms, {
    storageElementId: id,
    mode,
    trigger: 'periodic',
    dryRun: false,
    confirm: false,
    actor: SYSTEM,
    signal,
  });
}

function isFullDue(position: SyncPosition, fullIntervalMs: number): boolean {
  if (needsFull(position) || position.last_full_sync_at === null) return true;
  return fullIntervalMs > 0 && Date.now() - Date.parse(position.last_full_sync_at) >= fullIntervalMs;
}

/** Проход идёт дальше сам; ждём лишь, пока он начнётся или не сможет начаться. */
function startManual(rooms: SyncRooms, request: SyncRequest, manual: Set<Promise<unknown>>): Promise<SyncRun> {
  return new Promise((resolve, reject) => {
    const finished = syncElement(rooms, { ...request, started: resolve })
      .catch((error: unknown) => {
        // Начатому проходу отвечать уже некому.
        rooms.log.debug(
          { event: 'sync_not_concluded', storageId: request.storageElementId, err: error },
          'проход брошен',
        );
        reject(error);
      })
      .finally(() => manual.delete(finished));
    manual.add(finished);
  });
}
