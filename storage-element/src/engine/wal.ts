// Журнал повтора с общим сбросом: все, кто ждёт в этот миг, пишутся одним кадром и одним fdatasync.
//
// История сбоев, по которой расставлен порядок:
//   1. Байты больших файлов сброшены до очереди; здесь один fsync каталога staging закрепляет их имена.
//      Без него журнал после сбоя сослался бы на имя, которого нет.
//   2. Кадр пишется в заранее заполненный сегмент: длина файла не меняется, fdatasync обходится без
//      журнала файловой системы и стоит вдвое меньше.
//   3. Следующий кадр пишется только после сброса предыдущего: см. wal-record.ts, порча и хвост.
//   4. Ошибка записи или сброса окончательна: ядро могло выбросить страницы и назвать их чистыми,
//      повтор солгал бы. Журнал закрывается, процесс перезапускается и восстанавливается.
//
// Длиннее трёхсот строк: очередь, кадр и смена сегмента — одно состояние под одним порядком сбросов, порознь он не виден.
import { ArtError } from '@artstore/contracts';
import { type Disk, type DiskFile, isNoSpace } from './disk.ts';
import type { Layout } from './layout.ts';
import { encodeRecord, FRAME_HEADER_BYTES, frameHeader, type LogRecord, revisionOf } from './wal-record.ts';

export interface WalLimits {
  /** Длина сегмента, байт. */
  readonly segmentBytes: number;
  /** Сколько сегментов может быть занято; дальше писатели ждут контрольной точки. */
  readonly segmentsMax: number;
  /** Сколько байт записей в одном кадре. */
  readonly frameBytesMax: number;
  /** Сколько записей может ждать контрольной точки: запуск после сбоя повторит их все, и малые дороги числом. */
  readonly recordsMax?: number | undefined;
}

/** Повтор одной записи — около 0,1 мс на двух ядрах; с соседями вдвое больше. */
const RECORDS_MAX = 40_000;

export const WAL_LIMITS: WalLimits = { segmentBytes: 16 << 20, segmentsMax: 24, frameBytesMax: 4 << 20 };

/** Место в журнале: с какого кадра и где начинать повтор. */
export interface WalPosition {
  readonly segment: number;
  readonly offset: number;
  readonly frame: number;
  readonly revision: number;
  /** Соль кадров: случайная у каждого элемента, тем, кто загружает файлы, неизвестна. */
  readonly salt: number;
}

export interface WalHooks {
  /** Показать записи, которые уже на диске журнала, и отдать их на раскладку. Вызывается по порядку, кадр за кадром. */
  apply(records: readonly LogRecord[]): void;
  /** Подождать перед следующей пачкой, если разложенное отстало; отказ — отказ этим записям, а не журналу. */
  room?(): Promise<void> | undefined;
  /** Кадр записан и сброшен: сколько записей, байт и миллисекунд на сброс. */
  onFrame(count: number, bytes: number, syncMs: number): void;
  /** Место кончилось: нужна контрольная точка. */
  onFull(): void;
  /** Диск отказал; журнал больше не пишет. */
  onFailure(error: unknown): void;
}

export interface WalOptions {
  readonly limits: WalLimits;
  readonly hooks: WalHooks;
  readonly start: WalStart;
  /** Диск, который на нехватку места отвечает отказом, а не балластом; по умолчанию тот же. */
  readonly bareDisk?: Disk;
}

const SPARE_SEGMENT = 0;

interface Waiter {
  readonly record: LogRecord;
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Wal {
  readonly #disk: Disk;
  readonly #bareDisk: Disk;
  readonly #layout: Layout;
  readonly #limits: WalLimits;
  readonly #hooks: WalHooks;
  /** Номера занятых сегментов по порядку; последний — тот, куда пишут. */
  readonly #segments: number[];
  /** Отслужившие сегменты, готовые к новой жизни. */
  readonly #spare: number[];
  readonly #salt: number;
  #nextSegment: number;
  #file: DiskFile | undefined;
  #offset: number;
  #frame: number;
  #revision: number;
  #writtenRevision: number;
  /** Записи новее этой повторит запуск после сбоя. */
  #checkpointRevision: number;
  #applied: WalPosition;
  #queue: Waiter[] = [];
  #writing: Promise<void> | undefined;
  #failure: unknown;
  #freed: (() => void) | undefined;
  /** Последняя контрольная точка не прошла из-за полного диска. */
  #isStuck = false;
  #closed = false;

  private constructor(disk: Disk, layout: Layout, options: WalOptions) {
    this.#disk = disk;
    this.#bareDisk = options.bareDisk ?? disk;
    this.#layout = layout;
    this.#limits = options.limits;
    this.#hooks = options.hooks;
    this.#nextSegment = options.start.nextSegment;
    this.#segments = [...options.start.segments];
    this.#offset = options.start.offset;
    this.#spare = [...options.start.spare];
    this.#salt = options.start.salt;
    this.#frame = options.start.nextFrame;
    this.#revision = options.start.revision;
    this.#writtenRevision = this.#revision;
    this.#checkpointRevision = this.#revision - (options.start.redone ?? 0);
    this.#applied = this.#end();
  }

  /** Продолжает журнал там, где кончился последний целый кадр, поверх недописанного хвоста: его никому не обещали. */
  static async open(disk: Disk, layout: Layout, options: WalOptions): Promise<Wal> {
    const wal = new Wal(disk, layout, options);
    const last = options.start.segments.at(-1);
    if (last === undefined) await wal.#enterSegment(await wal.#prepareSegment());
    else wal.#file = await disk.open(layout.segment(last), 'update');
    wal.#applied = wal.#end();
    await wal.#keepSpare();
    return wal;
  }

  /** Последняя выданная revision. */
  get revision(): number {
    return this.#revision;
  }

  get segmentsInUse(): number {
    return this.#segments.length;
  }

  /** Сегменты, которых ещё нет на диске: сколько их и сколько байт они займут. */
  get unallocated(): { readonly segments: number; readonly bytes: number } {
    const { segmentBytes, segmentsMax } = this.#limits;
    const segments = Math.max(0, segmentsMax - this.#segments.length - this.#spare.length);
    return { segments, bytes: segments * segmentBytes };
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** Всё до этого места записано, сброшено и отдано на раскладку: сброшенная раскладка двигает сюда начало повтора. */
  get applied(): WalPosition {
    return this.#applied;
  }

  /**
   * Ставит запись в очередь и возвращает её, когда она переживёт отключение питания и видна.
   * make получает revision и обязан вписать её в запись; порядок вызовов — порядок в журнале.
   * Бросает причину отказа, если журнал закрыт или диск отказал.
   */
  append<R extends LogRecord>(make: (revision: number) => R): Promise<R> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closed) return Promise.reject(new Error('журнал закрыт'));
    this.#revision += 1;
    const record = make(this.#revision);
    const parts = encodeRecord(record);
    let bytes = 0;
    for (const part of parts) bytes += part.byteLength;
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.#queue.push({ record, parts, bytes, resolve: () => resolve(record), reject });
    this.#writing ??= this.#writeLoop();
    return promise;
  }

  /** Отпускает сегменты, которые повтору больше не нужны. */
  releaseBefore(position: WalPosition): void {
    while ((this.#segments[0] ?? position.segment) < position.segment) {
      const freed = this.#segments.shift();
      if (freed !== undefined) this.#spare.push(freed);
    }
    this.#checkpointRevision = position.revision;
    this.#freed?.();
    this.#freed = undefined;
  }

  /** Контрольной точке не хватило места: ждать от неё сегментов пока нечего. */
  noteStuck(): void {
    this.#isStuck = true;
    this.#freed?.();
    this.#freed = undefined;
  }

  /** Дописывает очередь и закрывает файл. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #writeLoop(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const batch = this.#takeBatch();
        try {
          if (!(await this.#openRoom(batch))) continue;
          await this.#writeFrame(batch);
        } catch (error) {
          this.#fail(error, batch);
          return;
        }
        // Микрозадача: сначала цикл отдаст диску следующий кадр, потом, пока тот пишется, ответит этот.
        const end = this.#end();
        queueMicrotask(() => this.#deliver(batch, end));
      }
    } finally {
      this.#writing = undefined;
    }
  }

  #takeBatch(): Waiter[] {
    let bytes = 0;
    let count = 0;
    for (const waiter of this.#queue) {
      if (count > 0 && bytes + waiter.bytes > this.#limits.frameBytesMax) break;
      bytes += waiter.bytes;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /**
   * Готовит место под кадр. Диск полон — ещё ни байта кадра не записано, поэтому это отказ этим записям, а не журналу:
   * false.
   */
  async #openRoom(batch: readonly Waiter[]): Promise<boolean> {
    let path: string;
    const puts = batch.filter(({ record }) => record.type === 'put');
    try {
      const room = this.#hooks.room?.();
      if (room !== undefined) await room;
      if (this.#tooManyRecords) await this.#untilFewRecords();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#offset + frameBytes(batch) <= this.#limits.segmentBytes) return true;
      path = await this.#prepareSegment(puts.length > 0);
    } catch (error) {
      const refusal = isNoSpace(error) ? new ArtError('STORAGE_FULL', { cause: error }) : error;
      if (!(refusal instanceof ArtError)) throw error;
      // Новым файлам места нет, а удалениям ещё может хватить отложенного сегмента.
      const refused = puts.length > 0 ? puts : batch;
      for (const waiter of refused) waiter.reject(refusal);
      this.#queue.unshift(...batch.filter((waiter) => !refused.includes(waiter)));
      return false;
    }
    await this.#enterSegment(path);
    await this.#keepSpare();
    return true;
  }

  /** Повтор после сбоя стал бы слишком долгим. */
  get #tooManyRecords(): boolean {
    const { recordsMax = RECORDS_MAX } = this.#limits;
    return this.#writtenRevision - this.#checkpointRevision >= recordsMax;
  }

  /** Точке не хватает места — записи идут дальше: удаление его освободит, а долгий запуск лучше отказа. */
  async #untilFewRecords(): Promise<void> {
    while (this.#failure === undefined && this.#tooManyRecords) {
      await this.#checkpointed();
      if (this.#isStuck) return;
    }
  }

  async #writeFrame(batch: readonly Waiter[]): Promise<void> {
    const records = batch.flatMap((waiter) => waiter.parts);
    const bytes = frameBytes(batch);
    if (batch.some(({ record }) => record.type === 'put' && 'staged' in record.bytes)) {
      await this.#disk.syncDirectory(this.#layout.staging);
    }
    const file = this.#file;
    const segment = this.#segments.at(-1);
    if (!file || segment === undefined) throw new Error('у журнала нет открытого сегмента');
    const header = frameHeader({ segment, salt: this.#salt, number: this.#frame, records, count: batch.length });
    const startedAt = performance.now();
    await file.write([header, ...records], this.#offset);
    await file.datasync();
    this.#hooks.onFrame(batch.length, bytes, performance.now() - startedAt);
    this.#offset += bytes;
    this.#frame += 1;
    const last = batch.at(-1);
    if (last) this.#writtenRevision = revisionOf(last.record);
  }

  #end(): WalPosition {
    const segment = this.#segments.at(-1) ?? 0;
    const at = { segment, offset: this.#offset, frame: this.#frame };
    return { ...at, revision: this.#writtenRevision, salt: this.#salt };
  }

  #deliver(batch: readonly Waiter[], end: WalPosition): void {
    if (this.#failure !== undefined) {
      for (const waiter of batch) waiter.reject(this.#failure);
      return;
    }
    try {
      this.#hooks.apply(batch.map(({ record }) => record));
    } catch (error) {
      this.#fail(error, batch);
      return;
    }
    this.#applied = end;
    for (const waiter of batch) waiter.resolve();
  }

  /** Путь следующего сегмента: отслужившего, а если такого нет — нового, заполненного нулями. */
  async #prepareSegment(isForPuts = false): Promise<string> {
    while (this.#segments.length >= this.#limits.segmentsMax) {
      // После отказа точек больше не будет, и места ждать нечего.
      if (this.#failure !== undefined) throw this.#failure;
      await this.#checkpointed();
      if (this.#isStuck) throw new ArtError('STORAGE_FULL');
    }
    if (this.#failure !== undefined) throw this.#failure;
    const path = this.#layout.segment(this.#nextSegment);
    // Последний запасной — не загрузкам: им заводится новый, а не на чем завести — им отказ.
    if (isForPuts && this.#spare.length === 1 && this.#segments.length + 1 < this.#limits.segmentsMax) {
      await this.#preallocate(this.#bareDisk, path);
      return path;
    }
    const spare = this.#spare.shift();
    if (spare !== undefined && this.#disk.sizeOf(this.#layout.segment(spare)) === this.#limits.segmentBytes) {
      this.#disk.rename(this.#layout.segment(spare), path);
    } else {
      if (spare !== undefined) this.#disk.remove(this.#layout.segment(spare));
      try {
        await this.#preallocate(this.#disk, path);
      } catch (error) {
        // Места под новый нет, но контрольная точка может отпустить прежний: удалениям его хватит надолго.
        if (!isNoSpace(error) || this.#segments.length < 2) throw error;
        await this.#checkpointed();
        if (this.#spare.length === 0) throw error;
        return this.#prepareSegment(isForPuts);
      }
    }
    return path;
  }

  /** Просит контрольную точку и ждёт, чем она кончится. */
  #checkpointed(): Promise<void> {
    this.#isStuck = false;
    const freed = new Promise<void>((resolve) => {
      this.#freed = resolve;
    });
    this.#hooks.onFull();
    return freed;
  }

  /** Дальше журнал пишется в этот сегмент; отказ здесь, как и при сбросе, окончателен. */
  async #enterSegment(path: string): Promise<void> {
    const next = await this.#disk.open(path, 'update');
    await this.#disk.syncDirectory(this.#layout.walDir);
    const previous = this.#file;
    this.#file = next;
    this.#segments.push(this.#nextSegment);
    this.#nextSegment += 1;
    this.#offset = 0;
    await previous?.close();
  }

  /**
   * Держит один сегмент про запас: когда диск забьют, новому места не найдётся, а удаления и уборка обязаны идти дальше.
   * Номер 0 меньше любого занятого, поэтому следующий запуск сочтёт его отслужившим.
   */
  async #keepSpare(): Promise<void> {
    if (this.#spare.length > 0 || this.#segments.length >= this.#limits.segmentsMax) return;
    try {
      // Мимо балласта: он нужен тому, что уже подтверждено.
      await this.#preallocate(this.#bareDisk, this.#layout.segment(SPARE_SEGMENT));
      this.#spare.push(SPARE_SEGMENT);
    } catch (error) {
      if (!isNoSpace(error)) throw error;
    }
  }

  async #preallocate(disk: Disk, path: string): Promise<void> {
    const fresh = `${path}.new`;
    disk.remove(fresh);
    const file = await disk.open(fresh, 'create');
    try {
      const zeros = Buffer.alloc(Math.min(1 << 20, this.#limits.segmentBytes));
      for (let at = 0; at < this.#limits.segmentBytes; at += zeros.length) {
        await file.write([zeros.subarray(0, this.#limits.segmentBytes - at)], at);
      }
      await file.datasync();
    } catch (error) {
      disk.remove(fresh);
      throw error;
    } finally {
      await file.close();
    }
    disk.rename(fresh, path);
  }

  /** Первая причина — настоящая: её и получают все, кто ждёт, в том числе места. */
  #fail(error: unknown, batch: readonly Waiter[]): void {
    const isFirst = this.#failure === undefined;
    this.#failure ??= error;
    const rejected = [...batch, ...this.#queue];
    this.#queue = [];
    for (const waiter of rejected) waiter.reject(this.#failure);
    if (isFirst) this.#hooks.onFailure(error);
    this.#freed?.();
  }

  /** Закрывает журнал из-за чужой беды: после отказа сброса верить диску нельзя никому. */
  poison(error: unknown): void {
    if (this.#failure === undefined) this.#fail(error, []);
  }
}

function frameBytes(batch: readonly Waiter[]): number {
  return FRAME_HEADER_BYTES + batch.reduce((sum, waiter) => sum + waiter.bytes, 0);
}

/** С чего начинать: что нашло восстановление. */
export interface WalStart {
  /** Сегменты после точки; в последнем журнал продолжится с места offset. Пусто — журнала ещё не было. */
  readonly segments: readonly number[];
  readonly offset: number;
  /** Номер, которым назовётся следующий сегмент. */
  readonly nextSegment: number;
  /** Сегменты до точки: всё из них разложено и сброшено. */
  readonly spare: readonly number[];
  readonly nextFrame: number;
  readonly revision: number;
  readonly salt: number;
  /** Сколько последних записей только что повторено: до контрольной точки их может понадобиться повторить ещё раз. */
  readonly redone?: number;
}
