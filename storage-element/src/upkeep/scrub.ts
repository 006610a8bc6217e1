// Проверка сумм по кругу: каждый байт перечитан и пересчитан не реже, чем раз в срок. Самые давние — первыми, поэтому
// после перезапуска работа продолжается сама. Темп ограничен; находки помечаются так же, как у сверки.
import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from '@artstore/chassis';
import type { Store } from '../engine/store.ts';
import { BackgroundJob } from './background-job.ts';
import { type CheckOrder, checkFile } from './check-file.ts';
import { Pace } from './pace.ts';

/** Файл берётся в проверку, когда прошла половина срока: вторая половина — запас на то, чтобы успеть. */
const DUE_SHARE = 0.5;
/** Проходы идут с таким шагом от срока, но не реже часа. */
const CHECKS_PER_PERIOD = 100;
const CHECK_MS_MAX = 3_600_000;
/** Столько отложенных в одном проходе: дальше беда не в файлах, и проход кончается. */
const POSTPONED_MAX = 10_000;
/** Столько файлов отмечаются проверенными одной записью в каталог. */
const BATCH_FILES = 64;
/** Пустой файл тоже стоит открытия и поиска: без этого малые файлы шли бы тысячами в секунду. */
const FILE_COST_BYTES = 16 << 10;

export interface ScrubberRoom {
  readonly store: Store;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** За сколько каждый байт обязан быть перечитан. */
  readonly periodMs: number;
  /** Байт в секунду. */
  readonly bytesPerSecond: number;
}

export interface ScrubCounts {
  readonly files: number;
  readonly bytes: number;
  readonly issues: number;
  readonly restored: number;
}

export class Scrubber {
  readonly #room: ScrubberRoom;
  readonly #job: BackgroundJob<null>;
  #counts: ScrubCounts = { files: 0, bytes: 0, issues: 0, restored: 0 };

  constructor(room: ScrubberRoom) {
    this.#room = room;
    this.#job = new BackgroundJob({
      name: 'scrub',
      log: room.log,
      clock: { now: () => room.store.nowMs(), monotonicMs: () => performance.now() },
      intervalMs: Math.min(CHECK_MS_MAX, room.periodMs / CHECKS_PER_PERIOD),
      scheduled: null,
      run: (_, { signal }) => this.#run(signal),
    });
  }

  /** Сколько проверено с запуска процесса. */
  get counts(): ScrubCounts {
    return this.#counts;
  }

  /** Сколько прошло с проверки самого давнего файла, миллисекунды; 0, если файлов нет. */
  get oldestAgeMs(): number {
    const { store } = this.#room;
    return Math.max(0, store.nowMs() - (store.catalog.verified.oldestMs() ?? store.nowMs()));
  }

  /** Начинает проход сейчас; false, если он уже идёт. */
  start(): boolean {
    return this.#job.start(null);
  }

  settled(): Promise<void> {
    return this.#job.settled();
  }

  stop(): Promise<void> {
    return this.#job.stop();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { store, log, periodMs, bytesPerSecond } = this.#room;
    // Каталог достраивается: что в нём давнее, ещё не видно.
    if (store.rebuild) return;
    const bytesPace = new Pace(bytesPerSecond, signal);
    const order: CheckOrder = { verifyChecksums: true, dryRun: false, moveOrphans: false, bytesPace, signal };
    const before = this.#counts;
    if (this.oldestAgeMs > periodMs) {
      log.warn({ event: 'scrub_behind', oldestAgeMs: this.oldestAgeMs }, 'проверка сумм не успевает за сроком');
    }
    // Проверенные в этот проход новее этого мига: проход конечен.
    const dueMs = store.nowMs() - periodMs * DUE_SHARE;
    while (!signal.aborted && store.survey.forgetFutureChecks(store.nowMs(), dueMs)) await turn();
    // О ком рассудить не вышло, тот ждёт следующего прохода и остаётся непроверенным.
    const postponed = new Set<string>();
    while (postponed.size < POSTPONED_MAX) {
      const oldest = store.catalog.verified.due(dueMs, BATCH_FILES + postponed.size);
      const due = oldest.filter(({ fileId }) => !postponed.has(fileId));
      if (due.length === 0) break;
      for (const fileId of await this.#check(due, order)) postponed.add(fileId);
      await turn();
    }
    const { files, issues } = this.#counts;
    if (files > before.files) {
      log.info(
        { event: 'scrub_finished', files: files - before.files, issues: issues - before.issues },
        'суммы проверены',
      );
    }
  }

  /** Возвращает тех, о ком рассудить не вышло. */
  async #check(due: ReturnType<Store['catalog']['verified']['due']>, order: CheckOrder): Promise<readonly string[]> {
    const { store, log } = this.#room;
    const done: string[] = [];
    const unjudged: string[] = [];
    try {
      for (const { fileId, place } of due) {
        await order.bytesPace.spend(FILE_COST_BYTES);
        const { issue, judged, restored, bytesRead } = await checkFile(store, { fileId, place }, order);
        (judged ? done : unjudged).push(fileId);
        const { files, bytes, issues, restored: back } = this.#counts;
        this.#counts = {
          files: files + 1,
          bytes: bytes + bytesRead,
          issues: issues + (issue ? 1 : 0),
          restored: back + (restored ? 1 : 0),
        };
        if (issue) log.error({ event: 'scrub_issue', ...issue }, 'проверка сумм нашла порчу');
      }
    } finally {
      store.survey.noteVerified(done, store.nowMs());
    }
    return unjudged;
  }
}
