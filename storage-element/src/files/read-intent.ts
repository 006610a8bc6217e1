// Намерение загрузки из заголовка Artstore-Metadata: base64url от JSON. Чистая комната.
import {
  ArtError,
  descriptionFaults,
  type Fault,
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
const RUSSIAN = z.locales.ru().localeError;
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
  const value = decode(header);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(shapeFaults(value, parsed.error.issues));
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

/** Нарушения вида на двух языках: zod говорит на одном за раз, поэтому отвергнутое проверяется ещё раз, по-русски. */
function shapeFaults(value: unknown, issues: readonly z.core.$ZodIssue[]): Fault[] {
  const russian = schema.safeParse(value, { error: RUSSIAN }).error?.issues ?? [];
  return issues.map(({ path, message }, index) => ({
    field: [HEADER, ...path.map(String)].join('.'),
    message,
    ru: russian[index]?.message ?? message,
  }));
}

function decode(header: string): unknown {
  if (!BASE64URL.test(header))
    throw invalid([{ field: HEADER, message: 'must be base64url', ru: 'нужна запись base64url' }]);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'base64url')));
  } catch (cause) {
    const message = 'must be base64url of a JSON object in UTF-8';
    throw invalid([{ field: HEADER, message, ru: 'нужен объект JSON в UTF-8, записанный base64url' }], cause);
  }
}

function invalid(details: readonly Fault[], cause?: unknown): ArtError {
  return new ArtError('VALIDATION_ERROR', cause === undefined ? { details } : { details, cause });
}
