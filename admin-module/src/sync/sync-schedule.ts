// Когда какой элемент синхронизировать: лента — каждые полминуты, полный проход — по своему сроку и по нужде.
// Каждый элемент идёт сам по себе: зависший или сломанный не задерживает остальных.
import { type Logger, type Periodic, every } from '@artstore/chassis';
import { isArtError } from '@artstore/contracts';
import { type Actor, SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import { listSyncPositions, type SyncPosition } from '../elements/elements-table.ts';
import { needsFull, syncElement, type SyncRequest, type SyncRooms } from './sync-element.ts';
import { peekChanges } from './peek-changes.ts';
import type { SyncRun } from './syncs-table.ts';

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

export function createSyncSchedule({
  rooms,
  changesIntervalMs,
  fullIntervalMs,
  log,
}: SyncScheduleOptions): SyncSchedule {
  const stopping = new AbortController();
  const running = new Map<string, Promise<unknown>>();

  function track(id: string, work: () => Promise<unknown>): void {
    if (running.has(id) || stopping.signal.aborted) return;
    const finished = work()
      .catch((error: unknown) => {
        // Занято — значит, это делает другая копия модуля.
        if (stopping.signal.aborted || isArtError(error, 'SYNC_IN_PROGRESS') || isArtError(error, 'NOT_FOUND')) return;
        log.warn({ event: 'sync_not_run', storageId: id, err: error }, 'синхронизация не состоялась');
      })
      .finally(() => running.delete(id));
    running.set(id, finished);
  }

  const timer: Periodic = every({
    name: 'sync',
    intervalMs: changesIntervalMs,
    log,
    runAtStart: true,
    async job() {
      const positions = await listSyncPositions(rooms.database.db);
      for (const position of positions)
        if (position.status !== 'offline')
          track(position.id, () => synchronise(rooms, { position, fullIntervalMs, signal: stopping.signal }));
    },
  });

  return {
    async start(request) {
      const run = await startManual(rooms, { ...request, trigger: 'manual', signal: stopping.signal }, running);
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
      await Promise.all(running.values());
    },
  };
}

/** Что пора сделать с элементом: полный проход, лента или ничего. */
async function synchronise(
  rooms: SyncRooms,
  { position, fullIntervalMs, signal }: { position: SyncPosition; fullIntervalMs: number; signal: AbortSignal },
): Promise<void> {
  const mode = isFullDue(position, fullIntervalMs) ? 'full' : 'changes';
  if (mode === 'changes' && !(await peekChanges(rooms, position, signal))) return;
  await syncElement(rooms, {
    storageElementId: position.id,
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
function startManual(rooms: SyncRooms, request: SyncRequest, running: Map<string, Promise<unknown>>): Promise<SyncRun> {
  return new Promise((resolve, reject) => {
    const key = `manual:${request.storageElementId}:${Math.random()}`;
    const finished = syncElement(rooms, { ...request, started: resolve })
      .catch(reject)
      .finally(() => running.delete(key));
    running.set(key, finished);
  });
}
