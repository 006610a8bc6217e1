// Вход потока каталога: принимает поручения по одному и отвечает. Логики здесь нет: она у движка.
import { parentPort } from 'node:worker_threads';
import { Catalog } from './catalog.ts';
import { backfillCatalog } from './catalog-backfill.ts';
import type { ThreadOrder, ThreadReply } from './catalog-thread.ts';
import { createRealDisk } from './disk.ts';
import { createLayout } from './layout.ts';
import { rebuildCatalog } from './rebuild-catalog.ts';

const port = parentPort;
if (port === null) throw new Error('это вход потока, а не процесса');
let running = new AbortController();

function reply(message: ThreadReply): void {
  port?.postMessage(message);
}

async function rebuild({ dataDir, walDir }: Extract<ThreadOrder, { kind: 'rebuild' }>): Promise<void> {
  const layout = createLayout(dataDir, walDir);
  const catalog = new Catalog(layout.catalog);
  try {
    const report = await rebuildCatalog(createRealDisk(), layout, catalog, {
      onProgress: (progress) =>
        reply({ kind: 'progress', progress: { ...progress, totals: catalog.totals(new Date().toISOString()) } }),
      signal: running.signal,
    });
    catalog.sync();
    reply({ kind: 'rebuilt', report });
  } finally {
    catalog.close();
  }
}

async function carryOut(order: Exclude<ThreadOrder, { kind: 'stop' }>): Promise<void> {
  try {
    if (order.kind === 'rebuild') {
      await rebuild(order);
      return;
    }
    backfillCatalog(order.path);
    reply({ kind: 'backfilled' });
  } catch (error) {
    reply({ kind: 'failed', error });
  }
}

port.on('message', (order: ThreadOrder) => {
  if (order.kind === 'stop') {
    running.abort();
    return;
  }
  running = new AbortController();
  void carryOut(order);
});
