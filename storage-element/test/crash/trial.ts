// Одно испытание: ход со снимками перед каждым действием диска и восстановление из любого снимка с проверкой обещаний.
import { inspect } from 'node:util';
import { isArtError } from '@artstore/contracts';
import type { Store } from '../../src/engine/store.ts';
import type { StoreOptions } from '../../src/engine/store-options.ts';
import { type CatalogRemains, CatalogVault, MemoryVault, NO_CATALOG, type Vault } from './catalog-vault.ts';
import { checkPlaced, checkReadable, checkRecovered, checkSettled } from './check-recovered.ts';
import { CrashDisk, type Operation, type Refusal } from './crash-disk.ts';
import { type Expectation, expectAt } from './expectation.ts';
import { checkReader, type Reader, readFeed } from './feed-reader.ts';
import { DiskError, MemoryImage } from './memory-image.ts';
import { PromiseBroken } from './promise-broken.ts';
import { createRandom, type Random } from './random.ts';
import {
  act,
  type Conditions,
  conditionsOf,
  fileIdOf,
  History,
  openTestStore,
  randomLag,
  readBack,
} from './workload.ts';

/** Всё, что увидел бы следующий запуск, выключи машину сейчас. */
export interface Point {
  readonly index: number;
  readonly image: MemoryImage;
  readonly catalog: CatalogRemains;
  /** Миг по часам истории. */
  readonly now: number;
  readonly label: string;
  readonly reader: Reader | undefined;
}

export interface Recovery {
  /** Каталог терялся: эпоха вправе смениться. */
  readonly lost: boolean;
  readonly random: Random;
  readonly where: string;
  readonly onPoint?: (point: Point) => void;
}

/** Найденное нарушение с тем, что нужно для повтора. */
export class Found extends Error {
  constructor(where: string, cause: unknown) {
    super(`${where}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, { cause });
    this.name = 'Found';
  }
}

/** Кто ведёт ход: открытый движок, случай этого хода, история и знак, что диск уже отказал. */
export interface DriveRoom {
  readonly store: Store;
  readonly random: Random;
  readonly history: History;
  readonly failed: () => boolean;
}

export type Drive = (room: DriveRoom) => Promise<void>;

export interface TrialOptions {
  /** Ход: одинаковое зерно — одинаковый порядок действий диска. */
  readonly seed: string;
  /** Чем отличаются сбои испытаний с одним ходом; по умолчанию ничем. */
  readonly name?: string;
  /** База каталога в файле, как в работе; иначе в памяти. */
  readonly realCatalog?: boolean;
  readonly conditions?: Conditions;
  /** Как часто на полном диске пробовать снова, миллисекунд. */
  readonly spaceRetryMs?: number;
  readonly trace?: ((line: string) => void) | undefined;
}

export class Trial {
  readonly seed: string;
  /** Случай сбоев. */
  readonly random: Random;
  readonly history: History;
  readonly vault: Vault;
  points: Point[] = [];
  readonly #trace: (line: string) => void;
  readonly #change: Partial<StoreOptions>;
  readonly #expected = new Map<number, Expectation>();
  /** Случай хода. */
  readonly #course: Random;
  readonly #readers: Random;

  constructor({ seed, name, realCatalog, conditions, spaceRetryMs, trace }: TrialOptions) {
    this.#change = spaceRetryMs === undefined ? {} : { spaceRetryMs };
    this.seed = name === undefined ? seed : `${seed}/${name}`;
    this.random = createRandom(this.seed);
    this.#course = createRandom(seed);
    this.history = new History(conditions ?? conditionsOf(seed));
    this.vault = realCatalog ? new CatalogVault() : new MemoryVault();
    this.#trace = trace ?? (() => undefined);
    this.#readers = this.#course.fork('читатель');
  }

  close(): void {
    this.vault.close();
  }

  /** Ход со снимками. Отказы диска назначает refuse. Возвращает, почему движок перестал писать, если перестал. */
  record(drive: Drive, refuse: (operation: Operation) => Refusal | undefined = () => undefined): Promise<unknown> {
    let refused = '';
    const noting = (operation: Operation): Refusal | undefined => {
      const refusal = refuse(operation);
      if (refusal !== undefined) refused = `, ${refusal} в «${operation.index} ${operation.kind} ${operation.path}»`;
      return refusal;
    };
    return this.#record(drive, noting).catch((error: unknown) => {
      throw new Found(`зерно ${this.seed}, ход${refused}`, error);
    });
  }

  async #record(drive: Drive, refuse: (operation: Operation) => Refusal | undefined): Promise<unknown> {
    const random = this.#course.fork('ход');
    this.vault.load(NO_CATALOG, 'lost', random);
    let reader: Reader | undefined;
    let store: Store | undefined;
    const before = (operation: Operation): void => {
      this.#trace(`${operation.index} ${operation.kind} ${operation.path}`);
      if (!operation.mutates) return;
      if (store !== undefined && this.#readers.chance(0.05)) reader = readFeed(store);
      this.points.push(this.#point(disk, operation, reader));
    };
    const disk = new CrashDisk({ image: MemoryImage.empty(), random: random.fork('очередь'), before, refuse });
    const idle = (path: string): Operation => ({
      index: disk.operations,
      kind: 'close',
      path,
      mutates: true,
      grows: false,
    });
    const run = async (): Promise<void> => {
      store = await this.#open(disk, random, randomLag(random.fork('раскладка')));
      await drive({ store, random, history: this.history, failed: () => store?.failure !== undefined });
      this.points.push(this.#point(disk, idle('конец'), reader));
      await store.close();
    };
    try {
      await orHang(run(), disk);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
    this.points.push(this.#point(disk, idle('остановка'), reader));
    return store?.failure;
  }

  #point(disk: CrashDisk, { index, kind, path }: Operation, reader: Reader | undefined): Point {
    const label = `${index} ${kind} ${path}`;
    const now = this.history.tick();
    return { index, image: disk.image.clone(), catalog: this.vault.snapshot(), now, label, reader };
  }

  /** Обещанное к мигу точки. Спрашивать можно, когда ход кончился. */
  expectedAt({ now }: Point): Expectation {
    const known = this.#expected.get(now) ?? expectAt(this.history, now);
    this.#expected.set(now, known);
    return known;
  }

  /** Восстанавливает из снимка, который уже прошёл сбой, и проверяет обещания. Бросает Found. */
  async recover(point: Point, { lost, random, where, onPoint }: Recovery): Promise<void> {
    this.#trace(where);
    let recovering = true;
    const before = ({ index, kind, path, mutates }: Operation): void => {
      this.#trace(`    ${index} ${kind} ${path}`);
      if (!mutates || !onPoint || !recovering) return;
      const label = `${index} ${kind} ${path}`;
      onPoint({ ...point, image: disk.image.clone(), catalog: this.vault.snapshot(), label });
    };
    const disk = new CrashDisk({ image: point.image, random: random.fork('очередь'), before });
    const run = async (): Promise<void> => {
      this.vault.load(point.catalog, 'live', random);
      const store = await this.#open(disk, random, randomLag(random.fork('раскладка')));
      const room = { store, disk, history: this.history, expected: this.expectedAt(point) };
      await checkRecovered(room);
      await store.whenPlaced();
      checkPlaced(room);
      await store.checkpoint();
      recovering = false;
      checkSettled(room);
      checkReader(store, point.reader, lost);
      await goOn(store, random);
      await store.close();
      if (disk.openFiles !== 0) throw new PromiseBroken(`после закрытия открыто файлов: ${disk.openFiles}`);
    };
    try {
      await orHang(run(), disk);
    } catch (error) {
      throw new Found(where, error);
    }
  }

  #open(disk: CrashDisk, random: Random, lag?: () => Promise<void>): Promise<Store> {
    const { conditions } = this.history;
    return openTestStore({
      disk,
      vault: this.vault,
      random,
      conditions,
      change: this.#change,
      ...(lag ? { lag } : {}),
    });
  }

  /**
   * Запуск на диске, где ничему новому нет места. Обязан удаться: подтверждённое видно и читается, движок не отказал и
   * закрывается. Возвращает, что после него осталось. Бросает Found.
   */
  async recoverOnFullDisk(point: Point, { random, where }: Pick<Recovery, 'random' | 'where'>): Promise<Point> {
    this.vault.load(point.catalog, 'live', random);
    const refuse = ({ grows }: Operation): Refusal | undefined => (grows ? 'ENOSPC' : undefined);
    const disk = new CrashDisk({ image: point.image, random: random.fork('полный диск'), refuse });
    const run = async (): Promise<void> => {
      const store = await this.#open(disk, random);
      await checkReadable({ store, disk, history: this.history, expected: this.expectedAt(point) });
      await store.checkpoint();
      await checkReadable({ store, disk, history: this.history, expected: this.expectedAt(point) });
      if (store.failure !== undefined) throw new PromiseBroken(`движок отказал: ${inspect(store.failure)}`);
      await store.close();
      if (disk.openFiles !== 0) throw new PromiseBroken(`после закрытия открыто файлов: ${disk.openFiles}`);
    };
    try {
      await orHang(run(), disk);
    } catch (error) {
      throw new Found(`${where}, запуск на полном диске`, error);
    }
    return { ...point, image: disk.image.clone(), catalog: this.vault.snapshot() };
  }

  /** Запуск, которому диск отказывает: он вправе не состояться, но не вправе испортить. Возвращает, что после него осталось. */
  async tryRecover(
    point: Point,
    random: Random,
    refuse: (operation: Operation) => Refusal | undefined,
  ): Promise<Point> {
    this.vault.load(point.catalog, 'live', random);
    const disk = new CrashDisk({ image: point.image, random: random.fork('отказ'), refuse });
    const run = async (): Promise<void> => {
      const store = await this.#open(disk, random);
      await store.close();
    };
    try {
      await orHang(run(), disk);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
    return { ...point, image: disk.image.clone(), catalog: this.vault.snapshot() };
  }
}

const HANG_MS = 1_000;

/** Ждёт работу; если диск стоит два срока подряд, а она не кончилась, — это вечное ожидание, и о нём сказано. */
async function orHang<T>(work: Promise<T>, disk: CrashDisk): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let seen = -1;
  let idle = 0;
  const timer = setInterval(() => {
    idle = disk.operations === seen ? idle + 1 : 0;
    seen = disk.operations;
    if (idle >= 2) reject(new PromiseBroken('движок ждёт того, чего не будет'));
  }, HANG_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearInterval(timer);
  }
}

/** Восстановленный движок обязан работать дальше: принять новый файл и показать его. */
async function goOn(store: Store, random: Random): Promise<void> {
  if (store.mode === 'ro' || store.mode === 'ar') return;
  const history = new History();
  const action = { kind: 'put', checksum: '', description: 'после сбоя' } as const;
  await act(store, history, { fileId: fileIdOf(90), action, bytes: random.bytes(random.pick([5, 100])) });
  if (history.steps[0]?.outcome !== 'created') throw new PromiseBroken('после восстановления новый файл не принят');
  if (!store.catalog.get(fileIdOf(90))) throw new PromiseBroken('принятый после восстановления файл не виден');
  await readBack(store, fileIdOf(90));
}

/** Отказ запуска, который назвал причину: каталог не тот или журнал испорчен. */
export function isHonestRefusal(error: unknown): boolean {
  return error instanceof Error && !isArtError(error) && ['LogDamaged', 'WrongDataDirectory'].includes(error.name);
}
