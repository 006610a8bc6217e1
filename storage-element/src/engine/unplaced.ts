// Подтверждённое, но ещё не разложенное: откуда читать его байты и сколько его может накопиться.
// Обещание: файл, о котором уже отвечено, читается, лежат его байты на месте или ещё нет.
import { ArtError } from '@artstore/contracts';
import type { Placer } from './placer.ts';
import type { LogRecord } from './wal-record.ts';

/** Сколько неразложенного держать в памяти: дальше писатели ждут. */
const UNPLACED_BYTES_MAX = 32 << 20;
/** Сколько повторяемого может ждать раскладки, пока журнал читается дальше. */
const REDO_BYTES_MAX = 8 << 20;
/** Память записи сверх байтов файла: описание, очередь, сообщение потоку. */
const RECORD_OVERHEAD_BYTES = 2048;

type PutBytes = Extract<LogRecord, { type: 'put' }>['bytes'];

interface UnplacedPut {
  readonly revision: number;
  readonly bytes: PutBytes;
}

export class Unplaced {
  readonly #placer: Placer;
  readonly #bytesMax: number;
  readonly #puts = new Map<string, UnplacedPut>();
  /** Кому сказать об отказе раскладки; до открытия журнала о нём узнаёт тот, кто повторяет. */
  onFailure: ((error: unknown) => void) | undefined;
  #bytes = 0;
  #stalled = false;
  #closed = false;
  #failed: { readonly error: unknown } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #roomWaiters: (() => void)[] = [];

  constructor(room: { placer: Placer; bytesMax: number | undefined }) {
    this.#placer = room.placer;
    this.#bytesMax = room.bytesMax ?? UNPLACED_BYTES_MAX;
  }

  /** Сколько байт файлов и записей ждёт раскладки: на диске этого ещё нет. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Сколько имён на диске понадобится неразложенному. */
  get names(): number {
    return this.#puts.size * 2;
  }

  /** Где байты файла, если на месте их ещё нет. */
  find(fileId: string): PutBytes | undefined {
    return this.#puts.get(fileId)?.bytes;
  }

  /** Отдаёт записи раскладчику и помнит их, пока он не кончит. */
  place(records: readonly LogRecord[]): void {
    this.#give(records, this.#placer.place(records));
  }

  /**
   * То же при повторе журнала; возвращается, когда можно читать его дальше. На полном диске раскладку не ждёт: в памяти
   * остаётся не больше, чем вмещает журнал. Бросает, если диск отказал.
   */
  async redo(records: readonly LogRecord[]): Promise<void> {
    this.#give(records, this.#placer.redo(records));
    await this.#until(() => this.#bytes <= REDO_BYTES_MAX);
  }

  /** Ждёт, пока повторённое ляжет на места или встанет из-за полного диска. Бросает, если диск отказал. */
  redone(): Promise<void> {
    return this.#until(() => this.#bytes === 0);
  }

  #give(records: readonly LogRecord[], placing: Promise<void>): void {
    const bytes = records.reduce((sum, record) => sum + memoryOf(record), 0);
    this.#bytes += bytes;
    for (const record of records) {
      if (record.type === 'put') {
        this.#puts.set(record.file.fileId, { revision: record.file.revision, bytes: record.bytes });
      }
    }
    const placed = placing.then(() => this.#forget(records, bytes));
    this.#last = Promise.all([this.#last, placed]);
    this.#last.catch((error: unknown) => {
      if (this.#failed) return;
      this.#failed = { error };
      this.onFailure?.(error);
      this.release();
    });
  }

  #forget(records: readonly LogRecord[], bytes: number): void {
    this.#bytes -= bytes;
    for (const record of records) {
      if (record.type !== 'put') continue;
      const { fileId, revision } = record.file;
      // Под тем же именем мог подтвердиться уже другой файл.
      if (this.#puts.get(fileId)?.revision === revision) this.#puts.delete(fileId);
    }
    this.#wakeWriters();
  }

  async #until(isEnough: () => boolean): Promise<void> {
    while (!this.#failed && !this.#stalled && !isEnough()) {
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    }
    if (this.#failed) throw this.#failed.error;
  }

  /** Ждёт, пока всё подтверждённое до этого мига окажется на местах. */
  async whenPlaced(): Promise<void> {
    await this.#last;
  }

  /** Раскладке не хватает места на диске. */
  get stalled(): boolean {
    return this.#stalled;
  }

  set stalled(stalled: boolean) {
    this.#stalled = stalled;
    if (stalled) this.#wakeWriters();
  }

  /**
   * undefined — можно писать дальше; иначе дождаться. Бросает STORAGE_FULL, если раскладка стоит из-за полного диска:
   * ждать её бессмысленно, а память не бесконечна.
   */
  room(): Promise<void> | undefined {
    if (this.#bytes <= this.#bytesMax || this.#closed) return undefined;
    if (this.#stalled) return Promise.reject(new ArtError('STORAGE_FULL'));
    return new Promise<void>((resolve) => this.#roomWaiters.push(resolve)).then(() => this.room());
  }

  /** Отпускает ждущих: журнал отказал или закрывается. */
  release(): void {
    this.#closed = true;
    this.#wakeWriters();
  }

  #wakeWriters(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const wake of waiters) wake();
  }
}

function memoryOf(record: LogRecord): number {
  const inline = record.type === 'put' && 'inline' in record.bytes ? record.bytes.inline.byteLength : 0;
  return inline + RECORD_OVERHEAD_BYTES;
}
