// Сверка: описания, байты и каталог сравниваются файл за файлом, ведро за ведром. Ничего не удаляет: помечает missing
// и corrupted, снимает пометки с того, что снова цело, и по просьбе откладывает осиротевшие байты в карантин.
import { ArtError, isArtError } from '@artstore/contracts';
import type { Logger } from '@artstore/chassis';
import type { Place } from '../engine/layout.ts';
import type { Store } from '../engine/store.ts';
import { DataDirectoryGone } from '../engine/survey.ts';
import { BackgroundJob, type JobPass } from './background-job.ts';
import { type CheckOrder, checkFile, codeOf } from './check-file.ts';
import { Pace } from './pace.ts';
import {
  addIssue,
  beginReport,
  issuesTotal,
  loadReport,
  type ReconcileOptions,
  type ReconcileReport,
  saveReport,
} from './reconcile-report.ts';

/** Взгляд на файл стоит около 0,1 мс процессора: тысяча в секунду — десятая часть ядра. */
const FILES_PER_SECOND = 1000;
/** С этой скоростью читает сверка сумм, начатая вручную: около четверти ядра. */
const BYTES_PER_SECOND = 100 << 20;
/** Столько файлов смотрят разом: пока один ждёт диск, другой считает. */
const PARALLEL_FILES = 4;
const ERROR_LENGTH_MAX = 1000;
/** Каталог строится: так часто смотрим, не достроен ли он. */
const REBUILD_MS_MAX = 60_000;

const SCHEDULED: ReconcileOptions = { dryRun: false, verifyChecksums: false, moveOrphans: false };

export interface ReconcilerRoom {
  readonly store: Store;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Сколько ждать от конца сверки до следующей. */
  readonly intervalMs: number;
  readonly filesPerSecond?: number;
}

export class Reconciler {
  readonly #room: ReconcilerRoom;
  readonly #job: BackgroundJob<ReconcileOptions>;
  /** Идущая сверка или последняя законченная, хотя бы и прежним процессом. */
  #report: ReconcileReport | undefined;

  constructor(room: ReconcilerRoom) {
    this.#room = room;
    const { store, log, intervalMs } = room;
    try {
      this.#report = loadReport(store);
    } catch (error) {
      log.warn({ event: 'reconcile_report_unreadable', err: error }, 'отчёт прежней сверки не читается');
    }
    this.#job = new BackgroundJob({
      name: 'reconcile',
      log,
      clock: { now: () => store.nowMs(), monotonicMs: () => performance.now() },
      intervalMs,
      scheduled: SCHEDULED,
      run: (options, pass) => this.#run(options, pass),
    });
  }

  get report(): ReconcileReport | undefined {
    return this.#report;
  }

  get nextRunAtMs(): number | null {
    return this.#job.state.nextRunAt;
  }

  /** Начинает сверку и возвращает её отчёт, ещё пустой. Бросает RECONCILE_IN_PROGRESS. */
  start(options: ReconcileOptions): ReconcileReport {
    const { rebuild } = this.#room.store;
    if (rebuild) throw new ArtError('NOT_READY', { explain: rebuild.describe() });
    if (!this.#job.start(options)) throw new ArtError('RECONCILE_IN_PROGRESS');
    return this.#begin(options, 'manual');
  }

  /** Дожидается конца идущей сверки. */
  settled(): Promise<void> {
    return this.#job.settled();
  }

  /** Прерывает идущую сверку: её отчёт — interrupted. */
  stop(): Promise<void> {
    return this.#job.stop();
  }

  #begin(options: ReconcileOptions, trigger: JobPass['trigger']): ReconcileReport {
    const { store } = this.#room;
    const totals = store.catalog.totals(new Date(store.nowMs()).toISOString());
    const filesTotal = Object.values(totals).reduce((sum, { files }) => sum + files, 0);
    this.#report = beginReport({ options, trigger, startedAtMs: store.nowMs(), filesTotal });
    return this.#report;
  }

  async #run(options: ReconcileOptions, { signal, trigger }: JobPass): Promise<{ againInMs?: number }> {
    const { store, intervalMs } = this.#room;
    // Расписание подождёт: это не неудача, и прежний отчёт остаётся.
    if (trigger === 'schedule' && store.rebuild) return { againInMs: Math.min(REBUILD_MS_MAX, intervalMs) };
    const started = this.#report?.status === 'running' ? this.#report : this.#begin(options, trigger);
    try {
      await reconcile(this.#room, started, signal);
      await this.#finish(started, { status: 'completed', error: null });
      return {};
    } catch (error) {
      const interrupted = { status: 'interrupted', error: null } as const;
      await this.#finish(started, signal.aborted ? interrupted : { status: 'failed', error: errorText(error) });
      throw error;
    }
  }

  /** Законченной сверка называется, только когда отчёт записан: увидевший это вправе начинать следующую. */
  async #finish(report: ReconcileReport, end: Pick<ReconcileReport, 'status' | 'error'>): Promise<void> {
    const ended = { ...end, finishedAtMs: this.#room.store.nowMs() };
    await this.#keep({ ...report, ...ended });
    Object.assign(report, ended);
  }

  async #keep(report: ReconcileReport): Promise<void> {
    const { store, log } = this.#room;
    const { status, filesChecked, restored, counts } = report;
    const fields = { event: 'reconcile_finished', status, filesChecked, restored, issues: issuesTotal(report), counts };
    if (issuesTotal(report) > 0) log.warn(fields, 'сверка закончена, есть находки');
    else log.info(fields, 'сверка закончена');
    try {
      await saveReport(store, report);
    } catch (error) {
      log.warn(
        { event: 'reconcile_report_unsaved', err: error },
        'отчёт сверки не записан: перезапуска он не переживёт',
      );
    }
  }
}

function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, ERROR_LENGTH_MAX);
}

async function reconcile(room: ReconcilerRoom, report: ReconcileReport, signal: AbortSignal): Promise<void> {
  const { store } = room;
  const filesPace = new Pace(room.filesPerSecond ?? FILES_PER_SECOND, signal);
  const order: CheckOrder = { ...report.options, bytesPace: new Pace(BYTES_PER_SECOND, signal), signal };
  if (store.rebuild) throw new ArtError('NOT_READY', { explain: store.rebuild.describe() });
  store.survey.checkHome();
  for (const place of store.survey.places()) {
    signal.throwIfAborted();
    const fileIds = listBucket(store, place, report);
    await shareWork(fileIds, async (fileId) => {
      await filesPace.spend(1);
      const { issue, restored, bytesRead } = await checkFile(store, { fileId, place }, order);
      report.filesChecked += 1;
      report.bytesChecked += bytesRead;
      if (restored) report.restored += 1;
      if (issue) addIssue(report, issue);
    });
  }
  store.survey.checkHome();
}

/** Рабочие разбирают список вместе. Отказ одного останавливает всех; возвращается, когда закончили все. */
async function shareWork(ids: IterableIterator<string>, work: (id: string) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = ids.next(); !next.done && failures.length === 0; next = ids.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_FILES }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Файлы ведра. Ведро, которое не читается, — одна находка. */
function listBucket(store: Store, place: Place, report: ReconcileReport): IterableIterator<string> {
  try {
    return store.survey.fileIdsIn(place).values();
  } catch (error) {
    if (isArtError(error) || error instanceof DataDirectoryGone) throw error;
    store.survey.checkHome();
    const description = `ведро ${place.day}/${place.bucket} не читается: ${codeOf(error)}`;
    addIssue(report, { type: 'missing_file', fileId: null, description, action: 'none' });
    return [].values();
  }
}
