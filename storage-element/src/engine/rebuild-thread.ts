// Построение каталога отдельным потоком: обход описаний занял бы главный на минуты, а порт уже открыт.
// У потока своё соединение с той же базой; живёт он, пока строит.
import { Worker } from 'node:worker_threads';
import { noSpace } from './disk.ts';
import type { Layout } from './layout.ts';
import type { RebuildReport } from './rebuild-catalog.ts';
import type { CatalogProgress } from './rebuild-run.ts';

export interface RebuildHome {
  readonly dataDir: string;
  readonly walDir: string;
}

export type RebuildReply =
  | { readonly kind: 'progress'; readonly progress: CatalogProgress }
  | { readonly kind: 'rebuilt'; readonly report: RebuildReport }
  | { readonly kind: 'failed'; readonly error: unknown; readonly noSpace: boolean };

/** Строит каталог по описаниям. Прерывание ждёт конца пачки. Бросает то же, что rebuildCatalog. */
export async function rebuildInThread(
  { dataDir, walDir }: Layout,
  { onProgress, signal }: { onProgress: (progress: CatalogProgress) => void; signal: AbortSignal },
): Promise<RebuildReport> {
  const home: RebuildHome = { dataDir, walDir };
  const worker = new Worker(new URL('./rebuild-worker.ts', import.meta.url), { workerData: home, name: 'rebuild' });
  const { promise, resolve, reject } = Promise.withResolvers<RebuildReport>();
  worker.on('message', (reply: RebuildReply) => {
    if (reply.kind === 'progress') onProgress(reply.progress);
    else if (reply.kind === 'rebuilt') resolve(reply.report);
    else reject(reply.noSpace ? noSpace('каталогу нет места', reply.error) : reply.error);
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`поток, строивший каталог, завершился с кодом ${code}`)));
  const stop = (): void => worker.postMessage('stop', []);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
