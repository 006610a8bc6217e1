// Три обхода одного зерна: сбой перед каждым действием (и второй сбой при восстановлении), отказ действия диска,
// порча бита. Каждый возвращает, сколько испытано, и бросает Found, если обещание нарушено.
import { createHash } from 'node:crypto';
import type { CatalogFate } from './catalog-vault.ts';
import type { OperationKind, Refusal } from './crash-disk.ts';
import { isInLastFrame } from './last-frame.ts';
import { type CrashMode, POWER_MODES } from './memory-image.ts';
import type { Random } from './random.ts';
import { Found, isHonestRefusal, type Point, Trial } from './trial.ts';

export interface ExploreOptions {
  readonly seed: string;
  readonly rounds: number;
  /** Из скольких точек второго сбоя пробовать на каждое восстановление. */
  readonly secondCrashes: number;
  /** Какую долю сбоев пробовать; по умолчанию все. */
  readonly share?: number;
  /** Миг performance.now(), после которого новые точки не берутся. */
  readonly deadline?: number;
  /** Каждое действие диска словами: для разбора найденного. */
  readonly trace?: (line: string) => void;
}

export interface Explored {
  readonly points: number;
  states: number;
  /** Сколько сбоев дали уже испытанный образ. */
  duplicates: number;
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

/** Как отказывает какое действие; прочие — EIO. */
const REFUSALS: Readonly<Partial<Record<OperationKind, readonly Refusal[]>>> = {
  datasync: ['forget'],
  syncFile: ['forget'],
  write: ['EIO', 'ENOSPC'],
  writeSmall: ['EIO', 'ENOSPC'],
};

/** Сбой каждого вида перед каждым действием диска. */
export async function exploreCrashes(options: ExploreOptions): Promise<Explored> {
  const trial = new Trial(options.seed, options.trace);
  try {
    const failure = await trial.record(options.rounds);
    if (failure !== undefined) throw new Found(`зерно ${options.seed}: движок отказал, хотя диск исправен`, failure);
    const explored: Explored = { points: trial.points.length, states: 0, duplicates: 0 };
    const seen = new Set<string>();
    // С конца: из одинаковых образов строже тот, в котором обещано больше.
    for (const point of trial.points.toReversed()) {
      for (const mode of ['kill', ...POWER_MODES] as const) {
        if (performance.now() > (options.deadline ?? Number.POSITIVE_INFINITY)) return explored;
        if (trial.random.chance(options.share ?? 1)) await crashAt(trial, point, { mode, seen, explored, options });
      }
    }
    return explored;
  } finally {
    trial.close();
  }
}

async function crashAt(
  trial: Trial,
  point: Point,
  o: { mode: CrashMode; seen: Set<string>; explored: Explored; options: ExploreOptions },
): Promise<void> {
  const { mode, seen, explored } = o;
  const random = trial.random.fork(`${point.label}/${mode}`);
  const image = point.image.crash(mode, random);
  const fate = random.pick(FATES[mode]);
  const print = fingerprint({ ...point, image }, fate);
  if (mode !== 'shuffle' && seen.has(print)) {
    explored.duplicates += 1;
    return;
  }
  seen.add(print);
  const where = `зерно ${trial.seed}, сбой перед «${point.label}», ${mode}/${fate}`;
  const inner: Point[] = [];
  await trial.recover(
    { ...point, image },
    { fate, lost: isLost(fate), random, where, onPoint: (each) => inner.push(each) },
  );
  explored.states += 1;
  for (let count = 0; count < Math.min(o.options.secondCrashes, inner.length); count += 1) {
    const second = random.pick(inner);
    await crashAgain(trial, second, { random, where, lost: isLost(fate), modes: ['kill', 'drop', 'keep', 'shuffle'] });
    explored.states += 1;
  }
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
  const image = point.image.crash(mode, random);
  await trial.recover({ ...point, image }, { fate, lost: o.lost || isLost(fate), random, where });
}

/**
 * Одно действие диска отказывает. Процесс, которому диск отказал, погибает; следующий видит то, что осталось в памяти
 * ядра, может споткнуться и сам, восстанавливается, и только тогда выключается питание: забытое отказавшим сбросом пропадает.
 */
export async function exploreFault(options: ExploreOptions, at: number): Promise<Explored> {
  const trial = new Trial(options.seed, options.trace);
  try {
    let refused = '';
    await trial.record(options.rounds, (operation): Refusal | undefined => {
      if (operation.index !== at) return undefined;
      const refusal = refusalOf(operation.kind, trial.random.fork(`отказ ${at}`));
      refused = `${refusal} в «${operation.index} ${operation.kind} ${operation.path}»`;
      return refusal;
    });
    const explored: Explored = { points: trial.points.length, states: 0, duplicates: 0 };
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

async function recoverTwice(
  trial: Trial,
  point: Point,
  o: { random: Random; where: string; explored: Explored },
): Promise<void> {
  const { random, explored } = o;
  const mode = random.pick<CrashMode>(['kill', 'kill', 'drop', 'shuffle']);
  let fate = random.pick(FATES[mode]);
  let where = `${o.where}, ${mode}/${fate}`;
  const lost = isLost(fate);
  let start: Point = { ...point, image: point.image.crash(mode, random) };
  if (random.chance(0.3)) {
    const at = random.below(RECOVERY_OPERATIONS_MAX);
    start = await trial.tryRecover(start, { fate, random }, ({ index, kind }) =>
      index === at ? refusalOf(kind, random) : undefined,
    );
    where += `, отказ ${at} при запуске`;
    fate = 'live';
    explored.states += 1;
  }
  const inner: Point[] = [];
  await trial.recover(start, { fate, lost, random, where, onPoint: (each) => inner.push(each) });
  explored.states += 1;
  for (const second of [inner.at(-1), inner.length > 0 ? random.pick(inner) : undefined]) {
    if (!second) continue;
    await crashAgain(trial, second, { random, where, lost, modes: ['drop', 'shuffle', 'names', 'bytes'] });
    explored.states += 1;
  }
}

/**
 * Портит бит журнала или точки. Запуск либо отказывается и говорит почему, либо ничего не теряет. Последний кадр не
 * трогается: его порча неотличима от недописанного хвоста.
 */
export async function exploreDamage(options: ExploreOptions, count: number): Promise<Explored> {
  const trial = new Trial(options.seed, options.trace);
  try {
    await trial.record(options.rounds);
    const explored: Explored = { points: trial.points.length, states: 0, duplicates: 0 };
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
        await trial.recover({ ...point, image }, { fate, lost: isLost(fate), random, where });
      } catch (error) {
        if (!(error instanceof Found && isHonestRefusal(error.cause))) throw error;
      }
      explored.states += 1;
    }
    return explored;
  } finally {
    trial.close();
  }
}

function fingerprint(point: Point, fate: CatalogFate): string {
  const { synced, log } = point.catalog;
  const hash = createHash('sha1')
    .update(point.image.fingerprint())
    .update(fate)
    .update(synced ?? '');
  return hash.update(fate === 'synced' ? '' : (log ?? '')).digest('base64');
}

function refusalOf(kind: OperationKind, random: Random): Refusal {
  return random.pick<Refusal>(REFUSALS[kind] ?? ['EIO']);
}

function isLost(fate: CatalogFate): boolean {
  return fate === 'lost' || fate === 'garbage';
}
