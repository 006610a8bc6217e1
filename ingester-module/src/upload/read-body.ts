// Чтение тела файла: начало (вдруг это и весь файл) или вся сумма без хранения.

import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/**
 * Читает файл целиком, если он не больше bytesMax. Больший возвращает в поток нетронутым и отдаёт undefined.
 * @throws ошибку потока.
 */
export async function readHead(body: Readable, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk: unknown = body.read();
    if (Buffer.isBuffer(chunk)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= bytesMax) continue;
      body.unshift(chunks.length === 1 ? chunk : Buffer.concat(chunks));
      return undefined;
    }
    if (body.errored) throw body.errored;
    if (body.readableEnded) return Buffer.concat(chunks);
    if (body.destroyed) throw new Error('the body was closed');
    await changed(body);
  }
}

/** Ждёт, пока в потоке что-нибудь появится или он кончится. */
async function changed(body: Readable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const events = ['readable', 'end', 'error', 'close'] as const;
  const wake = (): void => resolve();
  for (const event of events) body.on(event, wake);
  try {
    await promise;
  } finally {
    for (const event of events) body.off(event, wake);
  }
}

/** Дочитывает поток ради суммы. @returns checksum в шестнадцатеричной записи и она же значением Repr-Digest */
export async function hashBody(body: Readable): Promise<{ checksum: string; digest: string }> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    if (Buffer.isBuffer(chunk)) hash.update(chunk);
  }
  const sum = hash.digest();
  return { checksum: sum.toString('hex'), digest: `sha-256=:${sum.toString('base64')}:` };
}
