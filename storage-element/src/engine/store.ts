// Движок целиком: открыть, принять байты, изменить под замком, прочитать, закрыть.
// Обещание: ответ дан — перемена переживёт отключение питания; ответа нет — она случилась целиком или никак.
//
// Длиннее трёхсот строк: здесь соединены приём, журнал, указатель, контрольная точка и присмотр за диском, и порядок
// их открытия, отказа и закрытия — одно целое.
import { randomUUID } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import type { StorageMode } from '../files/mode.ts';
import type { Ballast } from './ballast.ts';
import { openCatalogFile } from './catalog-file.ts';
import { openWallClock } from './clock-mark.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { checkpoint } from './checkpoint.ts';
import { type Disk, type DiskFile, isCode } from './disk.ts';
import { DiskGuard, type DiskState } from './disk-guard.ts';
import type { ElementIdentity } from './element-identity.ts';
import type { Layout } from './layout.ts';
import { type DamagedRoom, listDamaged } from './list-damaged.ts';
import { lockDirectory } from './lock-directory.ts';
import { LockedFile } from './locked-file.ts';
import { FileLocks } from './locks.ts';
import { memoryFile } from './memory-file.ts';
import { OpenBlobs } from './open-blobs.ts';
import { Buckets } from './place-files.ts';
import { createPlacer, type Placer, type PlacerOptions } from './placer.ts';
import { startPlacerThread } from './placer-thread.ts';
import { logSharesDisk, type PreparedDisk, prepareDisk, watchedDirectory } from './prepare-disk.ts';
import { type ReceivedBlob, type ReceiveWish, receiveBlob } from './receive-blob.ts';
import { type Recovered, recover } from './recovery.ts';
import { HashThreads } from './hash-threads.ts';
import { batchBytes, Slabs } from './slabs.ts';
import { Space } from './space.ts';
import { SyncFailed } from './staged-file.ts';
import type { CatalogView, Clock, StoreOptions } from './store-options.ts';
import { Unplaced } from './unplaced.ts';
import type { WallClock } from './wall-clock.ts';
import { Wal } from './wal.ts';
import type { LogRecord } from './wal-record.ts';

const INLINE_BYTES_MAX = 64 << 10;
const CHECKPOINT_BYTES = 32 << 20;
const CHECKPOINT_MS = 10_000;
/** Сколько ждать контрольной точки при остановке; не успела — следующий запуск повторит журнал. */
const CLOSE_MS_MAX = 4_000;

const SYSTEM_CLOCK: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() };

/** Открывает движок: замок каталога, восстановление, журнал. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { monotonicMs } = options.clock ?? SYSTEM_CLOCK;
  const prepared = await prepareDisk(options, monotonicMs);
  const { disk, layout, ballast } = prepared;
  const release = lockDirectory(layout, options.disk === undefined);
  // Стоять раскладка может только у открытого движка: повтор при запуске места не ждёт.
  let onNoSpace: (stalled: boolean) => void = () => undefined;
  const placer = openPlacer(options, { disk, layout, onNoSpace: (stalled) => onNoSpace(stalled) });
  try {
    const randomId = options.randomId ?? randomUUID;
    const recovered = await recover({
      disk,
      layout,
      log: options.log,
      randomId,
      storageId: options.storageId,
      mode: options.mode,
      openCatalog:
        options.openCatalog ?? ((fresh) => openCatalogFile(disk, layout, { fresh, makeRoom: () => ballast.drop() })),
      placer,
    });
    const store = await Store.start({ ...prepared, options, randomId, recovered, placer, release });
    onNoSpace = (stalled) => store.noteNoSpace(stalled);
    return store;
  } catch (error) {
    await placer.close(AbortSignal.abort());
    release();
    throw error;
  }
}

function openPlacer(options: StoreOptions, room: PlacerOptions & { onNoSpace: (stalled: boolean) => void }): Placer {
  if (options.openPlacer) return options.openPlacer(room);
  return options.disk === undefined ? startPlacerThread(room.layout, room.onNoSpace) : createPlacer(room);
}

interface StoreRoom extends PreparedDisk {
  readonly options: StoreOptions;
  readonly randomId: () => string;
  readonly recovered: Recovered;
  readonly placer: Placer;
  readonly release: () => void;
}

export class Store {
  readonly #disk: Disk;
  readonly #bareDisk: Disk;
  readonly #ballast: Ballast;
  readonly #guard: DiskGuard;
  readonly #layout: Layout;
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  readonly #randomId: () => string;
  readonly #catalog: Catalog;
  readonly #placer: Placer;
  readonly #unplaced: Unplaced;
  readonly #blobs: OpenBlobs;
  readonly #buckets: Buckets;
  readonly #locks = new FileLocks();
  readonly #slabs = new Slabs();
  readonly #hashThreads: HashThreads;
  readonly #release: () => void;
  readonly space: Space;
  /** Стенные часы и вера им. */
  readonly wallClock: WallClock;
  #wal!: Wal;
  #identity: ElementIdentity;
  /** Режим, который уже в очереди журнала: после него ничто, ему противное, в журнал не встанет. */
  #nextMode: StorageMode;
  /** Режим переменился после прошлой контрольной точки. */
  #modeUnsaved: boolean;
  #receiving = 0;
  #bytesSinceCheckpoint = 0;
  readonly #logSharesDisk: boolean;
  #checkpointing: Promise<void> | undefined;
  readonly #abandonCheckpoint = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  private constructor(room: StoreRoom) {
    const { options, recovered } = room;
    this.#disk = room.disk;
    this.#bareDisk = room.bareDisk;
    this.#ballast = room.ballast;
    this.#layout = room.layout;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#randomId = room.randomId;
    this.wallClock = openWallClock(room, this.#clock, () => this.#guard.mayWrite);
    this.#catalog = recovered.catalog;
    this.#placer = room.placer;
    this.#unplaced = new Unplaced({
      placer: room.placer,
      bytesMax: options.unplacedBytesMax,
      onFailure: (error) => this.#wal.poison(error),
    });
    this.#blobs = new OpenBlobs({
      open: (path) => room.disk.open(path, 'read'),
      // Диск испытаний считает открытые файлы.
      idleFilesMax: options.disk === undefined ? undefined : 0,
      monotonicMs: () => this.#clock.monotonicMs(),
    });
    this.#buckets = new Buckets(room.disk, room.layout);
    // На диске испытаний поток один: иначе зерно не повторило бы того же хода.
    this.#hashThreads = new HashThreads(options.disk === undefined ? undefined : 0);
    this.#release = room.release;
    this.#identity = recovered.identity;
    this.#nextMode = recovered.identity.mode;
    this.#modeUnsaved = recovered.modeRedone;
    this.#logSharesDisk = logSharesDisk(room);
    this.space = new Space({
      disk: room.disk,
      path: room.layout.dataDir,
      limits: { capacityBytesMax: options.space.capacityBytesMax, reserveBytes: room.sizes.reserveBytes },
      storedBytes: () => this.#catalog.storedBytes,
      owedBytes: () => this.#ballast.missingBytes + this.#owedToLog() + this.#unplaced.bytes,
      monotonicMs: () => this.#clock.monotonicMs(),
    });
    this.#guard = new DiskGuard({
      watched: watchedDirectory(room, recovered.identity.storageId),
      ballast: room.ballast,
      space: this.space,
      log: options.log,
      monotonicMs: () => this.#clock.monotonicMs(),
      onFatal: (error) => options.hooks?.onFatal?.(error),
    });
  }

  static async start(room: StoreRoom): Promise<Store> {
    const store = new Store(room);
    store.#wal = await Wal.open(store.#logSharesDisk ? room.disk : room.bareDisk, room.layout, {
      limits: { ...room.sizes.wal, ...room.options.walLimits },
      start: room.recovered.walStart,
      hooks: {
        apply: (records) => store.#apply(records),
        room: () => store.#unplaced.room(),
        onFrame: (count, bytes, syncMs) => store.#afterFrame(count, bytes, syncMs),
        onFull: () => void store.#makeRoom(),
        onFailure: (error) => {
          store.#unplaced.release();
          store.#guard.onFailure(error);
        },
      },
    });
    store.#timer = setInterval(() => void store.checkpoint(), room.options.checkpointMs ?? CHECKPOINT_MS);
    store.#timer.unref();
    if (room.recovered.redone > 0) void store.checkpoint();
    const { disk, layout, options, recovered } = room;
    const withFile: DamagedRoom['withFile'] = (fileId, work) => store.withFile(fileId, work);
    await listDamaged({ disk, layout, catalog: recovered.catalog, log: options.log, withFile });
    store.#guard.start();
    return store;
  }

  get storageId(): string {
    return this.#identity.storageId;
  }

  get epoch(): string {
    return this.#identity.epoch;
  }

  get mode(): StorageMode {
    return this.#nextMode;
  }

  /** Последняя revision, которую видит лента. */
  get revision(): number {
    return this.#wal.applied.revision;
  }

  /** Причина, по которой движок больше не пишет; undefined, пока всё хорошо. */
  get failure(): unknown {
    return this.#wal.failure;
  }

  /** Каталог данных на месте, только для чтения или пропал. */
  get diskState(): DiskState {
    return this.#guard.state;
  }

  /** Бросает NOT_READY, если каталога данных нет на месте; 'now' — взглянуть заново, прежде чем сказать «нет». */
  requirePresent(how?: 'now'): void {
    this.#guard.requirePresent(how === 'now' ? 0 : undefined);
  }

  /** Сколько байт балласта на месте. */
  get ballastBytes(): number {
    return this.#ballast.presentBytes;
  }

  /** Сколько места занимает указатель, байт. */
  get catalogBytes(): number {
    const { catalog } = this.#layout;
    return ['', '-wal'].reduce((sum, suffix) => sum + (this.#disk.sizeOf(catalog + suffix) ?? 0), 0);
  }

  /** Сегменты, которые журнал ещё заведёт, байт; журнал на своём диске места у файлов не берёт. */
  #owedToLog(): number {
    return this.#logSharesDisk ? this.#wal.unallocatedBytes : 0;
  }

  get catalog(): CatalogView {
    return this.#catalog;
  }

  get logSegments(): number {
    return this.#wal.segmentsInUse;
  }

  nowMs(): number {
    return this.wallClock.nowMs();
  }

  /** Принимает тело: малое в память, большое в staging. Сумма и длина уже проверены. */
  async receive(order: ReceiveWish): Promise<ReceivedBlob> {
    this.#refuseIfFailed();
    this.#receiving += 1;
    try {
      return await receiveBlob(this.#bareDisk, this.#layout, {
        ...order,
        stagedName: `${this.#randomId()}.part`,
        inlineBytesMax: this.#options.inlineBytesMax ?? INLINE_BYTES_MAX,
        gatherBytes: () => batchBytes(this.#receiving),
        slabs: this.#slabs,
        openSha256: this.#hashThreads.openSha256,
      });
    } catch (error) {
      if (error instanceof SyncFailed) this.#wal.poison(error);
      throw error;
    } finally {
      this.#receiving -= 1;
    }
  }

  /** Убирает принятое, которое не понадобилось. */
  discard(received: ReceivedBlob): void {
    if ('staged' in received.bytes) this.#disk.remove(this.#layout.staged(received.bytes.staged));
  }

  /** Даёт work изменить файл, пока его не тронет никто другой. */
  withFile<T>(fileId: string, work: (file: LockedFile) => Promise<T>): Promise<T> {
    this.#refuseIfFailed();
    return this.#locks.hold(fileId, () =>
      work(
        new LockedFile(fileId, {
          catalog: this.#catalog,
          wal: this.#wal,
          place: () => this.#buckets.next(this.#clock.now()),
          requirePresent: () => this.requirePresent('now'),
          requireBreath: () => this.#guard.requireBreath(),
        }),
      ),
    );
  }

  /** Записывает новый режим; возвращается, когда он переживёт отключение питания. */
  async setMode(mode: StorageMode): Promise<void> {
    this.#refuseIfFailed();
    const before = this.#nextMode;
    this.#nextMode = mode;
    try {
      await this.#wal.append((revision) => ({ type: 'mode', mode, revision }));
    } catch (error) {
      this.#nextMode = before;
      throw error;
    }
  }

  /** Открывает байты файла, где бы они ни были; undefined, если их нет нигде. */
  async openBlob({ place, file: { fileId } }: CatalogEntry): Promise<DiskFile | undefined> {
    const unplaced = this.#unplaced.find(fileId);
    if (unplaced && 'inline' in unplaced) return memoryFile(unplaced.inline);
    // Имя в staging могли убрать, пока очередь доходила до открытия: тогда байты уже на месте.
    const staged = unplaced && (await this.#openIfThere(this.#layout.staged(unplaced.staged)));
    const blob = staged ?? (await this.#openIfThere(this.#layout.blob(place, fileId)));
    if (blob === undefined) this.requirePresent('now');
    return blob;
  }

  async #openIfThere(path: string): Promise<DiskFile | undefined> {
    try {
      return await this.#blobs.open(path);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Ждёт, пока всё подтверждённое до этого мига окажется на местах: нужно тому, кто смотрит на диск сам. */
  settle(): Promise<void> {
    return this.#unplaced.settle();
  }

  /** Раскладке не хватает места (true) или снова хватает. */
  noteNoSpace(stalled: boolean): void {
    this.#unplaced.stalled = stalled;
    const { log } = this.#options;
    if (stalled) log.error({ event: 'placing_stalled' }, 'на диске нет места: подтверждённые файлы ждут раскладки');
    else log.info({ event: 'placing_resumed' }, 'место нашлось, раскладка идёт');
  }

  /** Сбрасывает разложенное и отпускает сегменты журнала. Второй вызов во время первого ждёт его же. */
  checkpoint(): Promise<void> {
    this.#checkpointing ??= this.#runCheckpoint().finally(() => {
      this.#checkpointing = undefined;
    });
    return this.#checkpointing;
  }

  /** Идущая точка могла начаться раньше, чем занялись сегменты, и ни одного не отпустит: нужна ещё одна после неё. */
  async #makeRoom(): Promise<void> {
    await this.#checkpointing;
    await this.checkpoint();
  }

  async #runCheckpoint(): Promise<void> {
    if (this.#wal.failure !== undefined || !this.#guard.mayWrite) return;
    const startedAt = this.#clock.monotonicMs();
    const position = this.#wal.applied;
    this.#bytesSinceCheckpoint = 0;
    try {
      const files = await checkpoint(
        {
          disk: this.#disk,
          layout: this.#layout,
          catalog: this.#catalog,
          placer: this.#placer,
          changedIdentity: this.#takeChangedIdentity(),
          storageId: this.#identity.storageId,
          signal: this.#abandonCheckpoint.signal,
          confirm: () => this.#guard.requirePresent(0),
        },
        position,
      );
      this.#wal.releaseBefore(position);
      this.#options.hooks?.onCheckpoint?.(files, this.#clock.monotonicMs() - startedAt);
    } catch (error) {
      if (!this.#abandonCheckpoint.signal.aborted) this.#wal.poison(error);
    }
  }

  #takeChangedIdentity(): ElementIdentity | undefined {
    if (!this.#modeUnsaved) return undefined;
    this.#modeUnsaved = false;
    return this.#identity;
  }

  #apply(records: readonly LogRecord[]): void {
    this.#catalog.apply(records);
    this.#unplaced.place(records);
    for (const record of records) {
      if (record.type === 'remove') this.#blobs.forget(this.#layout.blob(record.place, record.fileId));
      if (record.type !== 'mode') continue;
      this.#identity = { ...this.#identity, mode: record.mode };
      this.#modeUnsaved = true;
    }
  }

  #afterFrame(count: number, bytes: number, syncMs: number): void {
    this.#options.hooks?.onFrame?.(count, bytes, syncMs);
    this.#bytesSinceCheckpoint += bytes;
    if (this.#bytesSinceCheckpoint >= (this.#options.checkpointBytes ?? CHECKPOINT_BYTES)) void this.checkpoint();
  }

  #refuseIfFailed(): void {
    this.#guard.requireWritable();
    if (this.#wal.failure !== undefined) throw new ArtError('NOT_READY', { cause: this.#wal.failure });
  }

  /** Дописывает журнал, ставит контрольную точку, если успевает, и отпускает каталог. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#guard.stop();
    await this.#wal.close();
    const { signal } = this.#abandonCheckpoint;
    const deadline = setTimeout(() => this.#abandonCheckpoint.abort(), CLOSE_MS_MAX);
    await this.#checkpointing;
    if (!signal.aborted) await this.checkpoint();
    await this.#placer.close(signal);
    clearTimeout(deadline);
    await this.#blobs.close();
    this.#catalog.close();
    await this.#hashThreads.close();
    this.#release();
  }
}
