// Движок целиком: открыть, принять байты, изменить под замком, прочитать, закрыть.
// Обещание: ответ дан — перемена переживёт отключение питания; ответа нет — она случилась целиком или никак.
//
// Длиннее трёхсот строк: здесь соединены приём, журнал, указатель, контрольная точка и присмотр за диском, и порядок
// их открытия, отказа и закрытия — одно целое.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArtError } from '@artstore/contracts';
import type { StorageMode } from '../files/mode.ts';
import type { Ballast } from './ballast.ts';
import { BlobReader } from './blob-reader.ts';
import { Buckets } from './buckets.ts';
import { openCatalogFile } from './catalog-file.ts';
import { openWallClock } from './clock-mark.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { Checkpoints } from './checkpoints.ts';
import { type Disk, type DiskFile, isNoSpace } from './disk.ts';
import { DiskGuard, type DiskState } from './disk-guard.ts';
import type { ElementIdentity } from './element-identity.ts';
import type { Layout } from './layout.ts';
import { listDamaged } from './list-damaged.ts';
import { lockDirectory } from './lock-directory.ts';
import { LockedFile } from './locked-file.ts';
import { FileLocks } from './locks.ts';
import { createPlacer, type Placer, type PlacerOptions } from './placer.ts';
import { startPlacerThread } from './placer-thread.ts';
import { logSharesDisk, type PreparedDisk, prepareDisk, watchedDirectory } from './prepare-disk.ts';
import { type ReceivedBlob, type ReceiveWish, receiveBlob } from './receive-blob.ts';
import { RebuildRun, unfinishedCatalog } from './rebuild-run.ts';
import { finishRecovery, type Recovered, type RecoveryRoom, type Replayed, replayLog } from './recovery.ts';
import { HashThreads } from './hash-threads.ts';
import { batchBytes, Slabs } from './slabs.ts';
import { type Owed, Space } from './space.ts';
import { SyncFailed } from './staged-file.ts';
import { type CatalogView, type Clock, SPACE_RETRY_MS, type StoreOptions, SYSTEM_CLOCK } from './store-options.ts';
import { Survey } from './survey.ts';
import { Unplaced } from './unplaced.ts';
import type { WallClock } from './wall-clock.ts';
import { Wal } from './wal.ts';
import type { LogRecord } from './wal-record.ts';

const INLINE_BYTES_MAX = 64 << 10;
/** Сколько бы места ни показывал диск, новому его нет. */
const OWED_ALL: Owed = { bytes: Number.POSITIVE_INFINITY, names: 0 };
/** Сколько ждать контрольной точки при остановке; не успела — следующий запуск повторит журнал. */
const CLOSE_MS_MAX = 4_000;
/** Имя замка, под которым меняется режим: файла с таким именем не бывает. */
const MODE_LOCK = 'mode';

/**
 * Открывает движок: замок каталога, повтор журнала, журнал. Потерянный каталог настоящего диска строится уже после:
 * движок отвечает о внесённом, обо всём прочем — NOT_READY, и переходит к работе сам.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { monotonicMs } = options.clock ?? SYSTEM_CLOCK;
  const prepared = await prepareDisk(options, monotonicMs);
  const { disk, layout, ballast } = prepared;
  const release = lockDirectory(layout, options.disk === undefined);
  const placer = openPlacer(options, {
    disk,
    layout,
    onNoSpace: (stalled) => notePlacing(stalled, { unplaced, log: options.log }),
    retryMs: options.spaceRetryMs,
  });
  const unplaced = new Unplaced({ placer, bytesMax: options.unplacedBytesMax });
  try {
    const recovery: RecoveryRoom = {
      disk,
      layout,
      log: options.log,
      randomId: options.randomId ?? randomUUID,
      storageId: options.storageId,
      mode: options.mode,
      openCatalog:
        options.openCatalog ?? ((fresh) => openCatalogFile(disk, layout, { fresh, makeRoom: () => ballast.drop() })),
      placer,
      unplaced,
    };
    const replayed = await replayLog(recovery);
    return await Store.start({ ...prepared, options, recovery, replayed, placer, unplaced, release });
  } catch (error) {
    await placer.close(AbortSignal.abort());
    release();
    throw error;
  }
}

/** Раскладке не хватает места (true) или снова хватает: бывает и при запуске. */
function notePlacing(stalled: boolean, { unplaced, log }: { unplaced: Unplaced; log: StoreOptions['log'] }): void {
  unplaced.stalled = stalled;
  if (stalled) log.error({ event: 'placing_stalled' }, 'на диске нет места: подтверждённые файлы ждут раскладки');
  else log.info({ event: 'placing_resumed' }, 'место нашлось, раскладка идёт');
}

function openPlacer(options: StoreOptions, room: PlacerOptions & { onNoSpace: (stalled: boolean) => void }): Placer {
  if (options.openPlacer) return options.openPlacer(room);
  return options.disk === undefined ? startPlacerThread(room.layout, room.onNoSpace) : createPlacer(room);
}

interface StoreRoom extends PreparedDisk {
  readonly options: StoreOptions;
  readonly recovery: RecoveryRoom;
  readonly replayed: Replayed;
  readonly placer: Placer;
  readonly unplaced: Unplaced;
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
  readonly #blobs: BlobReader;
  readonly #buckets: Buckets;
  readonly #locks = new FileLocks();
  readonly #slabs = new Slabs();
  readonly #hashThreads: HashThreads;
  readonly #release: () => void;
  readonly space: Space;
  readonly survey: Survey;
  readonly #recovery: RecoveryRoom;
  #wallClock: WallClock;
  /** undefined, пока каталог строится: до этого журнал открывать нельзя. */
  #wal: Wal | undefined;
  #rebuild: RebuildRun | undefined;
  #rebuilt: Promise<void> | undefined;
  #rebuildFailure: unknown;
  readonly #replayedRevision: number;
  #identity: ElementIdentity;
  /** Режим, который уже в очереди журнала: после него ничто, ему противное, в журнал не встанет. */
  #nextMode: StorageMode;
  #receiving = 0;
  readonly #logSharesDisk: boolean;
  readonly #checkpoints: Checkpoints;
  /** Срок остановки вышел: контрольная точка и раскладка бросаются. */
  readonly #abandon = new AbortController();

  private constructor(room: StoreRoom) {
    const { options, replayed, recovery } = room;
    this.#recovery = recovery;
    this.#disk = room.disk;
    this.#bareDisk = room.bareDisk;
    this.#ballast = room.ballast;
    this.#layout = room.layout;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#randomId = recovery.randomId;
    this.#catalog = replayed.catalog;
    this.#wallClock = this.#openWallClock();
    this.#placer = room.placer;
    this.#unplaced = room.unplaced;
    this.#unplaced.onFailure = (error) => this.#wal?.poison(error);
    this.#blobs = new BlobReader({
      ...room,
      // Диск испытаний считает открытые файлы.
      idleFilesMax: options.disk === undefined ? undefined : 0,
      monotonicMs: () => this.#clock.monotonicMs(),
      requirePresent: () => this.requirePresent('now'),
    });
    this.#buckets = new Buckets(room.disk, room.layout);
    // На диске испытаний поток один: иначе зерно не повторило бы того же хода.
    this.#hashThreads = new HashThreads(options.disk === undefined ? undefined : 0);
    this.#release = room.release;
    this.#identity = replayed.identity;
    this.#nextMode = replayed.identity.mode;
    this.#replayedRevision = replayed.end.revision;
    this.#logSharesDisk = logSharesDisk(room);
    this.survey = new Survey({ ...room, catalog: this.#catalog, storageId: this.#identity.storageId });
    this.space = new Space({
      disk: room.disk,
      path: room.layout.dataDir,
      limits: { capacityBytesMax: options.space.capacityBytesMax, reserveBytes: room.sizes.reserveBytes },
      storedBytes: () => this.catalog.storedBytes,
      // Пока не лечь и подтверждённому, новому места нет, сколько бы ни показывал диск.
      owed: () => (this.#checkpoints.isStuck || this.#unplaced.stalled ? OWED_ALL : this.#owed()),
      monotonicMs: () => this.#clock.monotonicMs(),
    });
    this.#guard = new DiskGuard({
      watched: watchedDirectory(room, replayed.identity.storageId),
      ballast: room.ballast,
      space: this.space,
      log: options.log,
      monotonicMs: () => this.#clock.monotonicMs(),
      onFatal: (error) => options.hooks?.onFatal?.(error),
    });
    this.#checkpoints = new Checkpoints({
      ...room,
      catalog: this.#catalog,
      storageId: this.#identity.storageId,
      guard: this.#guard,
      space: this.space,
      monotonicMs: () => this.#clock.monotonicMs(),
      signal: this.#abandon.signal,
    });
  }

  static async start(room: StoreRoom): Promise<Store> {
    const store = new Store(room);
    const { replayed, recovery } = room;
    if (!replayed.catalogLost) {
      await store.#begin(room, await finishRecovery(recovery, replayed));
      store.#guard.start();
      return store;
    }
    const { disk, layout, log } = recovery;
    const { catalog, isNew } = replayed;
    const atOnce = room.options.disk !== undefined || isNew;
    const run = new RebuildRun({ disk, layout, log, catalog, inThread: !atOnce && !catalog.isAlone });
    if (atOnce) {
      const { revision } = await run.build();
      await store.#begin(room, await finishRecovery(recovery, replayed, { revision, epoch: recovery.randomId() }));
    } else {
      log.warn({ event: 'catalog_lost' }, 'каталог потерян и строится заново; порт открыт, записи ждут');
      store.#rebuild = run;
      store.#rebuilt = store.#finishRebuild(room, run);
    }
    store.#guard.start();
    return store;
  }

  /** Журнал открыт: движок принимает перемены. */
  async #begin(room: StoreRoom, recovered: Recovered): Promise<void> {
    this.#identity = recovered.identity;
    // Каталог мог только что достроиться: без сохранённой отметки часы сверяются с последней переменой в нём.
    this.#wallClock = this.#openWallClock();
    this.#wal = await Wal.open(this.#logSharesDisk ? room.disk : room.bareDisk, room.layout, {
      limits: { ...room.sizes.wal, ...room.options.walLimits },
      start: recovered.walStart,
      bareDisk: room.bareDisk,
      hooks: {
        apply: (records) => this.#apply(records),
        room: () => this.#unplaced.room(),
        onFrame: (count, bytes, syncMs) => {
          room.options.hooks?.onFrame?.(count, bytes, syncMs);
          this.#checkpoints.noteFrame(count, bytes);
        },
        onFull: () => void this.#checkpoints.makeRoom(),
        onFailure: (error) => {
          this.#unplaced.release();
          this.#guard.onFailure(error);
        },
      },
    });
    if (recovered.modeRedone) this.#checkpoints.noteMode(this.#identity);
    this.#checkpoints.start(this.#wal);
    if (recovered.redone > 0) void this.checkpoint();
    await listDamaged({ ...room, catalog: recovered.catalog, log: room.options.log, store: this });
  }

  /** Каталог достроен — движок переходит к работе; не построен — процесс должен завершиться. */
  async #finishRebuild(room: StoreRoom, run: RebuildRun): Promise<void> {
    try {
      const { revision } = await this.#whenSpaceAllows(run, () => run.build());
      const epoch = this.#randomId();
      const recovered = await this.#whenSpaceAllows(run, () =>
        finishRecovery(this.#recovery, room.replayed, { revision, epoch }),
      );
      await this.#begin(room, recovered);
      this.#rebuild = undefined;
    } catch (error) {
      if (run.stopped) return;
      this.#rebuildFailure = error;
      this.#guard.onFailure(error);
    }
  }

  /** На полном диске каталог не достроить: внесённое тем временем читается, а прерванное начинается снова. */
  async #whenSpaceAllows<T>(run: RebuildRun, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isFull = isNoSpace(error) || (error instanceof Error && isNoSpace(error.cause));
        if (run.stopped || !isFull) throw error;
        this.#options.log.error({ event: 'catalog_stuck', err: error }, 'на диске нет места, чтобы достроить каталог');
        await sleep(this.#options.spaceRetryMs ?? SPACE_RETRY_MS);
      }
    }
  }

  /** Стенные часы и вера им. */
  get wallClock(): WallClock {
    return this.#wallClock;
  }

  #openWallClock(): WallClock {
    const room = { disk: this.#disk, layout: this.#layout, recovered: { catalog: this.#catalog } };
    return openWallClock(room, this.#clock, () => this.#guard.mayWrite);
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
    return this.#wal?.applied.revision ?? this.#replayedRevision;
  }

  /** Причина, по которой движок больше не пишет; undefined, пока всё хорошо. */
  get failure(): unknown {
    return this.#wal?.failure ?? this.#rebuildFailure;
  }

  /** Каталог данных на месте, только для чтения или пропал. */
  get diskState(): DiskState {
    return this.#guard.state;
  }

  /** Каталог на месте, и писать в него можно; взгляд свежий. */
  get mayWrite(): boolean {
    return this.#guard.mayWrite;
  }

  /** Бросает NOT_READY, если каталога данных нет на месте; 'now' — взглянуть заново, прежде чем сказать «нет». */
  requirePresent(how?: 'now'): void {
    this.#guard.requirePresent(how === 'now' ? 0 : undefined);
  }

  /** Сколько байт балласта на месте. */
  get ballastBytes(): number {
    return this.#ballast.presentBytes;
  }

  /** Сколько байт подтверждённого ещё не на своих местах. */
  get unplacedBytes(): number {
    return this.#unplaced.bytes;
  }

  /** Раскладке не хватает места на диске. */
  get placingStalled(): boolean {
    return this.#unplaced.stalled;
  }

  /** Сколько места занимает указатель, байт. */
  get catalogBytes(): number {
    const { catalog } = this.#layout;
    return ['', '-wal'].reduce((sum, suffix) => sum + (this.#disk.sizeOf(catalog + suffix) ?? 0), 0);
  }

  /** Неразложенное, убранный балласт и сегменты, которые журнал ещё заведёт: на своём диске он места у файлов не берёт. */
  #owed(): Owed {
    const ballast = this.#ballast.missingBytes;
    const log = (this.#logSharesDisk ? this.#wal?.unallocated : undefined) ?? { bytes: 0, segments: 0 };
    return {
      bytes: ballast + log.bytes + this.#unplaced.bytes,
      names: (ballast > 0 ? 1 : 0) + log.segments + this.#unplaced.names,
    };
  }

  /** Ход построения каталога; undefined, когда каталог цел. */
  get rebuild(): Pick<RebuildRun, 'describe' | 'files' | 'percent' | 'filesPerSecond'> | undefined {
    return this.#rebuild;
  }

  /** Ждёт, пока каталог достроится; после неудачи причина — в failure. */
  async whenRebuilt(): Promise<void> {
    await this.#rebuilt;
  }

  /** Пока каталог строится, он знает не всё и вместо догадок отвечает NOT_READY. */
  get catalog(): CatalogView {
    return this.#rebuild === undefined ? this.#catalog : unfinishedCatalog(this.#catalog, this.#rebuild);
  }

  get logSegments(): number {
    return this.#wal?.segmentsInUse ?? 0;
  }

  nowMs(): number {
    return this.#wallClock.nowMs();
  }

  /** Принимает тело: малое в память, большое в staging. Сумма и длина уже проверены. */
  async receive(order: ReceiveWish): Promise<ReceivedBlob> {
    const wal = this.#openWal();
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
      if (error instanceof SyncFailed) wal.poison(error);
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
    const wal = this.#openWal();
    return this.#locks.hold(fileId, () =>
      work(
        new LockedFile(fileId, {
          catalog: this.#catalog,
          wal,
          place: () => this.#buckets.next(this.#clock.now()),
          requirePresent: () => this.requirePresent('now'),
          requireBreath: () => this.#guard.requireBreath(),
        }),
      ),
    );
  }

  /**
   * Записывает новый режим; возвращает прежний, когда новый переживёт отключение питания. Смены идут по одной: о каждой
   * судят по записанному режиму, и к нему же возвращаются, если журнал отказал. judge бросает, если сменить нельзя.
   */
  setMode(mode: StorageMode, judge: (previous: StorageMode) => void = () => undefined): Promise<StorageMode> {
    return this.#locks.hold(MODE_LOCK, async () => {
      const wal = this.#openWal();
      const previous = this.#nextMode;
      judge(previous);
      this.#nextMode = mode;
      try {
        await wal.append((revision) => ({ type: 'mode', mode, revision }));
      } catch (error) {
        this.#nextMode = previous;
        throw error;
      }
      return previous;
    });
  }

  /** Открывает байты файла, где бы они ни были; undefined, если их нет нигде. */
  openBlob(entry: CatalogEntry): Promise<DiskFile | undefined> {
    return this.#blobs.open(entry);
  }

  /** То же, но не из открытого раньше: под именем могли оказаться другие байты, а могло не остаться никаких. */
  reopenBlob(entry: CatalogEntry): Promise<DiskFile | undefined> {
    return this.#blobs.reopen(entry);
  }

  /** Ждёт, пока всё подтверждённое до этого мига окажется на местах: нужно тому, кто смотрит на диск сам. */
  whenPlaced(): Promise<void> {
    return this.#unplaced.whenPlaced();
  }

  /** Сбрасывает разложенное и отпускает сегменты журнала. Второй вызов во время первого ждёт его же. */
  checkpoint(): Promise<void> {
    return this.#checkpoints.run();
  }

  #apply(records: readonly LogRecord[]): void {
    this.#catalog.apply(records);
    this.#unplaced.place(records);
    for (const record of records) {
      if (record.type === 'remove') this.#blobs.forget(record.place, record.fileId);
      // Под прежним именем могут лежать другие байты: их вернул человек.
      if (record.type === 'mark') this.#blobs.forget(record.place, record.file.fileId);
      if (record.type !== 'mode') continue;
      this.#identity = { ...this.#identity, mode: record.mode };
      this.#checkpoints.noteMode(this.#identity);
    }
  }

  /** Журнал, который принимает перемены. Бросает NOT_READY, пока каталог строится и после отказа диска. */
  #openWal(): Wal {
    this.#guard.requireWritable();
    if (this.#wal === undefined) throw this.#rebuild?.notReady() ?? new ArtError('NOT_READY');
    if (this.#wal.failure !== undefined) throw new ArtError('NOT_READY', { cause: this.#wal.failure });
    return this.#wal;
  }

  /** Дописывает журнал, ставит контрольную точку, если успевает, и отпускает каталог. */
  async close(): Promise<void> {
    this.#rebuild?.stop();
    await this.#rebuilt;
    this.#checkpoints.stop();
    await this.#guard.stop();
    await this.#wal?.close();
    const deadline = setTimeout(() => this.#abandon.abort(), CLOSE_MS_MAX);
    await this.#checkpoints.finish();
    await this.#placer.close(this.#abandon.signal);
    clearTimeout(deadline);
    await this.#blobs.close();
    this.#catalog.close();
    await this.#hashThreads.close();
    this.#release();
  }
}
