// Отказы, общие для всех действий над файлом: режим не тот, файла нет.
import { ArtError } from '@artstore/contracts';
import type { CatalogEntry } from '../engine/catalog.ts';
import type { Store } from '../engine/store.ts';
import { allows, collects, type FileOperation } from './mode.ts';

/** Бросает MODE_NOT_ALLOWED, если нынешний режим действия не разрешает. */
export function requireOperation(store: Store, operation: FileOperation): void {
  if (!allows(store.mode, operation)) throw modeNotAllowed(store);
}

/** То же об уборке. */
export function requireCollection(store: Store): void {
  if (!collects(store.mode)) throw modeNotAllowed(store);
}

function modeNotAllowed(store: Store): ArtError {
  return new ArtError('MODE_NOT_ALLOWED', {
    storageId: store.storageId,
    explain: {
      ru: `В режиме ${store.mode} это действие не разрешено.`,
      en: `This operation is not allowed in mode ${store.mode}.`,
    },
  });
}

/**
 * Файл, который элемент знает. FILE_NOT_FOUND — только о неизвестных: по этому ответу, и только с теми же
 * storage_id и file_id, реестр вправе считать файл удалённым.
 */
export function requireEntry(store: Store, fileId: string, entry: CatalogEntry | undefined): CatalogEntry {
  if (entry) return entry;
  refuseDamaged(store, fileId);
  throw fileNotFound(store, fileId);
}

/** То же для тех, кому нужно содержимое или перемена: испорченного описания программа не трогает. */
export function requireSound(store: Store, fileId: string, entry: CatalogEntry | undefined): CatalogEntry {
  if (entry?.file.status === 'corrupted') refuseDamaged(store, fileId);
  return requireEntry(store, fileId, entry);
}

/** Описание файла не читается: это тревога. «Не найдено» позволило бы реестру счесть файл удалённым. */
export function refuseDamaged(store: Store, fileId: string): void {
  if (!store.catalog.damaged.has(fileId)) return;
  throw new ArtError('INTERNAL_ERROR', {
    fileId,
    storageId: store.storageId,
    explain: { ru: 'Описание файла повреждено.', en: 'The metadata of this file is damaged.' },
  });
}

/** Прежде чем сказать «файла нет», убеждается, что каталог данных на месте: иначе NOT_READY. */
export function fileNotFound(store: Store, fileId: string): ArtError {
  store.requirePresent('now');
  return new ArtError('FILE_NOT_FOUND', { fileId, storageId: store.storageId });
}

/** Описание есть, а содержимого нет или оно не то. */
export function bytesLost(fileId: string, cause?: Error): ArtError {
  return new ArtError('INTERNAL_ERROR', {
    fileId,
    ...(cause === undefined ? {} : { cause }),
    explain: { ru: 'Содержимое файла повреждено или утрачено.', en: 'The content of this file is damaged or missing.' },
  });
}
