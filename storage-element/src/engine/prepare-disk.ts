// Диск под движок до его запуска: годится ли он, сколько на нём отложить, балласт. Диску испытаний ничего не навязывается:
// каталог его никто не подменит, а величины — какие заданы.
import { Ballast } from './ballast.ts';
import { createDirectoryProbe, createRealDisk, type Disk, type DirectoryProbe } from './disk.ts';
import { withBallast } from './disk-with-ballast.ts';
import { refuseNewElement } from './element-identity.ts';
import { createLayout, type Layout } from './layout.ts';
import { type PlannedSizes, planSizes } from './plan-sizes.ts';
import { refuseNetworkDisk } from './refuse-network-disk.ts';
import type { StoreOptions } from './store-options.ts';
import { WAL_LIMITS } from './wal.ts';
import type { WatchedDirectory } from './watch-directory.ts';

export interface PreparedDisk {
  /** На нехватку места отвечает балластом: для всего, что обязано дописаться. */
  readonly disk: Disk;
  /** Отвечает отказом: для приёма загрузок. */
  readonly bareDisk: Disk;
  readonly layout: Layout;
  readonly ballast: Ballast;
  readonly sizes: PlannedSizes;
  /** undefined у диска испытаний. */
  readonly probe: DirectoryProbe | undefined;
}

/** Отказы — до первой перемены: точка, к которой не подключили диск, остаётся пустой. Бросает WrongDataDirectory. */
export async function prepareDisk(options: StoreOptions, monotonicMs: () => number): Promise<PreparedDisk> {
  const probe = options.disk === undefined ? createDirectoryProbe() : undefined;
  const bareDisk = options.disk ?? createRealDisk();
  const layout = createLayout(options.dataDir, options.walDir);
  if (probe !== undefined && options.allowNetworkDisk !== true) {
    for (const path of [layout.dataDir, layout.walDir]) refuseNetworkDisk(probe, path);
  }
  if (options.requireExisting === true) refuseNewElement(bareDisk, layout);
  bareDisk.makeDirectory(layout.dataDir);
  const sizes = await chooseSizes(bareDisk, layout, options);
  const atBallast = { disk: bareDisk, path: layout.ballast, log: options.log, monotonicMs };
  const ballast = new Ballast({ ...atBallast, bytes: sizes.ballastBytes });
  const disk = withBallast(bareDisk, () => ballast.drop());
  return { disk, bareDisk, layout, ballast, sizes, probe };
}

async function chooseSizes(disk: Disk, layout: Layout, options: StoreOptions): Promise<PlannedSizes> {
  const { ballastBytes, logBytesMax } = options;
  const { reserveBytes } = options.space;
  if (options.disk !== undefined) {
    return { reserveBytes: reserveBytes ?? 0, ballastBytes: ballastBytes ?? 0, wal: WAL_LIMITS };
  }
  const { totalBytes } = await disk.space(layout.dataDir);
  return planSizes(totalBytes, { reserveBytes, ballastBytes, logBytesMax });
}

export function watchedDirectory(prepared: PreparedDisk, storageId: string): WatchedDirectory | undefined {
  const { probe, bareDisk: disk, layout } = prepared;
  return probe && { probe, disk, layout, storageId };
}

/** Журнал и файлы на одном диске: место у них общее, и балласт помогает обоим. */
export function logSharesDisk({ probe, layout }: PreparedDisk): boolean {
  return probe === undefined || probe.device(layout.dataDir) === probe.device(layout.walDir);
}
