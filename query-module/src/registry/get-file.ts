// Метаданные одного файла. Удалённого файла для клиента нет, истёкший показан как expired.
import { ArtError } from '@artstore/contracts';
import type { MetadataCache } from '../cache/metadata-cache.ts';
import { type FileMetadata, toMetadata } from './file-row.ts';

/** @throws FILE_NOT_FOUND, NOT_READY */
export async function getFile(cache: MetadataCache, fileId: string): Promise<FileMetadata> {
  const row = await cache.get(fileId);
  if (row === undefined || row.status === 'deleted') throw new ArtError('FILE_NOT_FOUND', { fileId });
  return toMetadata(row, Date.now());
}
