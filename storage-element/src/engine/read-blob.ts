// Отдача байтов: файл открыт один раз, читается крупными кусками, закрывается при любом конце потока.
//
// Каждый новый буфер Node считает «внешней памятью» и каждые 64 МиБ метит всю кучу: на гигабайт уходило 1,3 с процессора.
// Поэтому pipe() гоняет два своих буфера и берёт буфер снова, только когда приёмник сказал, что отдал его: 0,3 с.
// Остальные способы чтения (data, for await) не говорят, когда кусок отдан, и получают по новому буферу на кусок.
import { Readable, type Writable } from 'node:stream';
import type { DiskFile } from './disk.ts';

/** Полмегабайта: мельче — дороже по вызовам, крупнее — не дешевле, а память медленных читателей растёт. */
const CHUNK_BYTES_MAX = 512 << 10;

/** Участок файла в байтах, оба конца включительно. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Поток участка. Короткое чтение — ошибка потока, а не тихий конец. Закрывает файл сам. */
export function readBlob(file: DiskFile, range: ByteRange): Readable {
  return new BlobStream(file, range);
}

class BlobStream extends Readable {
  readonly #file: DiskFile;
  readonly #end: number;
  readonly #chunkBytes: number;
  #position: number;

  constructor(file: DiskFile, { start, end }: ByteRange) {
    const chunkBytes = Math.min(CHUNK_BYTES_MAX, Math.max(end - start + 1, 1));
    super({ highWaterMark: chunkBytes });
    this.#file = file;
    this.#position = start;
    this.#end = end;
    this.#chunkBytes = chunkBytes;
  }

  override _read(): void {
    if (this.#position > this.#end) {
      this.push(null);
      return;
    }
    this.#fill(Buffer.allocUnsafeSlow(this.#chunkBytes)).then(
      (chunk) => this.push(chunk),
      (error: unknown) => this.destroy(asError(error)),
    );
  }

  /** Так тело уходит в ответ. Обещание то же, что у обычного pipe: по концу файла приёмник завершается. */
  override pipe<T extends NodeJS.WritableStream>(sink: T, options?: { end?: boolean }): T {
    // Уже читали иначе: свои буферы подмешать нельзя.
    if (this.readableDidRead || !isWritable(sink)) return super.pipe(sink, options);
    this.#pump(sink, options?.end ?? true).catch((error: unknown) => this.destroy(asError(error)));
    return sink;
  }

  /** Пока один буфер отдаётся, второй читается; в буфер пишут снова, только когда его отдали целиком. */
  async #pump(sink: Writable, endSink: boolean): Promise<void> {
    const buffers: Buffer[] = [];
    let sent: Promise<void> = Promise.resolve();
    for (let turn = 0; this.#position <= this.#end; turn ^= 1) {
      const buffer = (buffers[turn] ??= Buffer.allocUnsafeSlow(
        Math.min(this.#chunkBytes, this.#end - this.#position + 1),
      ));
      const chunk = await this.#fill(buffer);
      await sent;
      if (this.destroyed) return;
      sent = write(sink, chunk);
      // Ждут его кругом позже; если ждать уже некому, отказ приёмника — не беда этого потока.
      sent.catch(() => undefined);
    }
    await sent;
    if (this.destroyed) return;
    this.once('end', () => {
      if (endSink) sink.end();
    });
    this.push(null);
    this.resume();
  }

  /** Читает следующий кусок в буфер и сдвигает место. */
  async #fill(buffer: Buffer): Promise<Buffer> {
    const chunk = buffer.subarray(0, Math.min(buffer.length, this.#end - this.#position + 1));
    const bytes = await this.#file.read(chunk, this.#position);
    if (bytes < chunk.length)
      throw new Error(`файл на диске короче описанного: прочитано ${this.#position + bytes} байт`);
    this.#position += bytes;
    return chunk;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.close().then(
      () => done(error),
      (closing: unknown) => done(error ?? asError(closing)),
    );
  }
}

function write(sink: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function isWritable(sink: NodeJS.WritableStream): sink is NodeJS.WritableStream & Writable {
  return 'destroyed' in sink;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
