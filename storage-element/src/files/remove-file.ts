// Удалить файл: он уходит в корзину. Байты остаются до конца отсрочки, их уберёт сборщик.
import type { Store } from '../engine/store.ts';
import { requireSound, requireOperation } from './require-file.ts';

/** Возвращается, когда удаление долговечно; повтор безвреден. Бросает MODE_NOT_ALLOWED, FILE_NOT_FOUND. */
export function removeFile(store: Store, fileId: string): Promise<void> {
  return store.withFile(fileId, async (locked) => {
    requireOperation(store, 'delete');
    const entry = requireSound(store, fileId, locked.current());
    if (entry.file.status === 'deleted') return;
    const deletedAt = new Date(store.nowMs()).toISOString();
    await locked.patch(entry, { ...entry.file, status: 'deleted', deletedAt, version: entry.file.version + 1 });
  });
}
