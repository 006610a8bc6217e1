// Для проверок сверки: движок на настоящем диске во временном каталоге и руки, которые портят файлы мимо него.
import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createLayout, type Layout } from '../src/engine/layout.ts';
import { openStore, type Store } from '../src/engine/store.ts';
import type { StoreOptions } from '../src/engine/store-options.ts';
import type { StoredFile } from '../src/files/file.ts';
import { Reconciler } from '../src/upkeep/reconcile.ts';
import type { ReconcileOptions, ReconcileReport } from '../src/upkeep/reconcile-report.ts';
import { cleanUp } from './clean-up.ts';
import { putBytes } from './crash/workload.ts';

export const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const DAY_MS = 86_400_000;

export interface RealStore {
  readonly store: Store;
  readonly layout: Layout;
  readonly home: string;
  /** Сдвиг часов движка, миллисекунды. */
  shiftMs: number;
  put(bytes: Buffer | string, fileId?: string): Promise<StoredFile>;
  blob(fileId: string): string;
  attr(fileId: string): string;
  reconcile(options?: Partial<ReconcileOptions>): Promise<ReconcileReport>;
  /** Закрывает движок и открывает его снова на том же каталоге. */
  restart(): Promise<RealStore>;
  close(): Promise<void>;
}

export async function openRealStore(
  t: TestContext,
  { home, shiftMs = 0, change = {} }: { home?: string; shiftMs?: number; change?: Partial<StoreOptions> } = {},
): Promise<RealStore> {
  const dir = home ?? (await mkdtemp(join(tmpdir(), 'artstore-upkeep-')));
  const time = { shiftMs };
  const clock = { now: () => Date.now() + time.shiftMs, monotonicMs: () => performance.now() + time.shiftMs };
  const paths = { dataDir: join(dir, 'data'), walDir: join(dir, 'wal') };
  const space = { capacityBytesMax: undefined, reserveBytes: 0 };
  const store = await openStore({ ...paths, mode: 'rw', space, log: SILENT, clock, inlineBytesMax: 1024, ...change });
  await store.whenRebuilt();
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= store.close());
  cleanUp(t, async () => {
    await close();
    if (home === undefined) await rm(dir, { recursive: true, force: true });
  });
  const layout = createLayout(paths.dataDir, paths.walDir);
  const placeOf = (fileId: string) => store.catalog.get(fileId)?.place ?? { day: today(), bucket: 0 };
  const real: RealStore = {
    store,
    layout,
    home: dir,
    get shiftMs() {
      return time.shiftMs;
    },
    set shiftMs(ms) {
      time.shiftMs = ms;
    },
    put: async (bytes, fileId = randomUUID()) => {
      const order = { fileId, bytes: Buffer.from(bytes), description: 'как есть' };
      const { file } = await putBytes(store, order);
      await store.whenPlaced();
      return file;
    },
    blob: (fileId) => layout.blob(placeOf(fileId), fileId),
    attr: (fileId) => layout.attr(placeOf(fileId), fileId),
    reconcile: async (options = {}) => {
      const reconciler = new Reconciler({ store, log: SILENT, intervalMs: DAY_MS, filesPerSecond: 1e6 });
      const report = reconciler.start({ dryRun: false, verifyChecksums: false, moveOrphans: false, ...options });
      await reconciler.settled();
      await reconciler.stop();
      await store.whenPlaced();
      return report;
    },
    close,
    restart: async () => {
      await close();
      return openRealStore(t, { home: dir, shiftMs: time.shiftMs, change });
    },
  };
  return real;
}

function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

/** Переворачивает бит файла на диске, не меняя длины. */
export async function flipBit(path: string, at = 0): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
}
