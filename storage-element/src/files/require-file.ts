// Отказы, общие для всех действий над файлом: режим не тот, файла нет.
import { ArtError } from '@artstore/contracts';
import type { CatalogEntry } from '../engine/catalog.ts';
import type { Store } from '../engine/store.ts';
import { allows, type FileOperation } from './mode.ts';

/** Бросает MODE_NOT_ALLOWED, если нынешний режим действия не разрешает. */
export function requireOperation(store: Store, operation: FileOperation): void {
  if (allows(store.mode, operation)) return;
  throw new ArtError('MODE_NOT_ALLOWED', {
    storageId: store.storageId,
    explain: {
      ru: `В режиме ${store.mode} это действие не разрешено.`,
      en: `Mode ${store.mode} does not allow this operation.`,
    },
  });
}

/**
 * Файл, который элемент знает. FILE_NOT_FOUND — только о неизвестных: по этому ответу, и только с теми же
 * storage_id и file_id, реестр вправе считать файл удалённым (решение 10).
 */
export function requireEntry(store: Store, fileId: string, entry: CatalogEntry | undefined): CatalogEntry {
  if (entry) return entry;
  throw fileNotFound(store, fileId);
}

export function fileNotFound(store: Store, fileId: string): ArtError {
  return new ArtError('FILE_NOT_FOUND', { fileId, storageId: store.storageId });
}
