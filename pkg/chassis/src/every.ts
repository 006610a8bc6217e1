// Периодическая работа внутри процесса: никогда не накладывается сама на себя и не роняет процесс.
import type { Logger } from './create-logger.ts';

export interface EveryOptions {
  readonly name: string;
  readonly intervalMs: number;
  readonly log: Logger;
  readonly job: (signal: AbortSignal) => Promise<void>;
  /** Первый раз сразу, а не через интервал. */
  readonly runAtStart?: boolean;
}

export interface Periodic {
  /** Прерывает идущую работу, дожидается её конца и больше не начинает. */
  stop(): Promise<void>;
  /** Делает работу сейчас; если она уже идёт, дожидается её. Ошибка достаётся вызвавшему. */
  runNow(): Promise<void>;
}

/** Разброс ±10 %, чтобы копии модуля не будили соседей в одну секунду. */
const JITTER = 0.1;

export function every({ name, intervalMs, log, job, runAtStart = false }: EveryOptions): Periodic {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  function runNow(): Promise<void> {
    if (stopping.signal.aborted) return Promise.resolve();
    running ??= Promise.resolve()
      .then(() => job(stopping.signal))
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  function schedule(delayMs: number): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => void tick(), delayMs);
    timer.unref();
  }

  async function tick(): Promise<void> {
    try {
      await runNow();
    } catch (error) {
      if (!stopping.signal.aborted) {
        log.error({ event: 'periodic_job_failed', job: name, err: error }, 'периодическая работа не удалась');
      }
    }
    schedule(intervalMs * (1 - JITTER + 2 * JITTER * Math.random()));
  }

  schedule(runAtStart ? 0 : intervalMs * (1 - JITTER + 2 * JITTER * Math.random()));

  return {
    runNow,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      // Причину отказа уже получил тот, кто начал работу; здесь важно только дождаться.
      await running?.catch(() => undefined);
    },
  };
}
