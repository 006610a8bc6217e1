// Слова модуля в словах контракта: имена полей со змеиной записью. Чистые преобразования.
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { StoredFile } from '../files/file.ts';

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
