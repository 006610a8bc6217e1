// Пределы самой машины: последовательная запись с fdatasync, частота одиночных fdatasync, скорость SHA-256.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { payloadParts } from './load/payload.ts';

const run = promisify(execFile);
const RECORD_BYTES = 4096;

/** `dd conv=fdatasync`: МБ/с при записи bytes нулей кусками по 1 МиБ. */
export async function measureDd(directory: string, bytes: number): Promise<number> {
  const path = join(directory, 'dd.bin');
  const startedAt = performance.now();
  await run('dd', ['if=/dev/zero', `of=${path}`, 'bs=1M', `count=${bytes / 2 ** 20}`, 'conv=fdatasync']);
  const seconds = (performance.now() - startedAt) / 1000;
  await rm(path);
  return bytes / 1e6 / seconds;
}

/** Дописать 4 КиБ и дождаться fdatasync, по одному: операций в секунду. */
export async function measureSerialFdatasync(directory: string, durationMs: number): Promise<number> {
  const path = join(directory, 'fdatasync.bin');
  const file = await open(path, 'w');
  const record = Buffer.alloc(RECORD_BYTES, 1);
  const startedAt = performance.now();
  let count = 0;
  try {
    while (performance.now() - startedAt < durationMs) {
      await file.write(record, 0, RECORD_BYTES, count * RECORD_BYTES);
      await file.datasync();
      count += 1;
    }
    return (count * 1000) / (performance.now() - startedAt);
  } finally {
    await file.close();
    await rm(path);
  }
}

/** SHA-256 одним ядром, МБ/с. */
export function measureSha256(bytes: number): number {
  const hash = createHash('sha256');
  const startedAt = performance.now();
  for (const part of payloadParts(bytes)) hash.update(part);
  hash.digest();
  return bytes / 1e6 / ((performance.now() - startedAt) / 1000);
}
