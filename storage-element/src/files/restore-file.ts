// Вернуть файл из корзины, пока его байты не убраны.
import { ArtError } from '@artstore/contracts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus, type StoredFile } from './file.ts';
import { requireSound, requireOperation } from './require-file.ts';

/** Бросает MODE_NOT_ALLOWED, FILE_NOT_FOUND, CONFLICT (файл не в корзине), FILE_EXPIRED (срок вышел). */
export function restoreFile(store: Store, fileId: string): Promise<StoredFile> {
  return store.withFile(fileId, async (locked) => {
    requireOperation(store, 'restore');
    const entry = requireSound(store, fileId, locked.current());
    if (entry.file.status !== 'deleted') {
      throw new ArtError('CONFLICT', {
        fileId,
        explain: { ru: 'Файл не удалён, восстанавливать нечего.', en: 'The file is not deleted.' },
      });
    }
    const restored = { ...entry.file, status: 'active' as const, deletedAt: null, version: entry.file.version + 1 };
    if (effectiveStatus(restored, store.nowMs()) === 'expired') throw new ArtError('FILE_EXPIRED', { fileId });
    return locked.patch(entry, restored);
  });
}
