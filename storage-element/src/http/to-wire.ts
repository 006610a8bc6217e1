// Слова модуля в словах контракта: имена полей со змеиной записью. Чистые преобразования.
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { ElementDescription } from '../files/describe-element.ts';
import type { StoredFile } from '../files/file.ts';
import type { ChangesPage } from '../files/list-changes.ts';

export type ElementFile = components['schemas']['ElementFile'];

/** Описание файла, каким его видит клиент элемента. */
export function toElementFile(file: StoredFile): ElementFile {
  return {
    file_id: file.fileId,
    original_filename: file.originalFilename,
    content_type: file.contentType,
    size: file.size,
    checksum: file.checksum,
    uploaded_by: file.uploadedBy,
    uploaded_at: file.uploadedAt,
    description: file.description,
    tags: [...file.tags],
    metadata: { ...file.metadata },
    status: file.status,
    retention_policy: file.retentionPolicy,
    ttl_days: file.ttlDays,
    expires_at: file.expiresAt,
    deleted_at: file.deletedAt,
    version: file.version,
    revision: file.revision,
  };
}

/** Одно изменение ленты. */
export function toChange(change: ChangesPage['items'][number]): components['schemas']['Change'] {
  const { revision, fileId: file_id } = change;
  return change.type === 'upsert'
    ? { revision, type: 'upsert', file_id, file: toElementFile(change.file) }
    : { revision, type: 'remove', file_id, reason: change.reason };
}

/** Сведения об элементе: счётчики по статусам без объёмов. */
export function toElementInfo(element: ElementDescription, version: string): components['schemas']['ElementInfo'] {
  const { capacity, counts } = element;
  return {
    storage_id: element.storageId,
    epoch: element.epoch,
    mode: element.mode,
    status: element.status,
    version,
    capacity: {
      total_bytes: capacity.totalBytes,
      used_bytes: capacity.usedBytes,
      available_bytes: capacity.availableBytes,
    },
    counts: {
      active: counts.active.files,
      expired: counts.expired.files,
      deleted: counts.deleted.files,
      corrupted: counts.corrupted.files,
      missing: counts.missing.files,
    },
    revision: element.revision,
    allowed_operations: [...element.allowedOperations],
  };
}
