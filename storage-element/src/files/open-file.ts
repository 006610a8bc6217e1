// Открыть содержимое файла для чтения. Возвращает описание и чтение участка; что ответить клиенту, решает край.
import type { Readable } from 'node:stream';
import { ArtError } from '@artstore/contracts';
import type { DiskFile } from '../engine/disk.ts';
import { type ByteRange, readBlob } from '../engine/read-blob.ts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus, type StoredFile } from './file.ts';
import { bytesLost, fileNotFound, requireOperation, requireSound } from './require-file.ts';

export interface OpenedFile {
  readonly file: StoredFile;
  /** Поток участка или всего файла; закрывает файл сам. Зовётся не больше одного раза. */
  read(range?: ByteRange): Readable;
  /** Закрывает файл, если читать не пришлось. */
  close(): Promise<void>;
}

/**
 * Бросает MODE_NOT_ALLOWED, FILE_NOT_FOUND (неизвестен или удалён), FILE_EXPIRED и INTERNAL_ERROR,
 * если описание есть, а байтов нет или их не столько: это тревога, а не «не найдено».
 */
export async function openFile(store: Store, fileId: string): Promise<OpenedFile> {
  requireOperation(store, 'download');
  const entry = requireSound(store, fileId, store.catalog.get(fileId));
  const status = effectiveStatus(entry.file, store.nowMs());
  if (status === 'expired') throw new ArtError('FILE_EXPIRED', { fileId });
  if (status === 'deleted') throw fileNotFound(store, fileId);
  const blob = status === 'active' ? await store.openBlob(entry) : undefined;
  if (blob === undefined) {
    // Пока открывали, файл могли убрать: тогда это обычное «не найдено».
    if (store.catalog.get(fileId) === undefined) throw fileNotFound(store, fileId);
    throw bytesLost(fileId, new Error(`содержимого нет на диске (${status})`));
  }
  const size = await checkedSize(blob, entry.file);
  return {
    file: entry.file,
    read: (range) => readBlob(blob, range ?? { start: 0, end: size - 1 }),
    close: () => blob.close(),
  };
}

/** Длина на диске, равная описанной; при любой неудаче файл закрыт. */
async function checkedSize(blob: DiskFile, file: StoredFile): Promise<number> {
  try {
    const size = await blob.size();
    if (size !== file.size) throw bytesLost(file.fileId, new Error(`на диске ${size} байт вместо ${file.size}`));
    return size;
  } catch (error) {
    await blob.close();
    throw error;
  }
}
