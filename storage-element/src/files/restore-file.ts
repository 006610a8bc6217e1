// Вернуть удалённый или истёкший файл, пока его байты не убраны (docs/decisions/0014-restore-renews-term.md).
// Байты перечитываются: пометку удаление стёрло, а портятся они и в корзине.
import { ArtError } from '@artstore/contracts';
import type { CatalogEntry } from '../engine/catalog.ts';
import type { Store } from '../engine/store.ts';
import { effectiveStatus, expiryOf, type StoredFile, type StoredStatus } from './file.ts';
import { requireSound, requireOperation } from './require-file.ts';
import { type BlobFound, type ReadPace, verifyBlob } from './verify-blob.ts';

/**
 * Файл без байтов возвращается missing, с порчеными — corrupted. Бросает MODE_NOT_ALLOWED, FILE_NOT_FOUND,
 * CONFLICT (файл и так доступен) и причину signal, если ответ больше не нужен.
 */
export function restoreFile(store: Store, fileId: string, signal?: AbortSignal): Promise<StoredFile> {
  return store.withFile(fileId, async (locked) => {
    requireOperation(store, 'restore');
    const entry = requireSound(store, fileId, locked.current());
    const status = effectiveStatus(entry.file, store.nowMs());
    if (status !== 'deleted' && status !== 'expired') {
      throw new ArtError('CONFLICT', {
        fileId,
        explain: {
          ru: 'Файл не удалён и не истёк, восстанавливать нечего.',
          en: 'The file is neither deleted nor expired; there is nothing to restore.',
        },
      });
    }
    const found = await verifyTwiceIfBad(store, entry, signal);
    // Пока считалась сумма, режим могли сменить.
    requireOperation(store, 'restore');
    const nowMs = store.nowMs();
    const { version } = entry.file;
    const restored: Omit<StoredFile, 'revision'> = {
      ...entry.file,
      status: statusOf(found),
      deletedAt: null,
      version: version + 1,
    };
    // Вернуть с прошедшим сроком — значит не вернуть: срок отсчитывается заново.
    const lapsed = effectiveStatus({ ...entry.file, status: 'active' }, nowMs) === 'expired';
    return locked.patch(entry, lapsed ? { ...restored, expiresAt: expiryOf(entry.file, nowMs) } : restored);
  });
}

/** Несошедшаяся сумма пересчитывается: одна ошибка памяти или шины — ещё не порча. */
async function verifyTwiceIfBad(store: Store, entry: CatalogEntry, signal?: AbortSignal): Promise<BlobFound> {
  const pace: ReadPace = { spend: async () => signal?.throwIfAborted() };
  const open = () => store.reopenBlob(entry);
  const { found } = await verifyBlob(open, entry.file, pace);
  return found.state === 'sound' ? found : (await verifyBlob(open, entry.file, pace)).found;
}

function statusOf({ state }: BlobFound): StoredStatus {
  if (state === 'sound') return 'active';
  return state === 'absent' ? 'missing' : 'corrupted';
}
