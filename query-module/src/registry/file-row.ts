// Строка таблицы files и метаданные, которые из неё видит клиент. Чистая комната.
// Имя элемента хранения остаётся внутри: в ответы оно не попадает (требования, 2.9).
import type { components } from '@artstore/contracts/generated/query-module.gen.ts';

export type FileMetadata = Readonly<components['schemas']['FileMetadata']>;

/** Столбцы, которые читает модуль; моменты времени — строки RFC 3339, bigint — число (пакет postgres). */
export interface FileRow {
  readonly file_id: string;
  readonly storage_element_id: string;
  readonly original_filename: string;
  readonly content_type: string;
  readonly size: number;
  readonly checksum: string;
  readonly uploaded_by: string;
  readonly uploaded_at: string;
  readonly description: string | null;
  readonly tags: readonly string[] | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly status: FileMetadata['status'];
  readonly retention_policy: FileMetadata['retention_policy'];
  readonly ttl_days: number | null;
  readonly expires_at: string | null;
  readonly deleted_at: string | null;
  readonly version: number;
}

export const FILE_COLUMNS = [
  'file_id',
  'storage_element_id',
  'original_filename',
  'content_type',
  'size',
  'checksum',
  'uploaded_by',
  'uploaded_at',
  'description',
  'tags',
  'metadata',
  'status',
  'retention_policy',
  'ttl_days',
  'expires_at',
  'deleted_at',
  'version',
] as const satisfies readonly (keyof FileRow)[];

/** @param nowMs срок файла сверяется с этим мигом: отметку expired в строке могли ещё не поставить */
export function toMetadata(row: FileRow, nowMs: number): FileMetadata {
  return {
    file_id: row.file_id,
    original_filename: row.original_filename,
    content_type: row.content_type,
    size: row.size,
    checksum: row.checksum,
    uploaded_by: row.uploaded_by,
    uploaded_at: row.uploaded_at,
    description: row.description ?? '',
    tags: [...(row.tags ?? [])],
    metadata: { ...row.metadata },
    status: statusAt(row, nowMs),
    retention_policy: row.retention_policy,
    ttl_days: row.ttl_days,
    expires_at: row.expires_at,
    deleted_at: row.deleted_at,
    version: row.version,
  };
}

/** Состояние файла на этот миг. */
export function statusAt(row: Pick<FileRow, 'status' | 'expires_at'>, nowMs: number): FileMetadata['status'] {
  return row.status === 'active' && row.expires_at !== null && Date.parse(row.expires_at) <= nowMs
    ? 'expired'
    : row.status;
}
