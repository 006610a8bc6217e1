// Ужимает найденное: вычёркивает из хода действия, без которых нарушение остаётся.
import { type ExploreOptions, exploreCrashes } from './explore.ts';
import { planOf } from './plan.ts';
import { Found } from './trial.ts';

/** Столько обходов ужатие вправе занять. */
const TRIES_MAX = 60;

export interface Shrunk {
  /** Номера оставшихся действий. */
  readonly keep: ReadonlySet<number>;
  readonly message: string;
}

/** Возвращает ход, из которого нельзя вычеркнуть ни одного действия; undefined, если нарушение не повторилось. */
export async function shrink(options: ExploreOptions): Promise<Shrunk | undefined> {
  const { trace: _, ...quiet } = options;
  let tries = 0;
  const check = async (keep: ReadonlySet<number>): Promise<Shrunk | undefined> => {
    tries += 1;
    const message = await foundBy({ ...quiet, keep });
    return message === undefined ? undefined : { keep, message };
  };
  const all = planOf(options.seed, options.rounds).flatMap((round) => round.map(({ number }) => number));
  let best = await check(options.keep ?? new Set(all));
  for (let progress = true; best && progress; ) {
    progress = false;
    for (const number of [...best.keep].toReversed()) {
      if (tries >= TRIES_MAX) return best;
      const smaller = await check(new Set([...best.keep].filter((other) => other !== number)));
      if (!smaller) continue;
      best = smaller;
      progress = true;
    }
  }
  return best;
}

async function foundBy(options: ExploreOptions): Promise<string | undefined> {
  try {
    await exploreCrashes(options);
    return undefined;
  } catch (error) {
    if (error instanceof Found) return error.message;
    throw error;
  }
}
