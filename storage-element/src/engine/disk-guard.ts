// Присмотр за диском во время работы: каталог на месте, в него можно писать, балласт заведён.
//
// Истории, по которым приняты решения:
//   1. Каталог пропал или подменён. Открытые журнал, указатель и замок остались на прежнем диске, а пути ведут на новый.
//      На всё отвечается NOT_READY, контрольная точка не ставится: она обещала бы байты, легшие не туда.
//      Процесс не завершается: следующий запуск увидел бы пустой каталог и завёл бы в нём новый элемент.
//      Оборванная файловая система (XFS отвечает EIO на любой взгляд) — не подмена: заводить новый элемент там негде, а
//      пока процесс держит её открытой, подключить диск заново нельзя. Здесь процесс завершается.
//   2. Каталог вернулся. Что успело лечь мимо, знает только журнал, поэтому процесс завершается, и следующий запуск
//      повторяет его с последней точки.
//   3. Диск стал только для чтения. Запуск с такого диска невозможен, а чтение идёт: процесс живёт, изменениям — отказ.
//      Снова пишется — работа продолжается, а если журнал успел отказать, процесс завершается и восстанавливается.
import { ArtError } from '@artstore/contracts';
import type { Ballast } from './ballast.ts';
import type { RecoveryLog } from './recovery.ts';
import type { Space } from './space.ts';
import { type DirectoryState, isWritable, type WatchedDirectory, watchDirectory } from './watch-directory.ts';

export type DiskState = DirectoryState['kind'];

export interface GuardRoom {
  /** Нет у диска испытаний: его каталог никто не подменит. */
  readonly watched: WatchedDirectory | undefined;
  readonly ballast: Ballast;
  readonly space: Space;
  readonly log: RecoveryLog;
  readonly monotonicMs: () => number;
  /** Процессу пора завершиться: следующий запуск восстановит. */
  readonly onFatal: (error: unknown) => void;
}

const TICK_MS = 1_000;
/** Столько верят прошлому взгляду там, где отсутствие не решается. */
const FRESH_MS = 100;

/** От балласта осталось меньше этой доли — правки кончились. */
const BREATH_SHARE = 1 / 4;

const ABSENT = {
  ru: 'Каталог данных элемента не на месте: диск отключён или подменён.',
  en: "The element's data directory is missing: its disk has been unmounted or replaced.",
};
const READ_ONLY = {
  ru: 'Диск элемента доступен только на чтение: изменения не принимаются.',
  en: "The element's disk is read-only; changes are not accepted.",
};

export class DiskGuard {
  readonly #room: GuardRoom;
  readonly #look: () => DirectoryState;
  #state: DirectoryState = { kind: 'present' };
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Каталог хоть раз пропадал: верить путям до перезапуска нельзя. */
  #wasAbsent: string | undefined;
  /** Отказ, после которого процесс остался жить ради чтения. */
  #held: { readonly error: unknown } | undefined;
  #isEnding = false;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;

  constructor(room: GuardRoom) {
    this.#room = room;
    const { watched } = room;
    this.#look = watched === undefined ? () => ({ kind: 'present' }) : watchDirectory(watched);
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
    this.#tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking;
  }

  get state(): DiskState {
    return this.look(FRESH_MS).kind;
  }

  /** Взгляд не старше maxAgeMs; 0 — сейчас: так спрашивают перед тем, как сказать «нет». */
  look(maxAgeMs: number): DirectoryState {
    const nowMs = this.#room.monotonicMs();
    if (nowMs - this.#lookedAtMs > maxAgeMs || maxAgeMs === 0) {
      this.#lookedAtMs = nowMs;
      this.#learn(this.#look());
    }
    return this.#state;
  }

  /** Бросает NOT_READY, если каталога нет на месте. */
  requirePresent(maxAgeMs = FRESH_MS): void {
    const state = this.look(maxAgeMs);
    if (state.kind === 'absent') throw new ArtError('NOT_READY', { cause: state.reason, explain: ABSENT });
  }

  /** Бросает NOT_READY, если каталога нет на месте или он только для чтения. */
  requireWritable(): void {
    this.requirePresent();
    if (this.#state.kind === 'read_only') throw new ArtError('NOT_READY', { explain: READ_ONLY });
  }

  /**
   * Перед правкой: то, что подтвердит журнал, обязано лечь в указатель и описание. Балласт убран, и от него почти ничего
   * не осталось — STORAGE_FULL. Удаления не спрашивают: они место освобождают.
   */
  requireBreath(): void {
    const { ballast, watched } = this.#room;
    if (watched === undefined || ballast.missingBytes === 0) return;
    const { probe, layout } = watched;
    if (probe.freeBytes(layout.dataDir) < ballast.missingBytes * BREATH_SHARE) throw new ArtError('STORAGE_FULL');
  }

  /** Можно ли сейчас сбрасывать и обещать: взгляд свежий. */
  get mayWrite(): boolean {
    return this.look(0).kind === 'present';
  }

  /** Журнал отказал. Процесс завершается, если следующий запуск сможет подняться, иначе остаётся ради чтения. */
  onFailure(error: unknown): void {
    const state = this.look(0);
    if (state.kind === 'present' && !this.#isReadOnlyInFact()) {
      this.#end(error);
      return;
    }
    this.#held = { error };
    this.#learn(state.kind === 'absent' ? state : { kind: 'read_only' });
    this.#room.log.error({ event: 'writes_stopped', err: error, disk: this.#state.kind }, 'запись остановлена');
  }

  #isDead(): boolean {
    const { watched } = this.#room;
    return watched !== undefined && watched.probe.dead(watched.layout.dataDir);
  }

  #isReadOnlyInFact(): boolean {
    const { watched } = this.#room;
    return watched !== undefined && !isWritable(watched.probe, watched.layout, 'try');
  }

  #learn(seen: DirectoryState): void {
    const { log } = this.#room;
    if (seen.kind === 'absent') {
      if (this.#wasAbsent !== seen.reason)
        log.error({ event: 'data_directory_absent', reason: seen.reason }, seen.reason);
      this.#wasAbsent = seen.reason;
      this.#state = seen;
      if (this.#isDead()) this.#end(new Error(`${seen.reason} (EIO)`));
      return;
    }
    if (seen.kind === 'read_only') {
      if (this.#state.kind === 'present')
        log.error({ event: 'data_directory_read_only' }, 'диск доступен только на чтение');
      if (this.#wasAbsent === undefined) this.#state = seen;
      return;
    }
    if (this.#wasAbsent !== undefined) {
      this.#end(new Error(`каталог данных вернулся (${this.#wasAbsent}): нужен новый запуск, он повторит журнал`));
    } else if (this.#held !== undefined) {
      if (!this.#isReadOnlyInFact()) this.#end(this.#held.error);
    } else {
      if (this.#state.kind === 'read_only') log.info({ event: 'data_directory_writable' }, 'диск снова пишется');
      this.#state = seen;
    }
  }

  #end(error: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#room.onFatal(error);
  }

  #tick(): void {
    this.look(0);
    this.#ticking ??= this.#keepBallast()
      .catch((error: unknown) => this.#room.log.warn({ event: 'ballast_failed', err: error }, 'балласт не заведён'))
      .finally(() => {
        this.#ticking = undefined;
      });
  }

  /** Заводит балласт, когда места хватает на него и на незаведённый журнал, а от запаса остаётся хоть половина. */
  async #keepBallast(): Promise<void> {
    const { ballast, space } = this.#room;
    if (this.#state.kind !== 'present' || this.#held !== undefined) return;
    if (ballast.missingBytes > 0 && (await space.leftOnDisk()) < -space.reserveBytes / 2) return;
    await ballast.ensure();
    space.forget();
  }
}
