// Обход в несколько потоков: задания раздаются по очереди, порядок ответов — порядок заданий.
// Испытания друг друга не видят, поэтому число потоков на находки не влияет.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { addExplored, type Explored, NOTHING_EXPLORED } from './explored.ts';
import type { ExploreAnswer, ExploreTask } from './explore-worker.ts';

const THREADS_MAX = 8;
/** Снимки живут миг: в тесной молодой куче сборка мусора стоила бы пятой части времени. */
const YOUNG_HEAP_MIB = 64;

interface Order {
  readonly task: ExploreTask;
  readonly done: (answer: ExploreAnswer) => void;
  readonly failed: (error: unknown) => void;
}

export class ExplorePool {
  readonly #workers: Worker[] = [];
  readonly #free: Worker[] = [];
  readonly #running = new Map<Worker, Order>();
  readonly #queue: Order[] = [];

  constructor(threads = Math.min(THREADS_MAX, availableParallelism())) {
    for (let count = 0; count < threads; count += 1) {
      const worker = new Worker(new URL('./explore-worker.ts', import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MIB },
      });
      worker.on('message', (answer: ExploreAnswer) => this.#finish(worker, answer));
      worker.on('error', (error) => this.#running.get(worker)?.failed(error));
      worker.unref();
      this.#workers.push(worker);
      this.#free.push(worker);
    }
  }

  get threads(): number {
    return this.#workers.length;
  }

  /** Выполняет задание, когда освободится поток. Находка — в ответе; поломка самого испытания бросается. */
  run(task: ExploreTask): Promise<ExploreAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ExploreAnswer>();
    this.#queue.push({ task, done: resolve, failed: reject });
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const worker = this.#free.pop();
    if (worker === undefined) return;
    const order = this.#queue.shift();
    if (order === undefined) return;
    this.#running.set(worker, order);
    worker.ref();
    worker.postMessage(order.task);
  }

  #finish(worker: Worker, answer: ExploreAnswer): void {
    const order = this.#running.get(worker);
    this.#running.delete(worker);
    worker.unref();
    this.#free.push(worker);
    if (answer.broken === undefined) order?.done(answer);
    else order?.failed(answer.broken);
    this.#next();
  }
}

/** Счёт и находки всех заданий. */
export async function exploreAll(
  pool: ExplorePool,
  tasks: readonly ExploreTask[],
): Promise<{ explored: Explored; found: string[] }> {
  const answers = await Promise.all(tasks.map((task) => pool.run(task)));
  return {
    explored: answers.map(({ explored }) => explored).reduce(addExplored, NOTHING_EXPLORED),
    found: answers.flatMap(({ found }) => found ?? []),
  };
}
