// Работа в фоне: один проход за раз, по расписанию или по просьбе, с состоянием, которое можно показать.
// Обещание: проходы не накладываются, ошибка прохода не роняет процесс, остановка прерывает и дожидается.
import type { Logger } from '@artstore/chassis';
import type { Clock } from '../engine/store-options.ts';

export type JobTrigger = 'manual' | 'schedule';

export interface JobState<Options> {
  /** idle — проходов ещё не было; interrupted — проход оборвала остановка. */
  readonly status: 'idle' | 'running' | 'completed' | 'failed' | 'interrupted';
  readonly trigger: JobTrigger | null;
  /** С чем запущен идущий или последний проход. */
  readonly options: Options | null;
  /** Миллисекунды Unix. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Когда расписание начнёт следующий проход; null, пока проход идёт или расписания нет. */
  readonly nextRunAt: number | null;
  /** Почему последний проход не удался. */
  readonly error: string | null;
}

export interface JobPass {
  /** Прерван, когда процесс останавливается: проход обязан скоро закончиться. */
  readonly signal: AbortSignal;
  readonly trigger: JobTrigger;
}

export interface BackgroundJobOptions<Options> {
  readonly name: string;
  readonly log: Pick<Logger, 'error'>;
  readonly clock: Clock;
  /** Сколько ждать от конца прохода до следующего; без него проходы только по просьбе. */
  readonly intervalMs?: number;
  /** Сколько ждать первого прохода; по умолчанию — интервал. */
  readonly firstInMs?: number;
  /** С чем идут проходы по расписанию. */
  readonly scheduled: Options;
  /** Один проход. Может сказать, что продолжить надо раньше срока: вернуть againInMs. */
  readonly run: (options: Options, pass: JobPass) => Promise<{ readonly againInMs?: number } | void>;
}

const ERROR_LENGTH_MAX = 1000;
/** Больше setTimeout не умеет: срабатывает сразу. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class BackgroundJob<Options> {
  readonly #order: BackgroundJobOptions<Options>;
  readonly #stopping = new AbortController();
  #state: Omit<JobState<Options>, 'nextRunAt'>;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Когда начнётся следующий проход, монотонные миллисекунды: перевод часов расписания не сбивает. */
  #dueMs: number | undefined;

  constructor(order: BackgroundJobOptions<Options>) {
    this.#order = order;
    this.#state = { status: 'idle', trigger: null, options: null, startedAt: null, finishedAt: null, error: null };
    this.#schedule(order.firstInMs ?? order.intervalMs);
  }

  get state(): JobState<Options> {
    const { clock } = this.#order;
    const nextRunAt = this.#dueMs === undefined ? null : clock.now() + Math.max(0, this.#dueMs - clock.monotonicMs());
    return { ...this.#state, nextRunAt };
  }

  /** Начинает проход; false, если он уже идёт или процесс останавливается. Конца прохода не ждёт. */
  start(options: Options, trigger: JobTrigger = 'manual'): boolean {
    if (this.#running !== undefined || this.#stopping.signal.aborted) return false;
    this.#unschedule();
    const startedAt = this.#order.clock.now();
    this.#state = { status: 'running', trigger, options, startedAt, finishedAt: null, error: null };
    this.#running = this.#pass(options, trigger).finally(() => {
      this.#running = undefined;
    });
    return true;
  }

  /** Дожидается конца идущего прохода; не бросает: чем кончилось, говорит состояние. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Прерывает идущий проход, дожидается его конца и больше не начинает. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unschedule();
    await this.#running;
  }

  async #pass(options: Options, trigger: JobTrigger): Promise<void> {
    const { name, log, run, clock, intervalMs } = this.#order;
    const { signal } = this.#stopping;
    let againInMs = intervalMs;
    let ended: Pick<JobState<Options>, 'status' | 'error'> = { status: 'completed', error: null };
    try {
      // Проход начинается после того, как начавший его увидел состояние running.
      await Promise.resolve();
      const result = await run(options, { signal, trigger });
      againInMs = result?.againInMs ?? intervalMs;
      if (signal.aborted) ended = { status: 'interrupted', error: null };
    } catch (error) {
      if (signal.aborted) {
        ended = { status: 'interrupted', error: null };
      } else {
        const message = error instanceof Error ? error.message : String(error);
        ended = { status: 'failed', error: message.slice(0, ERROR_LENGTH_MAX) };
        log.error({ event: 'background_job_failed', job: name, err: error }, 'проход в фоне не удался');
      }
    }
    this.#state = { ...this.#state, ...ended, finishedAt: clock.now() };
    this.#schedule(againInMs);
  }

  #schedule(delayMs: number | undefined): void {
    if (delayMs === undefined || this.#stopping.signal.aborted) return;
    this.#dueMs = this.#order.clock.monotonicMs() + delayMs;
    this.#timer = setTimeout(() => this.start(this.#order.scheduled, 'schedule'), Math.min(delayMs, TIMER_MS_MAX));
    this.#timer.unref();
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs = undefined;
  }
}
