// Суммы больших тел считаются в соседних потоках: поток приёма тем временем читает сокет, и обоим хватает по ядру.
// Малому телу поток не нужен: письмо дороже суммы.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { HashReply, HashRequest } from './hash-thread.ts';
import { type OpenSha256, openSha256Here, type Sha256 } from './sha256.ts';

const THREADS_MAX = 4;

interface Waiting {
  readonly resolve: (reply: HashReply) => void;
  readonly reject: (error: unknown) => void;
}

/** Один поток и письма, на которые он ещё не ответил. Отвечает он по порядку. */
class HashThread {
  readonly #worker = new Worker(new URL('./hash-thread.ts', import.meta.url));
  readonly #waiting: Waiting[] = [];
  readonly #onEnd: () => void;
  #failure: Error | undefined;
  readonly bodies = new Set<number>();

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#worker.unref();
    this.#worker.on('message', (reply: HashReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('поток, считающий суммы, завершился')));
  }

  ask(request: HashRequest): Promise<HashReply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- это поток, а не окно браузера
      this.#worker.postMessage(request);
    });
  }

  /** Кто ждёт ответа, получит отказ: его загрузка не состоится, следующая найдёт новый поток. */
  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    this.#onEnd();
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Одно ядро остаётся приёму; на единственном ядре второй поток только мешал бы. */
function usefulThreads(): number {
  return Math.min(THREADS_MAX, availableParallelism() - 1);
}

/** Потоки заводятся по мере нужды и служат, пока жив движок. */
export class HashThreads {
  readonly #threads = new Set<HashThread>();
  readonly #threadsMax: number;
  #lastBody = 0;

  constructor(threadsMax = usefulThreads()) {
    this.#threadsMax = threadsMax;
  }

  readonly openSha256: OpenSha256 = (large) => (large ? this.#open() : openSha256Here());

  /** Счёт одного тела; с начала до конца его ведёт один поток. */
  #open(): Sha256 {
    const thread = this.#leastBusy();
    if (thread === undefined) return openSha256Here();
    const body = (this.#lastBody += 1);
    thread.bodies.add(body);
    return {
      update: async (parts) => {
        await thread.ask({ body, kind: 'update', parts });
      },
      digest: () => {
        thread.bodies.delete(body);
        return thread.ask({ body, kind: 'digest' });
      },
      drop: () => {
        if (thread.bodies.delete(body)) thread.ask({ body, kind: 'drop' }).catch(() => undefined);
      },
    };
  }

  #leastBusy(): HashThread | undefined {
    const [idlest] = [...this.#threads].toSorted((a, b) => a.bodies.size - b.bodies.size);
    if (idlest?.bodies.size === 0 || this.#threads.size >= this.#threadsMax) return idlest;
    const thread: HashThread = new HashThread(() => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }
}
