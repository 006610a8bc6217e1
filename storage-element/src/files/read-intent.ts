// Намерение загрузки из заголовка Artstore-Metadata: base64url от JSON (решение 7). Чистая комната.
import {
  ArtError,
  descriptionFaults,
  type ErrorDetail,
  filenameFaults,
  metadataFaults,
  TTL_DAYS_DEFAULT,
  tagsFaults,
  ttlFaults,
} from '@artstore/contracts';
import { z } from 'zod';
import { type FileIntent, isJsonObject } from './file.ts';

export type RawIntent = Omit<FileIntent, 'uploadedBy'> & { readonly uploadedBy: string | undefined };

const HEADER = 'header.artstore-metadata';
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

const schema = z.strictObject({
  original_filename: z.string(),
  content_type: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x20-\x7e]+$/),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  metadata: z.custom<Readonly<Record<string, unknown>>>(isJsonObject).default({}),
  retention_policy: z.enum(['temporary', 'permanent']),
  ttl_days: z.number().nullable().default(null),
  uploaded_by: z.string().min(1).max(255).optional(),
});

/** Разбирает и проверяет намерение. Бросает VALIDATION_ERROR со всеми нарушениями сразу. */
export function readIntent(header: string): RawIntent {
  const parsed = schema.safeParse(decode(header));
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map(({ path, message }) => ({ field: [HEADER, ...path.map(String)].join('.'), message })),
    );
  }
  const raw = parsed.data;
  const faults = [
    ...filenameFaults(`${HEADER}.original_filename`, raw.original_filename),
    ...descriptionFaults(`${HEADER}.description`, raw.description),
    ...tagsFaults(`${HEADER}.tags`, raw.tags),
    ...metadataFaults(`${HEADER}.metadata`, raw.metadata),
    ...ttlFaults(`${HEADER}.ttl_days`, raw.retention_policy, raw.ttl_days),
  ];
  if (faults.length > 0) throw invalid(faults);
  return {
    originalFilename: raw.original_filename.normalize('NFC'),
    contentType: raw.content_type,
    description: raw.description,
    tags: raw.tags,
    metadata: raw.metadata,
    retentionPolicy: raw.retention_policy,
    ttlDays: raw.retention_policy === 'permanent' ? null : (raw.ttl_days ?? TTL_DAYS_DEFAULT),
    uploadedBy: raw.uploaded_by,
  };
}

function decode(header: string): unknown {
  if (!BASE64URL.test(header)) throw invalid([{ field: HEADER, message: 'must be base64url' }]);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'base64url')));
  } catch (cause) {
    throw invalid([{ field: HEADER, message: 'must be base64url of a JSON object in UTF-8' }], cause);
  }
}

function invalid(details: readonly ErrorDetail[], cause?: unknown): ArtError {
  return new ArtError('VALIDATION_ERROR', cause === undefined ? { details } : { details, cause });
}
