// Одно испытание: ход со снимками перед каждым действием диска и восстановление из любого снимка с проверкой обещаний.
import { isArtError } from '@artstore/contracts';
import type { Store } from '../../src/engine/store.ts';
import { type CatalogFate, type CatalogFiles, CatalogVault, NO_CATALOG } from './catalog-vault.ts';
import { checkRecovered, checkSettled, PromiseBroken } from './check-recovered.ts';
import { CrashDisk, type Operation, type Refusal } from './crash-disk.ts';
import { checkReader, type Reader, readFeed } from './feed-reader.ts';
import { DiskError, MemoryImage } from './memory-image.ts';
import { createRandom, type Random } from './random.ts';
import { act, chooseConditions, fileIdOf, History, openTestStore, runWorkload } from './workload.ts';

/** Всё, что увидел бы следующий запуск, выключи машину сейчас. */
export interface Point {
  readonly index: number;
  readonly image: MemoryImage;
  readonly catalog: CatalogFiles;
  /** Миг по часам истории. */
  readonly now: number;
  readonly label: string;
  readonly reader: Reader | undefined;
}

export interface Recovery {
  readonly fate: CatalogFate;
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

export class Trial {
  readonly seed: string;
  readonly random: Random;
  readonly points: Point[] = [];
  readonly #vault = new CatalogVault();
  readonly #history: History;
  readonly #trace: (line: string) => void;

  constructor(seed: string, trace: (line: string) => void = () => undefined) {
    this.seed = seed;
    this.random = createRandom(seed);
    this.#history = new History(chooseConditions(this.random.fork('условия')));
    this.#trace = trace;
  }

  close(): void {
    this.#vault.close();
  }

  /** Ход со снимками. Отказы диска назначает refuse. Возвращает, почему движок перестал писать, если перестал. */
  record(rounds: number, refuse: (operation: Operation) => Refusal | undefined = () => undefined): Promise<unknown> {
    let refused = '';
    const noting = (operation: Operation): Refusal | undefined => {
      const refusal = refuse(operation);
      if (refusal !== undefined) refused = `, ${refusal} в «${operation.index} ${operation.kind} ${operation.path}»`;
      return refusal;
    };
    return orHang(this.#record(rounds, noting)).catch((error: unknown) => {
      throw new Found(`зерно ${this.seed}, ход${refused}`, error);
    });
  }

  async #record(rounds: number, refuse: (operation: Operation) => Refusal | undefined): Promise<unknown> {
    const random = this.random.fork('ход');
    this.#vault.load(NO_CATALOG, 'lost', random);
    let reader: Reader | undefined;
    let store: Store | undefined;
    const before = (operation: Operation): void => {
      this.#trace(`${operation.index} ${operation.kind} ${operation.path}`);
      if (!operation.mutates) return;
      if (store !== undefined && random.chance(0.05)) reader = readFeed(store);
      this.points.push(this.#point(disk, operation, reader));
    };
    const disk = new CrashDisk({ image: MemoryImage.empty(), random: random.fork('очередь'), before, refuse });
    const idle = (path: string): Operation => ({ index: disk.operations, kind: 'close', path, mutates: true });
    try {
      store = await openTestStore({ disk, vault: this.#vault, random, conditions: this.#history.conditions });
      const failed = (): boolean => store?.failure !== undefined;
      await runWorkload({ store, random, history: this.#history, rounds, failed });
      this.points.push(this.#point(disk, idle('конец'), reader));
      await store.close();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
    this.points.push(this.#point(disk, idle('остановка'), reader));
    return store?.failure;
  }

  #point(disk: CrashDisk, { index, kind, path }: Operation, reader: Reader | undefined): Point {
    const label = `${index} ${kind} ${path}`;
    const now = this.#history.tick();
    return { index, image: disk.image.clone(), catalog: this.#vault.snapshot(), now, label, reader };
  }

  /** Восстанавливает из снимка, образ которого уже прошёл сбой, и проверяет обещания. Бросает Found. */
  async recover(point: Point, { fate, lost, random, where, onPoint }: Recovery): Promise<void> {
    this.#trace(where);
    let recovering = true;
    const before = ({ index, kind, path, mutates }: Operation): void => {
      this.#trace(`    ${index} ${kind} ${path}`);
      if (!mutates || !onPoint || !recovering) return;
      onPoint({
        ...point,
        image: disk.image.clone(),
        catalog: this.#vault.snapshot(),
        label: `${index} ${kind} ${path}`,
      });
    };
    const disk = new CrashDisk({ image: point.image, random: random.fork('очередь'), before });
    const run = async (): Promise<void> => {
      this.#vault.load(point.catalog, fate, random);
      const store = await openTestStore({ disk, vault: this.#vault, random, conditions: this.#history.conditions });
      const room = { store, disk, history: this.#history, now: point.now };
      await checkRecovered(room);
      await store.checkpoint();
      recovering = false;
      checkSettled(room);
      checkReader(store, point.reader, lost);
      await goOn(store, random);
      await store.close();
      if (disk.openFiles !== 0) throw new PromiseBroken(`после закрытия открыто файлов: ${disk.openFiles}`);
    };
    try {
      await orHang(run());
    } catch (error) {
      throw new Found(where, error);
    }
  }

  /** Запуск, которому диск отказывает: он вправе не состояться, но не вправе испортить. Возвращает, что после него осталось. */
  async tryRecover(
    point: Point,
    { fate, random }: Pick<Recovery, 'fate' | 'random'>,
    refuse: (operation: Operation) => Refusal | undefined,
  ): Promise<Point> {
    this.#vault.load(point.catalog, fate, random);
    const disk = new CrashDisk({ image: point.image, random: random.fork('отказ'), refuse });
    const run = async (): Promise<void> => {
      const store = await openTestStore({ disk, vault: this.#vault, random, conditions: this.#history.conditions });
      await store.close();
    };
    try {
      await orHang(run());
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
    return { ...point, image: disk.image.clone(), catalog: this.#vault.snapshot() };
  }
}

const HANG_MS = 2_000;

/** Ждёт работу; если ей нечего больше ждать, а она не кончилась, — это вечное ожидание, и о нём сказано. */
async function orHang<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new PromiseBroken('движок ждёт того, чего не будет')), HANG_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
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
}

/** Отказ запуска, который назвал причину: каталог не тот или журнал испорчен. */
export function isHonestRefusal(error: unknown): boolean {
  return error instanceof Error && !isArtError(error) && ['LogDamaged', 'WrongDataDirectory'].includes(error.name);
}
