// Правила загрузки: что значат поля формы и что в них допустимо (требования, 2.8 и 3.3). Чистый файл.
// Собирает все ошибки формы разом, чтобы человек правил её один раз.

import { ArtError } from '@artstore/contracts';
import type { ErrorDetail } from '@artstore/contracts';
import type { FileIntent, RetentionPolicy } from '@artstore/clients';

const TTL_DAYS_DEFAULT = 30;
const TTL_DAYS_MAX = 365;
const DESCRIPTION_CHARS_MAX = 1000;
const TAGS_MAX = 50;
const TAG_CHARS_MAX = 100;
const METADATA_BYTES_MAX = 8 * 1024;
const METADATA_DEPTH_MAX = 5;
const FILENAME_BYTES_MAX = 255;
const CONTENT_TYPE_CHARS_MAX = 255;

/** Какие поля бывают в форме, кроме самого файла. */
export const FORM_FIELDS = ['retention_policy', 'ttl_days', 'description', 'tags', 'metadata'] as const;
export type FormField = (typeof FORM_FIELDS)[number];

/** Поля формы, как пришли; имена уже проверены. */
export type FormFields = ReadonlyMap<FormField, string>;

/** Часть формы с файлом, как пришла. */
export interface FilePart {
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

type Fault = (field: string, message: string) => void;

/**
 * Намерение загрузить файл из полей формы.
 * @throws VALIDATION_ERROR со всеми ошибками полей.
 */
export function readIntent(fields: FormFields, file: FilePart, uploadedBy: string): FileIntent {
  const details: ErrorDetail[] = [];
  const fault: Fault = (field, message) => void details.push({ field: `body.${field}`, message });
  const policy = readPolicy(fields.get('retention_policy'), fault);
  const intent: FileIntent = {
    original_filename: readFilename(file.filename, fault),
    content_type: readContentType(file.contentType),
    description: readDescription(fields.get('description'), fault),
    tags: readTags(fields.get('tags'), fault),
    metadata: readMetadata(fields.get('metadata'), fault),
    retention_policy: policy,
    ttl_days: readTtl(fields.get('ttl_days'), policy, fault),
    uploaded_by: uploadedBy,
  };
  if (details.length > 0) throw new ArtError('VALIDATION_ERROR', { details });
  return intent;
}

function readPolicy(value: string | undefined, fault: Fault): RetentionPolicy {
  if (value === undefined || value === 'temporary') return 'temporary';
  if (value !== 'permanent') fault('retention_policy', 'must be temporary or permanent');
  return 'permanent';
}

function readTtl(value: string | undefined, policy: RetentionPolicy, fault: Fault): number | null {
  if (policy === 'permanent') {
    if (value !== undefined) fault('ttl_days', 'must be absent when retention_policy is permanent');
    return null;
  }
  if (value === undefined) return TTL_DAYS_DEFAULT;
  const days = /^[1-9]\d{0,2}$/.test(value) ? Number(value) : 0;
  if (days < 1 || days > TTL_DAYS_MAX) fault('ttl_days', `must be a whole number from 1 to ${TTL_DAYS_MAX}`);
  return days;
}

function readDescription(value: string | undefined, fault: Fault): string {
  if (value === undefined) return '';
  if (charsOf(value) > DESCRIPTION_CHARS_MAX)
    fault('description', `must be at most ${DESCRIPTION_CHARS_MAX} characters`);
  if (!isStorable(value)) fault('description', 'must not contain NUL or lone surrogates');
  return value;
}

function readTags(value: string | undefined, fault: Fault): string[] {
  if (value === undefined) return [];
  const parsed = parseJson(value);
  if (!Array.isArray(parsed) || !parsed.every((tag) => typeof tag === 'string')) {
    fault('tags', 'must be a JSON array of strings');
    return [];
  }
  if (parsed.length > TAGS_MAX) fault('tags', `must have at most ${TAGS_MAX} items`);
  if (new Set(parsed).size !== parsed.length) fault('tags', 'must not repeat');
  if (parsed.some((tag) => tag === '' || charsOf(tag) > TAG_CHARS_MAX)) {
    fault('tags', `each tag must have 1 to ${TAG_CHARS_MAX} characters`);
  }
  if (parsed.some((tag) => !isStorable(tag) || hasControls(tag))) fault('tags', 'must not contain control characters');
  return parsed;
}

function readMetadata(value: string | undefined, fault: Fault): Record<string, unknown> {
  if (value === undefined) return {};
  const parsed = parseJson(value);
  if (!isRecord(parsed)) {
    fault('metadata', 'must be a JSON object');
    return {};
  }
  if (depthOf(parsed, METADATA_DEPTH_MAX) > METADATA_DEPTH_MAX) {
    fault('metadata', `must be at most ${METADATA_DEPTH_MAX} levels deep`);
  } else if (Buffer.byteLength(JSON.stringify(parsed)) > METADATA_BYTES_MAX) {
    fault('metadata', `must be at most ${METADATA_BYTES_MAX} bytes of JSON`);
  } else if (!isStorableJson(parsed)) {
    fault('metadata', 'must not contain NUL, lone surrogates or numbers too large to keep');
  }
  return parsed;
}

function readFilename(value: string | undefined, fault: Fault): string {
  if (value === undefined || value === '') {
    fault('file', 'the part must have a file name');
    return '';
  }
  const name = value.normalize('NFC');
  if (!name.isWellFormed()) fault('file', 'the file name must not contain lone surrogates');
  if (Buffer.byteLength(name) > FILENAME_BYTES_MAX) {
    fault('file', `the file name must be at most ${FILENAME_BYTES_MAX} bytes of UTF-8`);
  }
  if (hasControls(name)) fault('file', 'the file name must not contain control or text direction characters');
  // Имя показывают людям и предлагают при скачивании; путём оно не бывает никогда.
  if (/[/\\]/.test(name) || name === '.' || name === '..') fault('file', 'the file name must not be a path');
  return name;
}

function readContentType(value: string | undefined): string {
  const type = value?.trim() ?? '';
  // Негодный тип — не повод терять файл: содержимое от него не зависит.
  const sound = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:\s*;[\x20-\x7e]*)?$/.test(type);
  return sound && type.length <= CONTENT_TYPE_CHARS_MAX ? type : 'application/octet-stream';
}

function charsOf(text: string): number {
  let chars = 0;
  for (const _char of text) chars += 1;
  return chars;
}

/** Управляющие C0, DEL, C1 и знаки направления письма: имя с ними читается не так, как записано. */
function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text);
}

/** PostgreSQL не хранит NUL, а половинки суррогатных пар не имеют записи в UTF-8. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isStorableJson);
  if (isRecord(value)) return Object.entries(value).every(([key, item]) => isStorable(key) && isStorableJson(item));
  return true;
}

/** Глубина вложенности; дальше предела не идёт, чтобы вложенность не стала глубиной стека. */
function depthOf(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (limit === 0) return 1;
  const children: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return 1 + children.reduce((deepest: number, child) => Math.max(deepest, depthOf(child, limit - 1)), 0);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
