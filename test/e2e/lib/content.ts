// Содержимое для загрузок: дешёвое, разное у разных файлов и с заранее известной суммой.

import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

const CHUNK_BYTES = 2 ** 20;
const filler = randomBytes(CHUNK_BYTES);

export interface Content {
  readonly bytes: number;
  readonly sha256: string;
  /** Новый поток с начала. */
  stream(): Readable;
}

/** Готовые байты. */
export function contentOf(data: Buffer): Content {
  return {
    bytes: data.length,
    sha256: createHash('sha256').update(data).digest('hex'),
    stream: () => Readable.from([data]),
  };
}

/** Файл из bytes байт; файлы с разными seed различаются в каждом мегабайте. */
export function generatedContent(seed: string, bytes: number): Content {
  const hash = createHash('sha256');
  for (const part of parts(seed, bytes)) hash.update(part);
  return { bytes, sha256: hash.digest('hex'), stream: () => Readable.from(parts(seed, bytes), { objectMode: false }) };
}

function* parts(seed: string, bytes: number): Generator<Buffer> {
  let index = 0;
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    const mark = createHash('sha256').update(`${seed}/${index}`).digest();
    const size = Math.min(left, CHUNK_BYTES);
    yield mark.subarray(0, Math.min(size, mark.length));
    if (size > mark.length) yield filler.subarray(mark.length, size);
    index += 1;
  }
}
