// Описание одного файла, каким его знает элемент: и удалённого, и истёкшего, пока его байты не убраны.
import type { Store } from '../engine/store.ts';
import { effectiveStatus, type StoredFile } from './file.ts';
import { requireEntry, requireOperation } from './require-file.ts';

/** Бросает FILE_NOT_FOUND, MODE_NOT_ALLOWED. */
export function getFile(store: Store, fileId: string): StoredFile {
  requireOperation(store, 'metadata');
  const { file } = requireEntry(store, fileId, store.catalog.get(fileId));
  return { ...file, status: effectiveStatus(file, store.nowMs()) };
}
