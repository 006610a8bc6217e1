// Движок на диске испытаний для проверок рядом с кодом: без сбоев, с отказами по выбору и со своими часами.
import { after } from 'node:test';
import type { Store } from '../../src/engine/store.ts';
import type { StoreOptions } from '../../src/engine/store-options.ts';
import type { StorageMode } from '../../src/files/mode.ts';
import { CatalogVault, NO_CATALOG } from './catalog-vault.ts';
import { CrashDisk, type Operation, type Refusal } from './crash-disk.ts';
import { MemoryImage } from './memory-image.ts';
import { createRandom } from './random.ts';
import { openTestStore } from './workload.ts';

const vault = new CatalogVault();
after(() => vault.close());

export interface Bench {
  readonly store: Store;
  readonly disk: CrashDisk;
  readonly fatal: unknown[];
  /** Миллисекунды Unix; проверка вправе их двигать. */
  nowMs: number;
  /** Убивает процесс и запускает движок снова на том, что осталось. */
  restart(): Promise<Bench>;
}

export interface BenchOptions {
  readonly mode?: StorageMode;
  readonly change?: Partial<StoreOptions>;
  readonly refuse?: (operation: Operation) => Refusal | undefined;
}

export function openBench(options: BenchOptions = {}): Promise<Bench> {
  vault.load(NO_CATALOG, 'lost', createRandom(''));
  return boot(MemoryImage.empty(), Date.UTC(2026, 10, 23, 12), options);
}

async function boot(image: MemoryImage, nowMs: number, options: BenchOptions): Promise<Bench> {
  const random = createRandom('стол');
  const fatal: unknown[] = [];
  const disk = new CrashDisk({ image, random, ...(options.refuse ? { refuse: options.refuse } : {}) });
  const bench: Omit<Bench, 'store'> = {
    disk,
    fatal,
    nowMs,
    restart: () => {
      vault.load(vault.snapshot(), 'live', random);
      return boot(disk.image.clone(), bench.nowMs, options);
    },
  };
  const store = await openTestStore({
    disk,
    vault,
    random,
    onFatal: (error) => fatal.push(error),
    change: { clock: { now: () => bench.nowMs, monotonicMs: () => bench.nowMs }, ...options.change },
    ...(options.mode ? { conditions: { mode: options.mode } } : {}),
  });
  return Object.assign(bench, { store });
}
