// Байты файла на диске: есть ли, той ли длины, сходится ли SHA-256. Общее у сверки и проверки сумм.
// Читает малыми кусками в один буфер: память не растёт, клиенты не ждут.
import { createHash } from 'node:crypto';
import type { CatalogEntry } from '../engine/catalog.ts';
import { type DiskFile, isCode } from '../engine/disk.ts';
import type { Store } from '../engine/store.ts';
import type { Pace } from './pace.ts';

export type BlobFound =
  /** hashed — сумма пересчитана и сошлась; иначе видна только длина. */
  | { readonly state: 'sound'; readonly hashed: boolean }
  | { readonly state: 'absent' }
  | { readonly state: 'size'; readonly size: number }
  | { readonly state: 'checksum'; readonly sha256: string }
  /** Диск не отдал байтов. */
  | { readonly state: 'unreadable'; readonly reason: string };

/** Крупнее — дольше держит цикл событий на подсчёте суммы, мельче — дороже по вызовам. */
const CHUNK_BYTES = 256 << 10;

/** Тратит темп по байтам прочитанного; pace не задан — сумма не считается. Бросает всё, кроме EIO. */
export async function verifyBlob(
  store: Store,
  entry: CatalogEntry,
  pace?: Pace,
): Promise<{ found: BlobFound; bytesRead: number }> {
  const counted = { bytes: 0 };
  try {
    const file = await store.survey.openBlob(entry.place, entry.file.fileId);
    if (file === undefined) return { found: { state: 'absent' }, bytesRead: 0 };
    try {
      return { found: await look(file, entry, { pace, counted }), bytesRead: counted.bytes };
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
  entry: CatalogEntry,
  { pace, counted }: { pace: Pace | undefined; counted: { bytes: number } },
): Promise<BlobFound> {
  const size = await file.size();
  if (size !== entry.file.size) return { state: 'size', size };
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
  return sha256 === entry.file.checksum ? { state: 'sound', hashed: true } : { state: 'checksum', sha256 };
}
