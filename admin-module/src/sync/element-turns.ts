// Очередь работы по элементам: у каждого не больше одной, разом — не больше предела, после неудачи — всё реже.
// Зависший занимает одно место из многих и чужого хода не задерживает.
import type { Logger } from '@artstore/chassis';
import { isArtError } from '@artstore/contracts';
import type { SyncRun } from './syncs-table.ts';

/** Столько элементов синхронизируется разом; ждущих это держит не дольше предела времени одной страницы. */
const ELEMENTS_AT_ONCE_MAX = 32;
const RETRY_MAX_MS = 5 * 60_000;

export interface ElementTurns {
  /** Начинает работу или ставит её в очередь; занятый и недавно неудачный элемент пропускает. */
  take(id: string, work: () => Promise<SyncRun | undefined>): void;
  forgetFailures(): void;
  settled(): Promise<void>;
}

export interface ElementTurnsOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Отсрочка после первой неудачи; с каждой следующей удваивается. */
  readonly retryMs: number;
}

export function createElementTurns({ log, signal, retryMs }: ElementTurnsOptions): ElementTurns {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, () => Promise<SyncRun | undefined>>();
  const failures = new Map<string, { count: number; notBeforeMs: number }>();

  function noteFailure(id: string): void {
    const count = (failures.get(id)?.count ?? 0) + 1;
    // Первая неудача ничего не откладывает: следующий срок и так впереди.
    const delayMs = count === 1 ? 0 : Math.min(retryMs * 2 ** Math.min(count - 1, 20), RETRY_MAX_MS);
    failures.set(id, { count, notBeforeMs: performance.now() + delayMs });
  }

  async function run(id: string, work: () => Promise<SyncRun | undefined>): Promise<void> {
    try {
      const outcome = await work();
      if (outcome?.state === 'failed') noteFailure(id);
      else failures.delete(id);
    } catch (error) {
      // Занято — значит, это делает другая копия модуля.
      if (signal.aborted || isArtError(error, 'SYNC_IN_PROGRESS') || isArtError(error, 'NOT_FOUND')) return;
      noteFailure(id);
      log.warn({ event: 'sync_not_run', storageId: id, err: error }, 'синхронизация не состоялась');
    }
  }

  function start(id: string, work: () => Promise<SyncRun | undefined>): void {
    const finished = run(id, work).finally(() => {
      running.delete(id);
      const [next] = waiting;
      if (next === undefined || signal.aborted) return;
      waiting.delete(next[0]);
      start(...next);
    });
    running.set(id, finished);
  }

  return {
    take(id, work) {
      if (signal.aborted || running.has(id) || waiting.has(id)) return;
      if (performance.now() < (failures.get(id)?.notBeforeMs ?? 0)) return;
      if (running.size < ELEMENTS_AT_ONCE_MAX) start(id, work);
      else waiting.set(id, work);
    },
    forgetFailures() {
      failures.clear();
    },
    async settled() {
      waiting.clear();
      await Promise.all(running.values());
    },
  };
}
