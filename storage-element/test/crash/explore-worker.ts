// Один работник обхода: берёт задание, возвращает счёт испытанного или находку. Живёт в своём потоке.
import { parentPort } from 'node:worker_threads';
import { type ExploreOptions, exploreCrashes, exploreDamage, exploreFault, exploreFullDisk } from './explore.ts';
import { type Explored, NOTHING_EXPLORED } from './explored.ts';
import { exploreSequences, type SequenceOrder } from './explore-sequences.ts';
import { Found } from './trial.ts';

export type ExploreTask =
  | { readonly kind: 'crashes'; readonly options: ExploreOptions }
  | { readonly kind: 'fault'; readonly options: ExploreOptions; readonly at: number }
  | { readonly kind: 'full'; readonly options: ExploreOptions; readonly full: { at: number; until: number } }
  | { readonly kind: 'damage'; readonly options: ExploreOptions; readonly count: number }
  | { readonly kind: 'sequences'; readonly order: SequenceOrder };

export interface ExploreAnswer {
  readonly explored: Explored;
  /** Нарушенное обещание словами. */
  readonly found?: string;
  /** Испытание само сломалось: это не находка, а ошибка. */
  readonly broken?: unknown;
}

function explore(task: ExploreTask): Promise<Explored> {
  switch (task.kind) {
    case 'crashes':
      return exploreCrashes(task.options);
    case 'fault':
      return exploreFault(task.options, task.at);
    case 'full':
      return exploreFullDisk(task.options, task.full);
    case 'damage':
      return exploreDamage(task.options, task.count);
    case 'sequences':
      return exploreSequences(task.order);
  }
}

async function answer(task: ExploreTask): Promise<ExploreAnswer> {
  try {
    return { explored: await explore(task) };
  } catch (error) {
    const explored = NOTHING_EXPLORED;
    return error instanceof Found ? { explored, found: error.message } : { explored, broken: error };
  }
}

parentPort?.on('message', (task: ExploreTask) => {
  void answer(task).then((reply) => parentPort?.postMessage(reply));
});
