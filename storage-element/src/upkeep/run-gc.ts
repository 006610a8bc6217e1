// Уборка целиком: проходы по расписанию и по просьбе, их состояние и счёт.
// Решает, можно ли начать; что именно убирать, решает collect-expired.
import type { Logger } from '@artstore/chassis';
import { ArtError } from '@artstore/contracts';
import type { Store } from '../engine/store.ts';
import { explainDistrust } from '../engine/wall-clock.ts';
import { requireCollection } from '../files/require-file.ts';
import { BackgroundJob, type JobPass, type JobState } from './background-job.ts';
import {
  backlogOf,
  collectExpired,
  countExpired,
  emptyReport,
  type GcLimits,
  type GcReport,
} from './collect-expired.ts';

export interface GcOptions {
  /** Только посчитать. */
  readonly dryRun: boolean;
}

export interface GcRoom {
  readonly store: Store;
  readonly limits: GcLimits;
  readonly intervalMs: number;
  readonly log: Logger;
  readonly onPass?: (report: GcReport, durationMs: number) => void;
}

export interface GcState extends JobState<GcOptions> {
  /** Чья отсрочка прошла, а байты ещё на месте. */
  readonly backlog: { readonly files: number; readonly bytes: number };
  /** Все удалённые и истёкшие, чьи байты на месте: их ещё можно вернуть. */
  readonly trash: { readonly files: number; readonly bytes: number };
  readonly result: Readonly<GcReport>;
  /** Почему уборка стоит. */
  readonly suspended: string | null;
}

/** Первый проход — вскоре после запуска: процесс, который часто перезапускают, тоже убирает. */
const FIRST_MS_MAX = 60_000;
/** Бюджет кончился раньше работы. */
const AGAIN_MS = 1000;
/** Часам нет веры: так часто смотрим, не вернулась ли она. */
const SUSPENDED_MS_MAX = 60_000;

export class Gc {
  readonly #room: GcRoom;
  readonly #job: BackgroundJob<GcOptions>;
  #report = emptyReport();

  constructor(room: GcRoom) {
    this.#room = room;
    const { log, store, intervalMs } = room;
    this.#job = new BackgroundJob<GcOptions>({
      name: 'gc',
      log,
      clock: { now: () => store.nowMs(), monotonicMs: () => performance.now() },
      intervalMs,
      firstInMs: Math.min(intervalMs, FIRST_MS_MAX),
      scheduled: { dryRun: false },
      run: (options, pass) => this.#run(options, pass),
    });
  }

  /** Точный счёт по узкому указателю. */
  get backlog(): GcState['backlog'] {
    return backlogOf(this.#room.store, this.#room.limits.graceMs);
  }

  get suspended(): string | null {
    const distrust = this.#room.store.wallClock.check();
    return distrust === undefined ? null : explainDistrust(distrust).ru;
  }

  get state(): GcState {
    const { store } = this.#room;
    const { expired, deleted } = store.catalog.totals(new Date(store.nowMs()).toISOString());
    return {
      ...this.#job.state,
      backlog: this.backlog,
      trash: { files: expired.files + deleted.files, bytes: expired.bytes + deleted.bytes },
      result: { ...this.#report },
      suspended: this.suspended,
    };
  }

  /**
   * Начинает проход. confirm — человек ручается за часы. Бросает CONFLICT (проход уже идёт),
   * MODE_NOT_ALLOWED, CONFIRMATION_REQUIRED (часам нет веры).
   */
  async start({ dryRun, confirm }: { dryRun: boolean; confirm: boolean }): Promise<void> {
    const { store } = this.#room;
    if (!dryRun) {
      requireCollection(store);
      await this.#requireClock(confirm);
    }
    if (this.#job.start({ dryRun })) return;
    throw new ArtError('CONFLICT', {
      explain: { ru: 'Уборка уже идёт.', en: 'Garbage collection is already running.' },
    });
  }

  /** Дожидается конца идущего прохода. */
  settled(): Promise<void> {
    return this.#job.settled();
  }

  stop(): Promise<void> {
    return this.#job.stop();
  }

  async #requireClock(confirm: boolean): Promise<void> {
    const { store, log } = this.#room;
    const distrust = store.wallClock.check();
    if (distrust === undefined) return;
    if (!confirm) throw new ArtError('CONFIRMATION_REQUIRED', { explain: explainDistrust(distrust) });
    store.wallClock.confirm();
    await store.wallClock.save();
    log.warn({ event: 'clock_confirmed', ...distrust }, 'человек подтвердил часы');
  }

  async #run({ dryRun }: GcOptions, { signal, trigger }: JobPass): Promise<{ againInMs?: number }> {
    const { store, limits, log, onPass, intervalMs } = this.#room;
    const report = emptyReport();
    this.#report = report;
    if (dryRun) {
      countExpired({ store, limits, report });
      return {};
    }
    const startedAt = performance.now();
    const more = await collectExpired({ store, limits, report, signal });
    const durationMs = performance.now() - startedAt;
    onPass?.(report, durationMs);
    const idle = Object.values(report).every((count) => count === 0);
    if (!idle || trigger === 'manual')
      log.info({ event: 'gc_finished', ...report, durationMs, more }, 'уборка закончена');
    if (more) return { againInMs: Math.min(AGAIN_MS, intervalMs) };
    return this.suspended === null ? {} : { againInMs: Math.min(SUSPENDED_MS_MAX, intervalMs) };
  }
}
