// Что нужно движку, чтобы открыться: каталоги, пределы, часы и кому рассказать о сбросах.
import type { StorageMode } from '../files/mode.ts';
import type { Catalog } from './catalog.ts';
import type { Disk } from './disk.ts';
import type { Placer, PlacerOptions } from './placer.ts';
import type { RecoveryLog } from './recovery.ts';
import type { SpaceLimits } from './space.ts';
import type { WalLimits } from './wal.ts';

export interface StoreOptions {
  readonly dataDir: string;
  readonly walDir: string;
  /** Режим первого запуска; дальше действует записанный. */
  readonly mode: StorageMode;
  /** UUID элемента при первом запуске; без него создаётся случайный. */
  readonly storageId?: string | undefined;
  /** Чего не задано, то на настоящем диске решает его величина (plan-sizes.ts). */
  readonly space: Pick<SpaceLimits, 'capacityBytesMax'> & { readonly reserveBytes?: number | undefined };
  /** Балласт: столько байт занято заранее на случай полного диска; 0 — без него. */
  readonly ballastBytes?: number | undefined;
  /** Сколько байт вправе занять журнал; walLimits уточняют. */
  readonly logBytesMax?: number | undefined;
  /** Новый элемент не заводить: каталог обязан быть прежним. */
  readonly requireExisting?: boolean;
  /** Разрешить сетевую файловую систему. */
  readonly allowNetworkDisk?: boolean;
  /** До скольких байт файл едет внутри записи журнала. */
  readonly inlineBytesMax?: number;
  readonly walLimits?: Partial<WalLimits>;
  /** Сколько байт подтверждённого может ждать раскладки в памяти. */
  readonly unplacedBytesMax?: number;
  /** Контрольная точка — через столько байт журнала или миллисекунд, что раньше. */
  readonly checkpointBytes?: number;
  readonly checkpointMs?: number;
  /** Как часто на полном диске пробовать снова, миллисекунд. */
  readonly spaceRetryMs?: number | undefined;
  readonly log: RecoveryLog;
  readonly hooks?: StoreHooks;
  readonly disk?: Disk;
  readonly clock?: Clock;
  readonly randomId?: () => string;
  /** Чем открыть базу каталога; fresh — прежнюю убрать. Испытания подменяют её хранилище. */
  readonly openCatalog?: (fresh: boolean) => Catalog;
  /** Чем раскладывать на диске испытаний; на настоящем раскладывает отдельный поток. */
  readonly openPlacer?: (options: PlacerOptions) => Placer;
}

/** Каталог, каким его видят глаголы: читать можно всё, менять — только забывать надгробия. */
export type CatalogView = Pick<
  Catalog,
  | 'get'
  | 'verified'
  | 'list'
  | 'totals'
  | 'changes'
  | 'storedBytes'
  | 'dueQueue'
  | 'historyFrom'
  | 'forgetTombstones'
  | 'tombstoneCount'
> & { readonly damaged: Pick<Catalog['damaged'], 'has'> };

export interface Clock {
  /** Миллисекунды Unix. */
  now(): number;
  /** Монотонные миллисекунды. */
  monotonicMs(): number;
}

/** Как часто на полном диске пробовать снова контрольную точку и построение каталога. */
export const SPACE_RETRY_MS = 1_000;

export const SYSTEM_CLOCK: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() };

export interface StoreHooks {
  onFrame?(count: number, bytes: number, syncMs: number): void;
  onCheckpoint?(files: number, durationMs: number): void;
  /** Диск отказал: процесс должен завершиться, следующий запуск восстановит. */
  onFatal?(error: unknown): void;
}
