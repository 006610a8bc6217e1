// Описание файла attr.json: запись и чтение. Чистая комната.
// Описание несёт собственную сумму в последнем поле: порча и обрыв видны при чтении, а не потом.
import { z } from 'zod';
import { isFileId, isJsonObject, type StoredFile } from '../files/file.ts';
import { seal, SealBroken, unseal } from './seal.ts';

export const ATTR_FORMAT = 1;

/** Что именно не так с описанием; сам файл описания при этом не трогают. */
export class AttrDamaged extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'AttrDamaged';
  }
}

const timestamp = z.iso.datetime();
const attrSchema = z.strictObject({
  format: z.literal(ATTR_FORMAT),
  file_id: z.string().refine(isFileId),
  original_filename: z.string(),
  content_type: z.string(),
  size: z.number().int().nonnegative(),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  uploaded_by: z.string(),
  uploaded_at: timestamp,
  description: z.string(),
  tags: z.array(z.string()),
  metadata: z.custom<Readonly<Record<string, unknown>>>(isJsonObject),
  status: z.enum(['active', 'expired', 'deleted', 'corrupted', 'missing']),
  retention_policy: z.enum(['temporary', 'permanent']),
  ttl_days: z.number().int().nullable(),
  expires_at: timestamp.nullable(),
  deleted_at: timestamp.nullable(),
  version: z.number().int().positive(),
  revision: z.number().int().positive(),
});

/** Описание без сумм: оно же лежит в журнале и в каталоге. Порядок полей — порядок в файле. */
export function attrToJson(file: StoredFile): string {
  return JSON.stringify({
    format: ATTR_FORMAT,
    file_id: file.fileId,
    original_filename: file.originalFilename,
    content_type: file.contentType,
    size: file.size,
    checksum: file.checksum,
    uploaded_by: file.uploadedBy,
    uploaded_at: file.uploadedAt,
    description: file.description,
    tags: file.tags,
    metadata: file.metadata,
    status: file.status,
    retention_policy: file.retentionPolicy,
    ttl_days: file.ttlDays,
    expires_at: file.expiresAt,
    deleted_at: file.deletedAt,
    version: file.version,
    revision: file.revision,
  });
}

const SEAL = 'attr_checksum';

/** Текст файла attr.json: описание одной строкой и последним полем его SHA-256. */
export function sealAttr(json: string): string {
  return seal(json, SEAL);
}

/** Снимает и проверяет сумму. Бросает AttrDamaged. */
export function unsealAttr(text: string): string {
  try {
    return unseal(text, SEAL);
  } catch (error) {
    if (error instanceof SealBroken) throw new AttrDamaged(`описание: ${error.message}`, error);
    throw error;
  }
}

/** Разбирает проверенное описание. Бросает AttrDamaged, если формат чужой. */
export function attrFromJson(json: string): StoredFile {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new AttrDamaged('описание — не JSON', cause);
  }
  const parsed = attrSchema.safeParse(value);
  if (!parsed.success) throw new AttrDamaged('описание не по формату', parsed.error);
  return fromRow(parsed.data);
}

/** То же для строк каталога: их писал сам движок, второй проверки формата не нужно. */
export function attrFromTrustedJson(json: string): StoredFile {
  return fromRow(JSON.parse(json) as z.infer<typeof attrSchema>);
}

function fromRow(row: z.infer<typeof attrSchema>): StoredFile {
  return {
    fileId: row.file_id,
    originalFilename: row.original_filename,
    contentType: row.content_type,
    size: row.size,
    checksum: row.checksum,
    uploadedBy: row.uploaded_by,
    uploadedAt: row.uploaded_at,
    description: row.description,
    tags: row.tags,
    metadata: row.metadata,
    status: row.status,
    retentionPolicy: row.retention_policy,
    ttlDays: row.ttl_days,
    expiresAt: row.expires_at,
    deletedAt: row.deleted_at,
    version: row.version,
    revision: row.revision,
  };
}
