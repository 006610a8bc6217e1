// Когда ставится контрольная точка: по времени, по длине и числу записей, по зову полного журнала; сама точка —
// checkpoint.ts. Обещание: точка идёт одна. Не хватило места — пробуется снова, другой отказ останавливает журнал.
import type { Catalog } from './catalog.ts';
import { checkpoint } from './checkpoint.ts';
import { type Disk, isNoSpace } from './disk.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { ElementIdentity } from './element-identity.ts';
import type { Layout } from './layout.ts';
import type { Placer } from './placer.ts';
import type { Space } from './space.ts';
import { SPACE_RETRY_MS, type StoreOptions } from './store-options.ts';
import type { Wal } from './wal.ts';

const CHECKPOINT_BYTES = 32 << 20;
/** То же числом записей: правка вдесятеро короче загрузки, а повторять её не многим дешевле. */
const CHECKPOINT_RECORDS = 10_000;
const CHECKPOINT_MS = 10_000;

export interface CheckpointsRoom {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly catalog: Catalog;
  readonly placer: Placer;
  readonly storageId: string;
  readonly guard: Pick<DiskGuard, 'mayWrite' | 'requirePresent'>;
  /** Узнаёт, что точке стало не хватать места или снова хватает: прежний замер больше не годится. */
  readonly space: Pick<Space, 'forget'>;
  readonly options: Pick<StoreOptions, 'checkpointBytes' | 'checkpointMs' | 'spaceRetryMs' | 'hooks' | 'log'>;
  readonly monotonicMs: () => number;
  /** Ждать больше некогда: идущая точка бросается, следующий запуск повторит журнал. */
  readonly signal: AbortSignal;
}

export class Checkpoints {
  readonly #room: CheckpointsRoom;
  /** undefined, пока журнал не открыт: отпускать ещё нечего. */
  #wal: Wal | undefined;
  /** Личность с режимом, которого в element.json ещё нет. */
  #unsavedIdentity: ElementIdentity | undefined;
  #bytesSince = 0;
  #recordsSince = 0;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStuck = false;
  #retry: NodeJS.Timeout | undefined;
  /** Имена в staging, которые уберёт следующая удавшаяся точка. */
  readonly #stagedFlushed = new Set<string>();

  constructor(room: CheckpointsRoom) {
    this.#room = room;
  }

  /** Журнал открыт: точки ставятся. */
  start(wal: Wal): void {
    this.#wal = wal;
    this.#timer = setInterval(() => void this.run(), this.#room.options.checkpointMs ?? CHECKPOINT_MS);
    this.#timer.unref();
  }

  /** Точке не хватило места, и с тех пор ни одна не прошла. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Режим переменился: личность запишет следующая точка. */
  noteMode(identity: ElementIdentity): void {
    this.#unsavedIdentity = identity;
  }

  /** Журнал вырос на кадр: count записей, bytes байт. */
  noteFrame(count: number, bytes: number): void {
    this.#bytesSince += bytes;
    this.#recordsSince += count;
    const bytesMax = this.#room.options.checkpointBytes ?? CHECKPOINT_BYTES;
    if (this.#bytesSince >= bytesMax || this.#recordsSince >= CHECKPOINT_RECORDS) void this.run();
  }

  /** Сбрасывает разложенное и отпускает сегменты журнала. Второй вызов во время первого ждёт его же. */
  run(): Promise<void> {
    this.#running ??= this.#runOne().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Идущая точка могла начаться раньше, чем занялись сегменты, и ни одного не отпустит: нужна ещё одна после неё. */
  async makeRoom(): Promise<void> {
    await this.#running;
    await this.run();
  }

  async #runOne(): Promise<void> {
    const wal = this.#wal;
    const { guard, options, signal, monotonicMs } = this.#room;
    if (wal === undefined || wal.failure !== undefined || !guard.mayWrite) return;
    const startedAt = monotonicMs();
    const position = wal.applied;
    this.#bytesSince = 0;
    this.#recordsSince = 0;
    const changedIdentity = this.#takeUnsavedIdentity();
    try {
      const confirm = (): void => guard.requirePresent(0);
      const files = await checkpoint(
        { ...this.#room, changedIdentity, staged: this.#stagedFlushed, confirm },
        position,
      );
      wal.releaseBefore(position);
      this.#noteStuck(false);
      options.hooks?.onCheckpoint?.(files, monotonicMs() - startedAt);
    } catch (error) {
      if (signal.aborted) return;
      // Пока точка шла, режим мог смениться ещё раз: новая личность вернее.
      this.#unsavedIdentity ??= changedIdentity;
      if (!isNoSpace(error)) {
        wal.poison(error);
        return;
      }
      this.#noteStuck(true, error);
      wal.noteStuck();
    }
  }

  #takeUnsavedIdentity(): ElementIdentity | undefined {
    const identity = this.#unsavedIdentity;
    this.#unsavedIdentity = undefined;
    return identity;
  }

  /** Точке не хватило места: журнал цел, поэтому это ожидание, а не отказ. Пробуется снова, пока не выйдет. */
  #noteStuck(isStuck: boolean, err?: unknown): void {
    const { log, spaceRetryMs = SPACE_RETRY_MS } = this.#room.options;
    if (isStuck && !this.#isStuck)
      log.warn({ event: 'checkpoint_stuck', err }, 'контрольной точке нет места, журнал ждёт');
    if (!isStuck && this.#isStuck) log.info({ event: 'checkpoint_unstuck' }, 'место нашлось, контрольная точка прошла');
    if (isStuck !== this.#isStuck) this.#room.space.forget();
    this.#isStuck = isStuck;
    clearTimeout(this.#retry);
    if (!isStuck) return;
    this.#retry = setTimeout(() => void this.run(), spaceRetryMs);
    this.#retry.unref();
  }

  /** По времени точек больше не будет; последнюю поставит finish. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Последняя точка, если на неё ещё есть время. */
  async finish(): Promise<void> {
    await this.#running;
    if (!this.#room.signal.aborted) await this.run();
    clearTimeout(this.#retry);
  }
}
