// Поток раскладки: те же строки раскладчика, заказы приходят сообщениями.
import { parentPort, workerData } from 'node:worker_threads';
import { backfillCatalog } from './catalog-backfill.ts';
import { createDirectoryProbe, createRealDisk, isNoSpace } from './disk.ts';
import { withBallast } from './disk-with-ballast.ts';
import { createLayout } from './layout.ts';
import { createPlacer, type Flushed } from './placer.ts';
import type { PlacerHome, PlacerOrder, PlacerReply } from './placer-messages.ts';

if (parentPort === null) throw new Error('раскладчик запускается потоком');
const port = parentPort;
const { dataDir, walDir } = workerData as PlacerHome;
const abandoned = new AbortController();

const reply = (message: PlacerReply): void => port.postMessage(message);

const layout = createLayout(dataDir, walDir);
const bareDisk = createRealDisk();
const probe = createDirectoryProbe();
/** Каким каталог был при первой раскладке: запускается поток раньше, чем новый элемент его заводит. */
let home: string | undefined;

function requireHome(): void {
  home ??= probe.identify(layout.files);
  if (home === undefined || probe.identify(layout.files) !== home)
    throw new Error(`${layout.files} отключён или подменён`);
}

const placer = createPlacer({
  // Балласт — файл, поэтому убрать его вправе и этот поток; заведёт снова главный.
  disk: withBallast(bareDisk, () => bareDisk.remove(layout.ballast)),
  layout,
  requireHome,
  onNoSpace: (stalled) => reply({ kind: 'noSpace', stalled }),
});

async function perform(
  order: Exclude<PlacerOrder, { kind: 'abandon' }>,
): Promise<Flushed | readonly string[] | undefined> {
  switch (order.kind) {
    case 'place':
      await placer.place(order.records);
      return undefined;
    case 'redo':
      await placer.redo(order.records);
      return undefined;
    case 'backfill':
      try {
        backfillCatalog(layout.catalog);
      } catch (error) {
        // Не хватило места — остальное достанется сбросу каталога, он об этом и скажет.
        if (!isNoSpace(error)) throw error;
      }
      return undefined;
    case 'flush':
      return placer.flush(abandoned.signal);
    case 'lost':
      return placer.lost();
    case 'close':
      await placer.close(abandoned.signal);
      return undefined;
  }
}

port.on('message', (order: PlacerOrder) => {
  if (order.kind === 'abandon') {
    abandoned.abort();
    return;
  }
  const { id, kind } = order;
  perform(order).then(
    (value) => {
      reply({ kind: 'done', id, value });
      if (kind === 'close') port.close();
    },
    (error: unknown) => reply({ kind: 'failed', id, error }),
  );
});
