// Обход сбоев: один ход испытания снимается перед каждым действием диска, и из каждого снимка движок
// восстанавливается после каждого вида сбоя; снимки берутся и во время восстановления — второй сбой подряд.
import { createHash } from 'node:crypto';
import type { Store } from '../../src/engine/store.ts';
import type { StoredFile } from '../../src/files/file.ts';
import { listFiles } from '../../src/files/list-files.ts';
import { type CatalogFate, type CatalogFiles, CatalogVault, NO_CATALOG } from './catalog-vault.ts';
import { checkRecovered, follow, PromiseBroken, sameFiles } from './check-recovered.ts';
import { CrashDisk, type Operation, type OperationKind, type Refusal } from './crash-disk.ts';
import { type CrashMode, DiskError, MemoryImage, POWER_MODES } from './memory-image.ts';
import { createRandom, type Random } from './random.ts';
import { act, chooseConditions, fileIdOf, History, openTestStore, runWorkload } from './workload.ts';

/** Всё, что увидел бы следующий запуск, выключи машину сейчас. */
interface Point {
  readonly index: number;
  readonly image: MemoryImage;
  readonly catalog: CatalogFiles;
  readonly now: number;
  readonly label: string;
  readonly reader: Reader | undefined;
}

/** Читатель ленты: докуда дочитал и что из этого сложил. */
interface Reader {
  readonly epoch: string;
  readonly after: number;
  readonly files: ReadonlyMap<string, StoredFile>;
}

export interface ExploreOptions {
  readonly seed: string;
  readonly rounds: number;
  /** Из скольких точек второго сбоя пробовать на каждое восстановление. */
  readonly secondCrashes: number;
  readonly modes?: readonly CrashMode[];
  /** Какую долю сбоев пробовать; по умолчанию все. */
  readonly share?: number;
  /** Когда хватит: дальше точки не берутся. */
  readonly deadline?: number;
  /** Каждое действие диска словами: для разбора найденного. */
  readonly trace?: (line: string) => void;
}

export interface Explored {
  readonly points: number;
  states: number;
  duplicates: number;
}

/** Найденное нарушение с тем, что нужно для повтора. */
export class Found extends Error {
  constructor(where: string, cause: unknown) {
    super(`${where}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, { cause });
    this.name = 'Found';
  }
}

const FATES: Readonly<Record<CrashMode, readonly CatalogFate[]>> = {
  kill: ['live'],
  drop: ['synced'],
  keep: ['live'],
  names: ['synced', 'live'],
  bytes: ['torn'],
  shuffle: ['torn', 'torn', 'torn', 'lost', 'garbage'],
};

/** Как отказывает какое действие; прочие — EIO. */
const REFUSALS: Readonly<Partial<Record<OperationKind, readonly Refusal[]>>> = {
  datasync: ['forget'],
  syncFile: ['forget'],
  write: ['EIO', 'ENOSPC'],
  writeSmall: ['EIO', 'ENOSPC'],
};

export class Explorer {
  readonly #options: ExploreOptions;
  readonly #random: Random;
  readonly #vault = new CatalogVault();
  readonly #history: History;
  readonly #seen = new Set<string>();
  readonly #points: Point[] = [];
  #failure: unknown;

  constructor(options: ExploreOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#history = new History(chooseConditions(this.#random.fork('условия')));
  }

  /** Испытывает одно зерно. Бросает Found, если обещание нарушено. */
  async run(): Promise<Explored> {
    try {
      await this.#record(() => undefined);
      if (this.#failure !== undefined)
        throw new Found(`зерно ${this.#options.seed}: движок отказал, хотя диск исправен`, this.#failure);
      const explored: Explored = { points: this.#points.length, states: 0, duplicates: 0 };
      // С конца: из одинаковых образов строже тот, в котором обещано больше.
      for (const point of this.#points.toReversed()) {
        for (const mode of this.#options.modes ?? ['kill', ...POWER_MODES]) {
          if (performance.now() > (this.#options.deadline ?? Number.POSITIVE_INFINITY)) return explored;
          if (this.#random.chance(this.#options.share ?? 1)) await this.#crashAt(point, mode, explored);
        }
      }
      return explored;
    } finally {
      this.#vault.close();
    }
  }

  /**
   * Тот же ход, но одно действие диска отказывает. Процесс, которому диск отказал, погибает; следующий видит то, что
   * осталось в памяти ядра, восстанавливается, и только тогда выключается питание: забытое отказавшим сбросом пропадает.
   */
  async runFault(at: number): Promise<Explored> {
    try {
      let refused = '';
      await this.#record((operation): Refusal | undefined => {
        if (operation.index !== at) return undefined;
        const refusal = this.#random.fork(`отказ ${at}`).pick<Refusal>(REFUSALS[operation.kind] ?? ['EIO']);
        refused = `${refusal} в «${operation.index} ${operation.kind} ${operation.path}»`;
        return refusal;
      });
      const explored: Explored = { points: this.#points.length, states: 0, duplicates: 0 };
      const after = this.#points.filter(({ index }) => index >= at);
      for (let count = 0; count < 4 && after.length > 0; count += 1) {
        const random = this.#random.fork(`после отказа ${at}/${count}`);
        const point = count === 0 ? after.at(-1) : random.pick(after);
        if (point)
          await this.#recoverTwice(point, {
            random,
            where: `зерно ${this.#options.seed}, ${refused}, сбой перед «${point.label}»`,
            explored,
          });
      }
      return explored;
    } finally {
      this.#vault.close();
    }
  }

  async #recoverTwice(point: Point, o: { random: Random; where: string; explored: Explored }): Promise<void> {
    const { random, where, explored } = o;
    const mode = random.pick<CrashMode>(['kill', 'kill', 'drop', 'shuffle']);
    const fate = random.pick(FATES[mode].filter((each) => !isLost(each)));
    const inner: Point[] = [];
    const image = point.image.crash(mode, random);
    await this.#recover(
      { ...point, image },
      { fate, lost: false, random, where: `${where}, ${mode}/${fate}`, onPoint: (each) => inner.push(each) },
    );
    explored.states += 1;
    for (const second of [inner.at(-1), inner.length > 0 ? random.pick(inner) : undefined]) {
      if (!second) continue;
      const power = random.pick<CrashMode>(['drop', 'shuffle', 'names', 'bytes']);
      const secondFate = random.pick(FATES[power].filter((each) => !isLost(each)));
      await this.#recover(
        { ...second, image: second.image.crash(power, random) },
        {
          fate: secondFate,
          lost: false,
          random,
          where: `${where}, ${mode}/${fate}, второй сбой перед «${second.label}», ${power}/${secondFate}`,
        },
      );
      explored.states += 1;
    }
  }

  /** Ход испытания со снимками. Отказы назначает refuse. */
  async #record(refuse: (operation: Operation) => Refusal | undefined): Promise<void> {
    const random = this.#random.fork('ход');
    this.#vault.load(NO_CATALOG, 'lost', random);
    let reader: Reader | undefined;
    let store: Store | undefined;
    const disk = this.#disk(
      MemoryImage.empty(),
      random.fork('очередь'),
      (operation) => {
        this.#options.trace?.(`${operation.index} ${operation.kind} ${operation.path}`);
        if (!operation.mutates) return;
        if (store !== undefined && random.chance(0.05)) reader = readFeed(store);
        this.#points.push(this.#point(disk, operation, reader));
      },
      refuse,
    );
    try {
      store = await openTestStore({ disk, vault: this.#vault, random, conditions: this.#history.conditions });
      const failed = (): boolean => store?.failure !== undefined;
      await runWorkload({ store, random, history: this.#history, rounds: this.#options.rounds, failed });
      this.#points.push(
        this.#point(disk, { index: disk.operations, kind: 'close', path: 'конец', mutates: true }, reader),
      );
      await store.close();
      this.#failure = store.failure;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
    this.#points.push(
      this.#point(disk, { index: disk.operations, kind: 'close', path: 'остановка', mutates: true }, reader),
    );
  }

  #disk(
    image: MemoryImage,
    random: Random,
    before: (operation: Operation) => void,
    refuse: (operation: Operation) => Refusal | undefined = () => undefined,
  ): CrashDisk {
    return new CrashDisk({ image, random, before, refuse });
  }

  #point(disk: CrashDisk, { index, kind, path }: Operation, reader: Reader | undefined): Point {
    const now = this.#history.tick();
    return {
      index,
      image: disk.image.clone(),
      catalog: this.#vault.snapshot(),
      now,
      label: `${index} ${kind} ${path}`,
      reader,
    };
  }

  async #crashAt(point: Point, mode: CrashMode, explored: Explored): Promise<void> {
    const random = this.#random.fork(`${point.label}/${mode}`);
    const image = point.image.crash(mode, random);
    const fate = random.pick(FATES[mode]);
    const print = createHash('sha1')
      .update(image.fingerprint())
      .update(fate)
      .update(point.catalog.synced ?? '')
      .update(fate === 'synced' ? '' : (point.catalog.log ?? ''))
      .digest('base64');
    if (mode !== 'shuffle' && this.#seen.has(print)) {
      explored.duplicates += 1;
      return;
    }
    this.#seen.add(print);
    const where = `зерно ${this.#options.seed}, сбой перед «${point.label}», ${mode}/${fate}`;
    const second: Point[] = [];
    await this.#recover(
      { ...point, image },
      { fate, lost: isLost(fate), random, where, onPoint: (inner) => second.push(inner) },
    );
    explored.states += 1;
    for (let count = 0; count < Math.min(this.#options.secondCrashes, second.length); count += 1) {
      const inner = random.pick(second);
      const innerMode = random.pick<CrashMode>(['kill', 'drop', 'keep', 'shuffle']);
      const innerFate = random.pick(FATES[innerMode]);
      await this.#recover(
        { ...inner, image: inner.image.crash(innerMode, random) },
        {
          fate: innerFate,
          lost: isLost(fate) || isLost(innerFate),
          random,
          where: `${where}, второй сбой перед «${inner.label}», ${innerMode}/${innerFate}`,
        },
      );
      explored.states += 1;
    }
  }

  async #recover(
    point: Point,
    o: { fate: CatalogFate; lost: boolean; random: Random; where: string; onPoint?: (point: Point) => void },
  ): Promise<void> {
    const { fate, random, where, onPoint } = o;
    this.#options.trace?.(where);
    try {
      this.#vault.load(point.catalog, fate, random);
      let recovering = true;
      const disk = this.#disk(point.image, random.fork('очередь'), (operation) => {
        this.#options.trace?.(`    ${operation.index} ${operation.kind} ${operation.path}`);
        if (!operation.mutates || !onPoint || !recovering) return;
        onPoint({
          ...point,
          image: disk.image.clone(),
          catalog: this.#vault.snapshot(),
          label: `${operation.index} ${operation.kind} ${operation.path}`,
        });
      });
      const store = await openTestStore({ disk, vault: this.#vault, random, conditions: this.#history.conditions });
      recovering = false;
      await checkRecovered({ store, disk, history: this.#history, now: point.now });
      checkReader(store, point.reader, o.lost);
      await this.#goOn(store, random);
      await store.close();
      if (disk.openFiles !== 0) throw new PromiseBroken(`после закрытия открыто файлов: ${disk.openFiles}`);
    } catch (error) {
      throw new Found(where, error);
    }
  }

  /** Восстановленный движок обязан работать дальше: принять новый файл и тот, на котором его прервали. */
  async #goOn(store: Store, random: Random): Promise<void> {
    if (store.mode === 'ro' || store.mode === 'ar') return;
    const history = new History();
    const bytes = random.bytes(random.pick([5, 100]));
    await act(store, history, {
      fileId: fileIdOf(90),
      action: { kind: 'put', checksum: '', description: 'после сбоя' },
      bytes,
    });
    if (history.steps[0]?.outcome !== 'created') throw new PromiseBroken('после восстановления новый файл не принят');
    if (!store.catalog.get(fileIdOf(90))) throw new PromiseBroken('принятый после восстановления файл не виден');
  }
}

function isLost(fate: CatalogFate): boolean {
  return fate === 'lost' || fate === 'garbage';
}

function readFeed(store: Store): Reader {
  const files = new Map<string, StoredFile>();
  return { epoch: store.epoch, after: follow(store, 0, files), files };
}

/** Читатель, дочитавший ленту до сбоя, после него либо догоняет её, либо узнаёт по эпохе, что история потеряна. */
function checkReader(store: Store, reader: Reader | undefined, lost: boolean): void {
  if (reader === undefined) return;
  if (reader.epoch !== store.epoch) {
    if (!lost) throw new PromiseBroken('эпоха сменилась, хотя каталог не пропал');
    return;
  }
  const files = new Map(reader.files);
  follow(store, reader.after, files);
  const listed = listFiles(store, { limit: 1000, offset: 0, after: undefined, status: undefined }).items;
  if (!sameFiles(files, listed))
    throw new PromiseBroken(`лента после ${reader.after} не приводит прежнюю копию к списку`);
}
