// Поток каталога: то, что заняло бы главный поток надолго, — построение по описаниям и перенос журнала базы в неё.
// У потока своё соединение с той же базой; главный поток тем временем читает и пишет своим.
import { Worker } from 'node:worker_threads';
import type { Layout } from './layout.ts';
import type { RebuildReport } from './rebuild-catalog.ts';
import type { CatalogProgress } from './rebuild-run.ts';

export type ThreadOrder =
  | { readonly kind: 'rebuild'; readonly dataDir: string; readonly walDir: string }
  | { readonly kind: 'backfill'; readonly path: string }
  | { readonly kind: 'stop' };

export type ThreadReply =
  | { readonly kind: 'progress'; readonly progress: CatalogProgress }
  | { readonly kind: 'rebuilt'; readonly report: RebuildReport }
  | { readonly kind: 'backfilled' }
  | { readonly kind: 'failed'; readonly error: unknown };

const ENTRY = new URL('./run-catalog-thread.ts', import.meta.url);

export class CatalogThread {
  readonly #layout: Layout;
  #worker: Worker | undefined;
  #busy = false;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Строит каталог по описаниям. Прерывание ждёт конца пачки. */
  async rebuild(onProgress: (progress: CatalogProgress) => void, signal: AbortSignal): Promise<RebuildReport> {
    const { dataDir, walDir } = this.#layout;
    const reply = await this.#ask({ kind: 'rebuild', dataDir, walDir }, { onProgress, signal });
    if (reply.kind !== 'rebuilt') throw new Error(`поток каталога ответил ${reply.kind}`);
    return reply.report;
  }

  /** Переносит журнал базы в базу и сбрасывает её; то, что запишут тем временем, остаётся следующему разу. */
  async backfill(): Promise<void> {
    await this.#ask({ kind: 'backfill', path: this.#layout.catalog });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  /** Одно поручение за раз: их даёт одна контрольная точка либо одно построение. */
  #ask(
    order: ThreadOrder,
    watch: { onProgress?: (progress: CatalogProgress) => void; signal?: AbortSignal } = {},
  ): Promise<ThreadReply> {
    if (this.#busy) return Promise.reject(new Error('поток каталога занят'));
    this.#busy = true;
    const worker = (this.#worker ??= this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<ThreadReply>();
    const onMessage = (reply: ThreadReply): void => {
      if (reply.kind === 'progress') watch.onProgress?.(reply.progress);
      else if (reply.kind === 'failed') reject(reply.error);
      else resolve(reply);
    };
    const onExit = (code: number): void => reject(new Error(`поток каталога завершился с кодом ${code}`));
    const onAbort = (): void => worker.postMessage({ kind: 'stop' } satisfies ThreadOrder, []);
    worker.on('message', onMessage).on('error', reject).on('exit', onExit);
    watch.signal?.addEventListener('abort', onAbort);
    worker.ref();
    worker.postMessage(order, []);
    return promise.finally(() => {
      this.#busy = false;
      worker.off('message', onMessage).off('error', reject).off('exit', onExit);
      watch.signal?.removeEventListener('abort', onAbort);
      worker.unref();
    });
  }

  #start(): Worker {
    const worker = new Worker(ENTRY, { name: 'catalog' });
    // Ошибка потока, которую никто не ждёт, не должна ронять процесс мимо своего места: её увидит следующее поручение.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}
