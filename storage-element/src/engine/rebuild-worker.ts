// Вход потока, который строит каталог: говорит о ходе и отвечает. Логики здесь нет: она у движка.
import { parentPort, workerData } from 'node:worker_threads';
import { Catalog } from './catalog.ts';
import { createRealDisk, isNoSpace } from './disk.ts';
import { createLayout } from './layout.ts';
import { rebuildCatalog } from './rebuild-catalog.ts';
import type { RebuildHome, RebuildReply } from './rebuild-thread.ts';

const port = parentPort;
if (port === null) throw new Error('это вход потока, а не процесса');
const { dataDir, walDir } = workerData as RebuildHome;
const stopping = new AbortController();
port.once('message', () => stopping.abort());

function reply(message: RebuildReply): void {
  port?.postMessage(message);
}

async function rebuild(): Promise<void> {
  const layout = createLayout(dataDir, walDir);
  const catalog = new Catalog(layout.catalog);
  try {
    const report = await rebuildCatalog(createRealDisk(), layout, catalog, {
      onProgress: (progress) =>
        reply({ kind: 'progress', progress: { ...progress, totals: catalog.totals(new Date().toISOString()) } }),
      signal: stopping.signal,
    });
    catalog.sync();
    reply({ kind: 'rebuilt', report });
  } finally {
    catalog.close();
  }
}

rebuild().catch((error: unknown) => reply({ kind: 'failed', error, noSpace: isNoSpace(error) }));
