// Три обхода одного зерна: сбой перед каждым действием (и второй сбой при восстановлении), отказ действия диска,
// порча бита. Каждый возвращает, сколько испытано, и бросает Found, если обещание нарушено.
import { createHash } from 'node:crypto';
import type { CatalogFate } from './catalog-vault.ts';
import type { Operation, OperationKind, Refusal } from './crash-disk.ts';
import { type Explored, NOTHING_EXPLORED } from './explored.ts';
import { isInLastFrame } from './last-frame.ts';
import { type CrashMode, digestOf, POWER_MODES } from './memory-image.ts';
import type { Random } from './random.ts';
import { type Drive, Found, isHonestRefusal, type Point, Trial } from './trial.ts';
import { planOf, runPlan } from './plan.ts';

export interface ExploreOptions {
  readonly seed: string;
  readonly rounds: number;
  /** Номера действий хода, которые остаются; по умолчанию все. Так ход ужимается до малого. */
  readonly keep?: ReadonlySet<number>;
  /** Из скольких точек второго сбоя пробовать на каждое восстановление; дробное — с такой вероятностью. */
  readonly secondCrashes: number;
  /** Какую долю сбоев пробовать; по умолчанию все. */
  readonly share?: number;
  /** База каталога в файле, как в работе; иначе в памяти. */
  readonly realCatalog?: boolean;
  /** Миг performance.now(), после которого новые точки не берутся. */
  readonly deadline?: number;
  /** Каждое действие диска словами: для разбора найденного. */
  readonly trace?: (line: string) => void;
}

/** Что становится с каталогом при таком сбое. */
const FATES: Readonly<Record<CrashMode, readonly CatalogFate[]>> = {
  kill: ['live'],
  drop: ['synced'],
  keep: ['live'],
  names: ['synced', 'live'],
  bytes: ['torn'],
  shuffle: ['torn', 'torn', 'torn', 'lost', 'garbage'],
};

const RECOVERY_OPERATIONS_MAX = 70;
const FULL_DISK_CRASHES = 5;

/** Как отказывает какое действие; прочие — EIO. */
const REFUSALS: Readonly<Partial<Record<OperationKind, readonly Refusal[]>>> = {
  datasync: ['forget'],
  syncFile: ['forget'],
  write: ['EIO', 'ENOSPC'],
  writeSmall: ['EIO', 'ENOSPC'],
};

/** Сбой каждого вида перед каждым действием диска. */
export async function exploreCrashes(options: ExploreOptions): Promise<Explored> {
  const trial = new Trial(options);
  try {
    const failure = await trial.record(randomDrive(options));
    if (failure !== undefined) throw new Found(`зерно ${options.seed}: движок отказал, хотя диск исправен`, failure);
    return await crashEverywhere(trial, trial.points, { ...options, seen: new Set() });
  } finally {
    trial.close();
  }
}

export interface CrashOptions extends Pick<ExploreOptions, 'secondCrashes' | 'share' | 'deadline'> {
  /** Отпечатки уже проверенного. */
  readonly seen: Set<string>;
  /** Отпечатки общие у нескольких испытаний: обещанное тоже входит в отпечаток. */
  readonly shared?: boolean;
}

/** Все виды сбоя в каждой из точек. */
export async function crashEverywhere(
  trial: Trial,
  points: readonly Point[],
  options: CrashOptions,
): Promise<Explored> {
  const explored: Explored = { ...NOTHING_EXPLORED, points: points.length };
  // С конца: из одинаковых образов строже тот, в котором обещано больше.
  for (const point of points.toReversed()) {
    for (const mode of ['kill', ...POWER_MODES] as const) {
      if (performance.now() > (options.deadline ?? Number.POSITIVE_INFINITY)) return explored;
      if (trial.random.chance(options.share ?? 1)) await crashAt(trial, point, { mode, explored, options });
    }
  }
  return explored;
}

async function crashAt(
  trial: Trial,
  point: Point,
  o: { mode: CrashMode; explored: Explored; options: CrashOptions },
): Promise<void> {
  const { mode, explored, options } = o;
  const random = trial.random.fork(`${point.label}/${mode}`);
  const fate = random.pick(FATES[mode]);
  const start = crashed(trial, point, { mode, fate, random });
  explored.states += 1;
  const print = fingerprint(start, options.shared ? trial.expectedAt(point).text : '');
  if (options.seen.has(print)) return;
  options.seen.add(print);
  const where = `зерно ${trial.seed}, сбой перед «${point.label}», ${mode}/${fate}`;
  const inner: Point[] = [];
  const lost = isLost(fate);
  await trial.recover(start, { lost, random, where, onPoint: (each) => inner.push(each) });
  explored.distinct += 1;
  const seconds = Math.floor(options.secondCrashes) + Number(random.chance(options.secondCrashes % 1));
  for (let count = 0; count < Math.min(seconds, inner.length); count += 1) {
    const second = random.pick(inner);
    await crashAgain(trial, second, { random, where, lost, modes: ['kill', 'drop', 'keep', 'shuffle'] });
    explored.second += 1;
  }
}

/** Точка, в которой машина уже выключена: что осталось на диске и от каталога. */
function crashed(trial: Trial, point: Point, o: { mode: CrashMode; fate: CatalogFate; random: Random }): Point {
  const image = point.image.crash(o.mode, o.random);
  return { ...point, image, catalog: trial.vault.remains(point.catalog, o.fate, o.random) };
}

async function crashAgain(
  trial: Trial,
  point: Point,
  o: { random: Random; where: string; lost: boolean; modes: readonly CrashMode[] },
): Promise<void> {
  const { random } = o;
  const mode = random.pick(o.modes);
  const fate = random.pick(FATES[mode]);
  const where = `${o.where}, второй сбой перед «${point.label}», ${mode}/${fate}`;
  await trial.recover(crashed(trial, point, { mode, fate, random }), { lost: o.lost || isLost(fate), random, where });
}

function randomDrive({ seed, rounds, keep }: ExploreOptions): Drive {
  const plan = planOf(seed, rounds);
  return (room) => runPlan(room, plan, keep);
}

/**
 * Одно действие диска отказывает. Процесс, которому диск отказал, погибает; следующий видит то, что осталось в памяти
 * ядра, может споткнуться и сам, восстанавливается, и только тогда выключается питание: забытое отказавшим сбросом пропадает.
 */
export async function exploreFault(options: ExploreOptions, at: number): Promise<Explored> {
  const trial = new Trial(options);
  try {
    let refused = '';
    await trial.record(randomDrive(options), (operation): Refusal | undefined => {
      if (operation.index !== at) return undefined;
      const refusal = refusalOf(operation.kind, trial.random.fork(`отказ ${at}`));
      refused = `${refusal} в «${operation.index} ${operation.kind} ${operation.path}»`;
      return refusal;
    });
    const explored: Explored = { ...NOTHING_EXPLORED, points: trial.points.length };
    const after = trial.points.filter(({ index }) => index >= at);
    for (let count = 0; count < 4 && after.length > 0; count += 1) {
      const random = trial.random.fork(`после отказа ${at}/${count}`);
      const point = count === 0 ? after.at(-1) : random.pick(after);
      const where = `зерно ${trial.seed}, ${refused}, сбой перед «${point?.label}»`;
      if (point) await recoverTwice(trial, point, { random, where, explored });
    }
    return explored;
  } finally {
    trial.close();
  }
}

/**
 * Диск полон: с действия at и пока не начнётся следующее за until, ничему новому нет места. Движок обязан жить. Потом —
 * гибель процесса или питания, запуск на диске, где места всё ещё нет: он обязан удаться и читать подтверждённое. Потом
 * ещё одна гибель и запуск, когда место вернулось: всё, что проверяется всегда.
 */
export async function exploreFullDisk(options: ExploreOptions, full: { at: number; until: number }): Promise<Explored> {
  const trial = new Trial({ ...options, spaceRetryMs: 0 });
  // Бывает, что точке место ещё находится, а файлам уже нет.
  const onlyFiles = trial.random.fork('где нет места').chance(0.5);
  const isFull = ({ index, grows, path }: Operation): boolean =>
    grows && index >= full.at && index < full.until && (!onlyFiles || path.includes('/files/'));
  try {
    const named = `зерно ${trial.seed}, диск полон с ${full.at} до ${full.until}`;
    const failure = await trial.record(randomDrive(options), (each) => (isFull(each) ? 'ENOSPC' : undefined));
    if (failure !== undefined) throw new Found(`${named}: движок отказал`, failure);
    const explored: Explored = { ...NOTHING_EXPLORED, points: trial.points.length };
    const after = trial.points.filter(({ index }) => index >= full.at);
    for (let count = 0; count < FULL_DISK_CRASHES && after.length > 0; count += 1) {
      const random = trial.random.fork(`полный диск ${full.at}/${count}`);
      const point = count === 0 ? after.at(-1) : random.pick(after);
      if (!point) continue;
      const mode = random.pick<CrashMode>(['kill', 'kill', 'drop', 'shuffle']);
      const fate = mode === 'kill' ? 'live' : 'synced';
      const where = `${named}, сбой перед «${point.label}», ${mode}/${fate}`;
      const start = crashed(trial, point, { mode, fate, random });
      const left = await trial.recoverOnFullDisk(start, { random, where });
      await trial.recover(left, {
        lost: false,
        random,
        where: `${where}, запуск на полном диске, затем место вернулось`,
      });
      explored.states += 2;
      explored.distinct += 1;
    }
    return explored;
  } finally {
    trial.close();
  }
}

async function recoverTwice(
  trial: Trial,
  point: Point,
  o: { random: Random; where: string; explored: Explored },
): Promise<void> {
  const { random, explored } = o;
  const mode = random.pick<CrashMode>(['kill', 'kill', 'drop', 'shuffle']);
  const fate = random.pick(FATES[mode]);
  let where = `${o.where}, ${mode}/${fate}`;
  const lost = isLost(fate);
  let start = crashed(trial, point, { mode, fate, random });
  explored.states += 1;
  if (random.chance(0.3)) {
    const at = random.below(RECOVERY_OPERATIONS_MAX);
    start = await trial.tryRecover(start, random, ({ index, kind }) =>
      index === at ? refusalOf(kind, random) : undefined,
    );
    where += `, отказ ${at} при запуске`;
  }
  const inner: Point[] = [];
  await trial.recover(start, { lost, random, where, onPoint: (each) => inner.push(each) });
  explored.distinct += 1;
  for (const second of [inner.at(-1), inner.length > 0 ? random.pick(inner) : undefined]) {
    if (!second) continue;
    await crashAgain(trial, second, { random, where, lost, modes: ['drop', 'shuffle', 'names', 'bytes'] });
    explored.second += 1;
  }
}

/**
 * Портит бит журнала или точки. Запуск либо отказывается и говорит почему, либо ничего не теряет. Последний кадр не
 * трогается: его порча неотличима от недописанного хвоста.
 */
export async function exploreDamage(options: ExploreOptions, count: number): Promise<Explored> {
  const trial = new Trial(options);
  try {
    await trial.record(randomDrive(options));
    const explored: Explored = { ...NOTHING_EXPLORED, points: trial.points.length };
    for (let number = 0; number < count; number += 1) {
      const random = trial.random.fork(`порча ${number}`);
      const point = random.pick(trial.points);
      const image = point.image.crash('keep', random);
      const target = random.pick(
        (image.names('/element/wal') ?? [])
          .filter((name) => name.endsWith('.log') || name === 'checkpoint.json')
          .concat('нет'),
      );
      if (target === 'нет') continue;
      const bit = random.below(image.content(image.find(`/element/wal/${target}`) ?? 0).length * 8 || 1);
      if (isInLastFrame(image, target, bit >> 3)) continue;
      image.flipBit(`/element/wal/${target}`, bit);
      const fate = random.pick<CatalogFate>(['live', 'synced', 'lost']);
      const where = `зерно ${trial.seed}, снимок «${point.label}», ${target}: бит ${bit}, каталог ${fate}`;
      try {
        const catalog = trial.vault.remains(point.catalog, fate, random);
        await trial.recover({ ...point, image, catalog }, { lost: isLost(fate), random, where });
      } catch (error) {
        if (!(error instanceof Found && isHonestRefusal(error.cause))) throw error;
      }
      explored.states += 1;
      explored.distinct += 1;
    }
    return explored;
  } finally {
    trial.close();
  }
}

function fingerprint({ image, catalog, reader }: Point, expected: string): string {
  const hash = createHash('sha1').update(image.fingerprint()).update(digestOf(catalog.synced)).update(expected);
  // От прежних видов базы зависит только, что вернёт второй сбой: отличить пустой ряд от непустого довольно.
  hash.update(`${catalog.later.length > 0}`).update(digestOf(catalog.later.at(-1)));
  return hash
    .update(expected === '' ? '' : JSON.stringify([reader?.after, ...(reader?.files.values() ?? [])]))
    .digest('base64');
}

function refusalOf(kind: OperationKind, random: Random): Refusal {
  return random.pick<Refusal>(REFUSALS[kind] ?? ['EIO']);
}

function isLost(fate: CatalogFate): boolean {
  return fate === 'lost' || fate === 'garbage';
}
