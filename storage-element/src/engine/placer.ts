// Раскладчик: ставит байты и описания подтверждённых записей на их места и сбрасывает тронутое.
// Ответ клиенту его не ждёт: запись уже в журнале, и журнал умеет её повторить.
//
// На настоящем диске раскладчик живёт в своём потоке (placer-thread.ts): создать два файла — около 100 мкс ядра,
// и в главном потоке эта работа вдвое снижала число загрузок в секунду. На диске испытаний он здесь же, те же строки.
import { setTimeout as sleep } from 'node:timers/promises';
import { Applier, type Touched } from './apply-records.ts';
import { type Disk, isCode } from './disk.ts';
import type { Layout } from './layout.ts';
import type { LogRecord } from './wal-record.ts';

export interface Flushed {
  /** Сколько файлов сброшено. */
  readonly files: number;
  /** Имена в staging, которые больше не нужны: байты сброшены под своими именами. */
  readonly staged: readonly string[];
}

export interface Placer {
  /** Раскладывает новые записи. Порядок вызовов — порядок раскладки. */
  place(records: readonly LogRecord[]): Promise<void>;
  /** Повторяет записи журнала при запуске. */
  redo(records: readonly LogRecord[]): Promise<void>;
  /** Сбрасывает всё, что отдано на раскладку до этого вызова. signal прерывает между файлами. */
  flush(signal: AbortSignal): Promise<Flushed>;
  /**
   * Переносит журнал базы каталога в базу, чтобы главному потоку осталось только записанное тем временем.
   * В одном потоке переносить незачем: всё сделает сам сброс каталога.
   */
  backfillCatalog(): Promise<void>;
  /** Описанные журналом файлы, чьих байтов повтор не нашёл нигде. */
  lost(): Promise<readonly string[]>;
  /** Доделывает отданное и кончает работу; signal велит больше не ждать: журнал повторит остальное. */
  close(signal: AbortSignal): Promise<void>;
}

export interface PlacerOptions {
  readonly disk: Disk;
  readonly layout: Layout;
  /** Место кончилось (true) или нашлось (false). Раскладка тем временем ждёт и пробует снова. */
  readonly onNoSpace?: ((stalled: boolean) => void) | undefined;
  /** Бросает, если каталога данных нет на месте: разложенное легло бы в чужой. Журнал повторит, когда он вернётся. */
  readonly requireHome?: (() => void) | undefined;
  /** Сколько миллисекунд ждать места между попытками. */
  readonly retryMs?: number | undefined;
  /** Зовётся перед каждой записью: на диске испытаний раскладка так отстаёт от ответов. */
  readonly pause?: (() => Promise<void>) | undefined;
}

const RETRY_MS = 500;
/** Столько сбросов идёт разом: файловая система объединяет их в общие фиксации. */
const PARALLEL_SYNCS = 16;

/** Раскладчик в этом же потоке. */
export function createPlacer(options: PlacerOptions): Placer {
  const { disk, layout } = options;
  const applier = new Applier(disk, layout);
  const given = new AbortController();
  const room: PlacingRoom = { ...options, applier, given: given.signal };
  let tail: Promise<unknown> = Promise.resolve();
  /** Следующее дело начинается, когда кончено прежнее; после отказа не делается ничего. */
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done;
    done.catch(() => undefined);
    return done;
  };
  return {
    place: (records) => enqueue(() => placeAll(records, room)),
    redo: (records) =>
      enqueue(async () => {
        for (const record of records) {
          if (room.pause) await room.pause();
          applier.redo(record);
        }
      }),
    // Очередь сброс не держит: записи, пришедшие во время него, раскладываются тем временем и ждут следующего.
    flush: async (signal) => {
      const touched = await enqueue(async () => applier.takeTouched());
      return flushTouched(disk, touched, signal);
    },
    backfillCatalog: async () => undefined,
    lost: () => enqueue(async () => [...applier.lost]),
    close: async (signal) => {
      const giveUp = (): void => given.abort();
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      await enqueue(async () => undefined).catch(() => undefined);
      signal.removeEventListener('abort', giveUp);
    },
  };
}

interface PlacingRoom extends PlacerOptions {
  readonly applier: Applier;
  /** Сработал — места больше не ждать. */
  readonly given: AbortSignal;
}

/** Нехватка места — не отказ: запись в журнале цела, и раскладка ждёт, пока место найдётся. */
async function placeAll(records: readonly LogRecord[], room: PlacingRoom): Promise<void> {
  room.requireHome?.();
  for (const record of records) {
    if (room.pause) await room.pause();
    try {
      placeOne(record, room.applier);
    } catch (error) {
      if (!isCode(error, 'ENOSPC')) throw error;
      await untilPlaced(record, room);
    }
  }
}

function placeOne(record: LogRecord, applier: Applier): void {
  try {
    applier.apply(record);
  } catch (error) {
    if (!isCode(error, 'EEXIST') || record.type !== 'put') throw error;
    applier.setAside(record);
    applier.apply(record);
  }
}

async function untilPlaced(
  record: LogRecord,
  { applier, given, onNoSpace, retryMs = RETRY_MS }: PlacingRoom,
): Promise<void> {
  for (;;) {
    onNoSpace?.(true);
    await sleep(retryMs, undefined, { signal: given });
    try {
      applier.redo(record);
      onNoSpace?.(false);
      return;
    } catch (error) {
      if (!isCode(error, 'ENOSPC')) throw error;
    }
  }
}

/** Сначала содержимое файлов, потом каталоги: имя без содержимого хуже, чем содержимое без имени. */
async function flushTouched(disk: Disk, touched: Touched, signal: AbortSignal): Promise<Flushed> {
  await syncAll([...touched.files], signal, (path) => syncUnlessRemoved(disk, path, touched));
  await syncAll([...touched.directories], signal, (path) => syncUnlessGone(disk, path));
  return { files: touched.files.size, staged: [...touched.staged] };
}

/** Файл могли удалить, пока до него доходила очередь: тогда его нет и в списке тронутых. */
async function syncUnlessRemoved(disk: Disk, path: string, touched: Touched): Promise<void> {
  try {
    await disk.syncFile(path);
  } catch (error) {
    if (isCode(error, 'ENOENT') && !touched.files.has(path)) return;
    throw error;
  }
}

/** Каталога нет — закреплять в нём нечего: пропади с ним разложенный файл, отказал бы уже сброс файла. */
async function syncUnlessGone(disk: Disk, path: string): Promise<void> {
  try {
    await disk.syncDirectory(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

async function syncAll(
  paths: readonly string[],
  signal: AbortSignal,
  sync: (path: string) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let path = paths[next]; path !== undefined; path = paths[next]) {
      signal.throwIfAborted();
      next += 1;
      await sync(path);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_SYNCS }, worker));
}
