// Байты файла на диске: есть ли, той ли длины, сходится ли SHA-256. Общее у сверки, проверки сумм и восстановления.
// Читает малыми кусками в один буфер: память не растёт, клиенты не ждут.
import { createHash } from 'node:crypto';
import { type DiskFile, isCode } from '../engine/disk.ts';
import type { StoredFile } from './file.ts';

export type BlobFound =
  /** hashed — сумма пересчитана и сошлась; иначе видна только длина. */
  | { readonly state: 'sound'; readonly hashed: boolean }
  | { readonly state: 'absent' }
  | { readonly state: 'size'; readonly size: number }
  | { readonly state: 'checksum'; readonly sha256: string }
  /** Диск не отдал байтов. */
  | { readonly state: 'unreadable'; readonly reason: string };

/** Спрашивается перед каждым куском; бросает, если читать дальше не надо. */
export interface ReadPace {
  spend(bytes: number): Promise<void>;
}

/** Крупнее — дольше держит цикл событий на подсчёте суммы, мельче — дороже по вызовам. */
const CHUNK_BYTES = 256 << 10;

/** Тратит темп по байтам прочитанного; pace не задан — сумма не считается. Бросает всё, кроме EIO. */
export async function verifyBlob(
  open: () => Promise<DiskFile | undefined>,
  expected: Pick<StoredFile, 'size' | 'checksum'>,
  pace?: ReadPace,
): Promise<{ found: BlobFound; bytesRead: number }> {
  const counted = { bytes: 0 };
  try {
    const file = await open();
    if (file === undefined) return { found: { state: 'absent' }, bytesRead: 0 };
    try {
      return { found: await look(file, expected, { pace, counted }), bytesRead: counted.bytes };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isCode(error, 'EIO')) throw error;
    return { found: { state: 'unreadable', reason: 'EIO' }, bytesRead: counted.bytes };
  }
}

async function look(
  file: DiskFile,
  expected: Pick<StoredFile, 'size' | 'checksum'>,
  { pace, counted }: { pace: ReadPace | undefined; counted: { bytes: number } },
): Promise<BlobFound> {
  const size = await file.size();
  if (size !== expected.size) return { state: 'size', size };
  if (pace === undefined) return { state: 'sound', hashed: false };
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(CHUNK_BYTES, size)));
  while (counted.bytes < size) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, size - counted.bytes));
    await pace.spend(chunk.length);
    const bytes = await file.read(chunk, counted.bytes);
    hash.update(chunk.subarray(0, bytes));
    counted.bytes += bytes;
    if (bytes < chunk.length) return { state: 'size', size: counted.bytes };
  }
  const sha256 = hash.digest('hex');
  return sha256 === expected.checksum ? { state: 'sound', hashed: true } : { state: 'checksum', sha256 };
}
