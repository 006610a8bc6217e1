// Раскладчик: ставит байты и описания подтверждённых записей на их места и сбрасывает тронутое.
// Ответ клиенту его не ждёт: запись уже в журнале, и журнал умеет её повторить.
//
// На настоящем диске раскладчик живёт в своём потоке (placer-thread.ts): создать два файла — около 100 мкс ядра,
// и в главном потоке эта работа вдвое снижала число загрузок в секунду. На диске испытаний он здесь же, те же строки.
import { Applier, type Touched } from './apply-records.ts';
import { type Disk, isCode } from './disk.ts';
import type { Layout } from './layout.ts';
import { WaitingForSpace } from './waiting-for-space.ts';
import type { LogRecord } from './wal-record.ts';

export interface Flushed {
  /** Сколько файлов сброшено. */
  readonly files: number;
  /** Имена в staging, которые больше не нужны: байты сброшены под своими именами. */
  readonly staged: readonly string[];
  /** Сколько записей ещё ждёт места. Не ноль — сброшено не всё, и контрольной точке рано. */
  readonly waiting: number;
}

/** Раскладка и повтор возвращаются, когда всё отданное на местах; нехватка места — ожидание, а не отказ. */
export interface Placer {
  /** Раскладывает новые записи. */
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
  /** Кончает работу. Того, что ждёт места, не ждёт: журнал повторит. */
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

/** Столько сбросов идёт разом: файловая система объединяет их в общие фиксации. */
const PARALLEL_SYNCS = 16;

/** Раскладчик в этом же потоке. */
export function createPlacer(options: PlacerOptions): Placer {
  const { disk, layout } = options;
  const applier = new Applier(disk, layout);
  const given = new AbortController();
  let tail: Promise<unknown> = Promise.resolve();
  /** Следующее дело начинается, когда кончено прежнее; после отказа не делается ничего. */
  const enqueue = <T>(work: () => T | Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done;
    done.catch(() => undefined);
    return done;
  };
  const waiting = new WaitingForSpace({ ...options, applier, given: given.signal, enqueue });
  const handle = async (records: readonly LogRecord[], how: 'apply' | 'redo'): Promise<void> => {
    const { rest } = await enqueue(async () => {
      const rest: Promise<void>[] = [];
      if (how === 'apply') options.requireHome?.();
      for (const record of records) {
        if (options.pause) await options.pause();
        const later = waiting.handle(record, how);
        if (later) rest.push(later);
      }
      return { rest };
    });
    if (rest.length > 0) await Promise.all(rest);
  };
  return {
    place: (records) => handle(records, 'apply'),
    redo: (records) => handle(records, 'redo'),
    // Очередь сброс не держит: записи, пришедшие во время него, раскладываются тем временем и ждут следующего.
    flush: async (signal) => {
      const touched = await enqueue(() => (waiting.count > 0 ? undefined : applier.takeTouched()));
      if (touched === undefined) return { files: 0, staged: [], waiting: waiting.count };
      return flushTouched(disk, touched, signal);
    },
    backfillCatalog: async () => undefined,
    lost: () => enqueue(() => [...applier.lost]),
    close: async () => {
      await enqueue(() => undefined).catch(() => undefined);
      given.abort();
    },
  };
}

/** Сначала содержимое файлов, потом каталоги: имя без содержимого хуже, чем содержимое без имени. */
async function flushTouched(disk: Disk, touched: Touched, signal: AbortSignal): Promise<Flushed> {
  await syncAll([...touched.files], signal, (path) => syncUnlessRemoved(disk, path, touched));
  await syncAll([...touched.directories], signal, (path) => syncUnlessGone(disk, path));
  return { files: touched.files.size, staged: [...touched.staged], waiting: 0 };
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
