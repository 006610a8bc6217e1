// Тело запроса замеров: один подготовленный кусок, повторённый сколько нужно. Содержимое псевдослучайное и постоянное.

import { createHash } from 'node:crypto';

export const CHUNK_BYTES = 1024 * 1024;

/** Кусок, который не сожмёт ни диск, ни сеть; одинаковый во всех процессах. */
export function payloadChunk(): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  // xorshift32: быстро и без внешнего случая.
  let state = 0x9e3779b9;
  for (let offset = 0; offset < CHUNK_BYTES; offset += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    chunk.writeInt32LE(state | 0, offset);
  }
  return chunk;
}

/** SHA-256 тела длиной bytes, шестнадцатеричная запись. */
export function payloadChecksum(bytes: number): string {
  const hash = createHash('sha256');
  for (const part of payloadParts(bytes)) hash.update(part);
  return hash.digest('hex');
}

/** Тело по частям; части разделяют одну память. */
export function* payloadParts(bytes: number): Generator<Buffer> {
  const chunk = payloadChunk();
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) yield left >= CHUNK_BYTES ? chunk : chunk.subarray(0, left);
}
