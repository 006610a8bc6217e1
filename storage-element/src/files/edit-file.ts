// Изменить имя, описание, метки или метаданные. Байты неизменны.
import { ArtError, descriptionFaults, filenameFaults, metadataFaults, tagsFaults } from '@artstore/contracts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus, type FileChange, type StoredFile } from './file.ts';
import { fileNotFound, requireSound, requireOperation } from './require-file.ts';

/** Возвращается, когда правка долговечна. Бросает VALIDATION_ERROR, MODE_NOT_ALLOWED, FILE_NOT_FOUND, FILE_EXPIRED. */
export function editFile(store: Store, fileId: string, change: FileChange): Promise<StoredFile> {
  const details = faultsOf(change);
  if (details.length > 0) throw new ArtError('VALIDATION_ERROR', { details });
  return store.withFile(fileId, async (locked) => {
    requireOperation(store, 'update');
    const entry = requireSound(store, fileId, locked.current());
    const status = effectiveStatus(entry.file, store.nowMs());
    if (status === 'deleted') throw fileNotFound(store, fileId);
    if (status === 'expired') throw new ArtError('FILE_EXPIRED', { fileId });
    const originalFilename = change.originalFilename?.normalize('NFC') ?? entry.file.originalFilename;
    return locked.patch(entry, { ...entry.file, ...change, originalFilename, version: entry.file.version + 1 });
  });
}

function faultsOf(change: FileChange) {
  return [
    ...(change.originalFilename === undefined ? [] : filenameFaults('body.original_filename', change.originalFilename)),
    ...(change.description === undefined ? [] : descriptionFaults('body.description', change.description)),
    ...(change.tags === undefined ? [] : tagsFaults('body.tags', change.tags)),
    ...(change.metadata === undefined ? [] : metadataFaults('body.metadata', change.metadata)),
  ];
}
