// Действия испытаний над движком: открыть его на диске испытаний, изменить файл, сменить режим, прочитать.
// Что началось и чем ответило, остаётся в истории.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { isArtError } from '@artstore/contracts';
import { collectExpired, emptyReport, type GcLimits } from '../../src/upkeep/collect-expired.ts';
import type { CatalogEntry } from '../../src/engine/catalog.ts';
import { createPlacer } from '../../src/engine/placer.ts';
import { openStore, type Store } from '../../src/engine/store.ts';
import type { StoreOptions } from '../../src/engine/store-options.ts';
import type { WalLimits } from '../../src/engine/wal.ts';
import { editFile } from '../../src/files/edit-file.ts';
import type { StorageMode } from '../../src/files/mode.ts';
import { putFile } from '../../src/files/put-file.ts';
import { removeFile } from '../../src/files/remove-file.ts';
import { fileNotFound } from '../../src/files/require-file.ts';
import { restoreFile } from '../../src/files/restore-file.ts';
import { transitionMode } from '../../src/files/transition-mode.ts';
import type { Vault } from './catalog-vault.ts';
import type { CrashDisk } from './crash-disk.ts';
import type { Action, Outcome, Step } from './history.ts';
import { DiskError } from './memory-image.ts';
import { PromiseBroken } from './promise-broken.ts';
import { createRandom, type Random } from './random.ts';

export const STORAGE_ID = '5e5e5e5e-0000-4000-8000-000000000001';
export const INLINE_BYTES_MAX = 64;
const NOW_MS = Date.UTC(2026, 10, 23, 12);

/** В чём ходы разных зёрен различаются, кроме самих действий. */
export interface Conditions {
  readonly mode: StorageMode;
  /** Мало файлов — чаще встречаются на одном, много — чаще идут порознь. */
  readonly files: number;
  readonly checkpointBytes: number;
  readonly walLimits: WalLimits;
}

/** Малые сегменты: за десяток действий журнал успевает смениться, заполниться и отпустить место. */
export function conditionsOf(seed: string): Conditions {
  const random = createRandom(seed).fork('условия');
  const segmentBytes = random.pick([1500, 2600, 5000]);
  return {
    mode: random.chance(0.3) ? 'rw' : 'edit',
    files: random.pick([2, 3, 5]),
    // Последнее — никогда: точку зовёт только полный журнал.
    checkpointBytes: random.pick([1500, 3000, 2 ** 40]),
    walLimits: { segmentBytes, segmentsMax: random.pick([2, 3]), frameBytesMax: segmentBytes - 100 },
  };
}

const CALM: Conditions = {
  mode: 'edit',
  files: 5,
  checkpointBytes: 3000,
  walLimits: { segmentBytes: 2600, segmentsMax: 3, frameBytesMax: 2500 },
};

export interface ModeStep {
  readonly target: StorageMode;
  readonly startedAt: number;
  endedAt: number;
}

/** Часы и запись всего, что обещано. */
export class History {
  readonly steps: Step[] = [];
  readonly modes: ModeStep[] = [];
  readonly conditions: Conditions;
  #now = 0;

  constructor(conditions: Conditions = CALM) {
    this.conditions = conditions;
  }

  tick(): number {
    this.#now += 1;
    return this.#now;
  }
}

/** Отставание раскладки: столько оборотов цикла событий она ждёт, а диск тем временем работает. */
const LAG_TURNS = [0, 0, 0, 1, 3, 10, 30];

/** Раскладка, отстающая от ответов случайно, но одинаково при одном зерне. */
export function randomLag(random: Random): () => Promise<void> {
  return async () => {
    for (let left = random.pick(LAG_TURNS); left > 0; left -= 1) await setImmediate();
  };
}

export interface TestStoreOptions {
  readonly disk: CrashDisk;
  readonly vault: Vault;
  readonly random: Random;
  readonly conditions?: Partial<Conditions>;
  readonly onFatal?: (error: unknown) => void;
  /** Зовётся перед каждой раскладкой: сколько ждать. Без него раскладка идёт сразу. */
  readonly lag?: () => Promise<void>;
  readonly change?: Partial<StoreOptions>;
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Движок на диске испытаний: те же строки, что в работе, с малыми пределами. */
export function openTestStore(options: TestStoreOptions): Promise<Store> {
  const { disk, vault, random, conditions, onFatal, lag, change } = options;
  const { mode, checkpointBytes, walLimits } = { ...CALM, ...conditions };
  let ids = 0;
  const branch = random.bytes(4).toString('hex');
  return openStore({
    dataDir: '/element/data',
    walDir: '/element/wal',
    mode,
    storageId: STORAGE_ID,
    space: { capacityBytesMax: undefined, reserveBytes: 0 },
    inlineBytesMax: INLINE_BYTES_MAX,
    walLimits,
    checkpointBytes,
    checkpointMs: 2 ** 31 - 1,
    log: SILENT,
    hooks: onFatal ? { onFatal } : {},
    disk,
    clock: { now: () => NOW_MS, monotonicMs: () => 0 },
    randomId: () => {
      ids += 1;
      return `${branch}-0000-4000-8000-${String(ids).padStart(12, '0')}`;
    },
    openCatalog: vault.open,
    ...(lag ? { openPlacer: (placing) => createPlacer({ ...placing, retryMs: 1, pause: lag }) } : {}),
    ...change,
  });
}

export function fileIdOf(index: number): string {
  return `f11e0000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

export function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function putBytes(
  store: Store,
  put: { fileId: string; bytes: Uint8Array; description: string },
): ReturnType<typeof putFile> {
  return putFile(store, {
    fileId: put.fileId,
    intent: {
      originalFilename: 'а.txt',
      contentType: 'text/plain',
      description: put.description,
      tags: [],
      metadata: {},
      retentionPolicy: store.mode === 'edit' ? 'temporary' : 'permanent',
      ttlDays: store.mode === 'edit' ? 30 : null,
      uploadedBy: 'испытание',
    },
    body: bodyOf(put.bytes),
    declaredLength: put.bytes.length,
    lengthMax: undefined,
    sha256: undefined,
    fileBytesMax: 1 << 20,
    signal: new AbortController().signal,
  });
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1;
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}

/** Коды, которыми отвечает состояние файла, и коды, после которых ничего не было. */
const OUTCOMES: ReadonlySet<string> = new Set(['CONFLICT', 'FILE_NOT_FOUND', 'INTERNAL_ERROR']);
const REFUSALS: ReadonlySet<string> = new Set(['MODE_NOT_ALLOWED', 'STORAGE_FULL', 'NOT_READY']);

/** Выполняет одно действие и вписывает его в историю. Отказ диска ничего не обещает; прочие ошибки — беда испытания. */
export async function act(
  store: Store,
  history: History,
  order: { fileId: string; action: Action; bytes?: Uint8Array },
): Promise<void> {
  const { fileId, action, bytes } = order;
  const step: Step = {
    fileId,
    action,
    startedAt: history.tick(),
    endedAt: Number.POSITIVE_INFINITY,
    outcome: undefined,
  };
  history.steps.push(step);
  try {
    const outcome = await perform(store, { fileId, action, bytes });
    step.endedAt = history.tick();
    step.outcome = outcome;
  } catch (error) {
    if (isArtError(error) && REFUSALS.has(error.code)) history.steps.splice(history.steps.indexOf(step), 1);
    else if (isArtError(error) && OUTCOMES.has(error.code)) {
      step.endedAt = history.tick();
      step.outcome = error.code as Outcome;
    } else if (isArtError(error)) throw error;
  }
}

async function perform(
  store: Store,
  { fileId, action, bytes }: { fileId: string; action: Action; bytes: Uint8Array | undefined },
): Promise<Outcome> {
  switch (action.kind) {
    case 'put': {
      const { created } = await putBytes(store, {
        fileId,
        bytes: bytes ?? Buffer.alloc(0),
        description: action.description,
      });
      return created ? 'created' : 'known';
    }
    case 'edit':
      await editFile(store, fileId, { description: action.description });
      return 'done';
    case 'remove':
      await removeFile(store, fileId);
      return 'done';
    case 'restore':
      await restoreFile(store, fileId);
      return 'done';
    case 'mark':
      return toggleMark(store, fileId);
    case 'collect':
      throw new Error('уборка идёт проходом: см. collect');
    case 'expire':
      await store.withFile(fileId, async (locked) => {
        const entry = locked.current();
        if (!entry) throw fileNotFound(store, fileId);
        await locked.remove(entry, 'expired', new Date(store.nowMs()).toISOString());
      });
      return 'done';
  }
}

/** Ставит или снимает пометку так, как это делает сверка: под замком и через журнал, в любом режиме. */
function toggleMark(store: Store, fileId: string): Promise<Outcome> {
  return store.withFile(fileId, async (locked) => {
    const entry = locked.current();
    if (!entry) throw fileNotFound(store, fileId);
    const { file } = entry;
    if (file.status === 'deleted') return 'CONFLICT';
    await locked.mark(entry, { ...file, status: file.status === 'active' ? 'missing' : 'active' }, 'rewrite');
    return 'done';
  });
}

/** Убирают всё, что удалено; надгробий не забывают. */
const GC_LIMITS: GcLimits = {
  graceMs: 0,
  tombstoneKeepMs: NOW_MS,
  passFilesMax: 1000,
  passBytesMax: 2 ** 40,
  passMs: 60_000,
};

/** Проход уборки — по шагу на каждый файл: до какого из них он дойдёт раньше, решает сам. */
export async function collect(store: Store, history: History): Promise<void> {
  const startedAt = history.tick();
  const endedAt = Number.POSITIVE_INFINITY;
  const steps = Array.from({ length: history.conditions.files + 1 }, (_, index): Step => {
    return { fileId: fileIdOf(index), action: { kind: 'collect' }, startedAt, endedAt, outcome: undefined };
  });
  history.steps.push(...steps);
  try {
    const { signal } = new AbortController();
    await collectExpired({ store, limits: GC_LIMITS, report: emptyReport(), signal });
  } catch (error) {
    if (isArtError(error) && !REFUSALS.has(error.code)) throw error;
    return;
  }
  const now = history.tick();
  for (const step of steps) Object.assign(step, { endedAt: now, outcome: 'done' });
}

/** Меняет режим и вписывает это в историю; недопустимый переход ничего не обещает. */
export async function changeMode(store: Store, history: History, target: StorageMode): Promise<void> {
  const step: ModeStep = { target, startedAt: history.tick(), endedAt: Number.POSITIVE_INFINITY };
  history.modes.push(step);
  try {
    await transitionMode(store, { target, confirm: true });
    step.endedAt = history.tick();
  } catch (error) {
    if (!isArtError(error) || error.code === 'NOT_READY') return;
    if (error.code !== 'INVALID_TRANSITION') throw error;
    history.modes.splice(history.modes.indexOf(step), 1);
  }
}

/** Читает файл, пока ход идёт: пока описание то же, байты обязаны быть и быть теми. Отказ диска ничего не значит. */
export async function readBack(store: Store, fileId: string): Promise<void> {
  const entry = store.catalog.get(fileId);
  if (!entry) return;
  let bytes: Buffer | undefined;
  try {
    bytes = await readBytes(store, entry);
  } catch (error) {
    if (error instanceof DiskError) return;
    throw error;
  }
  if (bytes !== undefined && checksumOf(bytes) === entry.file.checksum) return;
  const now = store.catalog.get(fileId);
  if (bytes === undefined && now?.file.revision !== entry.file.revision) return;
  throw new PromiseBroken(`${fileId}: во время работы ${bytes === undefined ? 'байтов нет' : 'байты не те'}`);
}

async function readBytes(store: Store, entry: CatalogEntry): Promise<Buffer | undefined> {
  const blob = await store.openBlob(entry);
  if (!blob) return undefined;
  const bytes = Buffer.alloc(entry.file.size + 1);
  try {
    return bytes.subarray(0, await blob.read(bytes, 0));
  } finally {
    await blob.close();
  }
}
