// Отдача байтов: файл открыт один раз, читается крупными кусками, закрывается при любом конце потока.
import { Readable } from 'node:stream';
import type { DiskFile } from './disk.ts';

/** Крупный кусок вдвое дешевле по процессору, чем обычные 64 КиБ. */
const CHUNK_BYTES_MAX = 1 << 20;

/** Участок файла в байтах, оба конца включительно. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Поток участка. Короткое чтение — ошибка потока, а не тихий конец. Закрывает файл сам. */
export function readBlob(file: DiskFile, range: ByteRange): Readable {
  let position = range.start;
  const total = range.end - range.start + 1;
  const chunkBytes = Math.min(CHUNK_BYTES_MAX, Math.max(total, 1));
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      const left = range.end - position + 1;
      if (left <= 0) {
        this.push(null);
        return;
      }
      const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, left));
      file.read(chunk, position).then(
        (bytes) => {
          if (bytes < chunk.length) {
            this.destroy(new Error(`файл на диске короче описанного: прочитано ${position + bytes} байт`));
            return;
          }
          position += bytes;
          this.push(chunk);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, done) {
      file.close().then(
        () => done(error),
        (closing: unknown) => done(error ?? (closing instanceof Error ? closing : new Error(String(closing)))),
      );
    },
  });
}
