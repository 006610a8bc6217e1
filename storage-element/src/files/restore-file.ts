// Вернуть удалённый или истёкший файл, пока его байты не убраны (docs/decisions/0014-restore-renews-term.md).
import { ArtError } from '@artstore/contracts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus, expiryOf, type StoredFile } from './file.ts';
import { requireSound, requireOperation } from './require-file.ts';

/** Бросает MODE_NOT_ALLOWED, FILE_NOT_FOUND, CONFLICT (файл и так доступен). */
export function restoreFile(store: Store, fileId: string): Promise<StoredFile> {
  return store.withFile(fileId, async (locked) => {
    requireOperation(store, 'restore');
    const entry = requireSound(store, fileId, locked.current());
    const nowMs = store.nowMs();
    const status = effectiveStatus(entry.file, nowMs);
    if (status !== 'deleted' && status !== 'expired') {
      throw new ArtError('CONFLICT', {
        fileId,
        explain: {
          ru: 'Файл не удалён и не истёк, восстанавливать нечего.',
          en: 'The file is neither deleted nor expired; there is nothing to restore.',
        },
      });
    }
    const { version } = entry.file;
    const restored: Omit<StoredFile, 'revision'> = {
      ...entry.file,
      status: 'active',
      deletedAt: null,
      version: version + 1,
    };
    // Вернуть с прошедшим сроком — значит не вернуть: срок отсчитывается заново.
    const lapsed = effectiveStatus({ ...entry.file, status: 'active' }, nowMs) === 'expired';
    return locked.patch(entry, lapsed ? { ...restored, expiresAt: expiryOf(entry.file, nowMs) } : restored);
  });
}
