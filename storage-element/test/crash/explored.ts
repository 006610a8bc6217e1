// Счёт испытанного и его слова: обходы складывают, проверки и долгий обход печатают.

export interface Explored {
  points: number;
  /** Сколько сбоев: точка и то, что осталось от несброшенного. */
  states: number;
  /** Из них различных: столько восстановлений проверено. Остальные дали уже проверенный диск. */
  distinct: number;
  /** Сколько восстановлений проверено после второго сбоя. */
  second: number;
}

export function addExplored(total: Explored, { points, states, distinct, second }: Explored): Explored {
  return {
    points: total.points + points,
    states: total.states + states,
    distinct: total.distinct + distinct,
    second: total.second + second,
  };
}

export const NOTHING_EXPLORED: Readonly<Explored> = { points: 0, states: 0, distinct: 0, second: 0 };

/** Счёт словами. */
export function inWords({ points, states, distinct, second }: Explored): string {
  return `точек сбоя ${points}, состояний ${states}, различных проверено ${distinct}, вторых сбоев ${second}`;
}

/** Итог файла проверок: строки с этим началом npm test показывает и тогда, когда всё хорошо. */
export function tellTotal(what: string, explored: Explored, run: { startedAt: number; threads: number }): void {
  const seconds = ((performance.now() - run.startedAt) / 1000).toFixed(0);
  console.log(`итог: ${what}, ${inWords(explored)}; ${seconds} с, потоков ${run.threads}`);
}
