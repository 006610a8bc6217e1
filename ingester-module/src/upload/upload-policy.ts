// Правила загрузки: что значат поля формы и что в них допустимо (требования, 2.8 и 3.3). Чистый файл.
// Собирает все ошибки формы разом, чтобы человек правил её один раз.

import {
  ArtError,
  descriptionFaults,
  type Fault,
  filenameFaults,
  metadataFaults,
  TTL_DAYS_DEFAULT,
  TTL_DAYS_MAX,
  TTL_OF_PERMANENT,
  TTL_OUT_OF_RANGE,
  tagsFaults,
} from '@artstore/contracts';
import type { FileIntent, RetentionPolicy } from '@artstore/clients';

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

/**
 * Намерение загрузить файл из полей формы. Сами правила общие с элементом хранения (contracts/file-rules.ts);
 * здесь — как они записаны в форме.
 * @throws VALIDATION_ERROR со всеми ошибками полей.
 */
export function readIntent(fields: FormFields, file: FilePart, uploadedBy: string): FileIntent {
  const faults: Fault[] = [];
  const policy = readPolicy(fields.get('retention_policy'), faults);
  const description = fields.get('description') ?? '';
  faults.push(...descriptionFaults('body.description', description));
  const intent: FileIntent = {
    original_filename: readFilename(file.filename, faults),
    content_type: readContentType(file.contentType),
    description,
    tags: readTags(fields.get('tags'), faults),
    metadata: readMetadata(fields.get('metadata'), faults),
    retention_policy: policy,
    ttl_days: readTtl(fields.get('ttl_days'), policy, faults),
    uploaded_by: uploadedBy,
  };
  if (faults.length > 0) throw new ArtError('VALIDATION_ERROR', { details: faults });
  return intent;
}

function readPolicy(value: string | undefined, faults: Fault[]): RetentionPolicy {
  if (value === undefined || value === 'temporary') return 'temporary';
  if (value !== 'permanent') {
    faults.push({
      field: 'body.retention_policy',
      message: 'must be temporary or permanent',
      ru: 'нужно temporary или permanent',
    });
  }
  return 'permanent';
}

function readTtl(value: string | undefined, policy: RetentionPolicy, faults: Fault[]): number | null {
  if (policy === 'permanent') {
    if (value !== undefined) {
      faults.push({ field: 'body.ttl_days', ...TTL_OF_PERMANENT });
    }
    return null;
  }
  if (value === undefined) return TTL_DAYS_DEFAULT;
  // Только обычная запись целого: Number принял бы и «1e2», и пустую строку.
  const days = /^[1-9]\d{0,2}$/.test(value) ? Number(value) : 0;
  if (days < 1 || days > TTL_DAYS_MAX) {
    faults.push({ field: 'body.ttl_days', ...TTL_OUT_OF_RANGE });
  }
  return days;
}

function readTags(value: string | undefined, faults: Fault[]): string[] {
  if (value === undefined) return [];
  const parsed = parseJson(value);
  if (!Array.isArray(parsed) || !parsed.every((tag) => typeof tag === 'string')) {
    faults.push({ field: 'body.tags', message: 'must be a JSON array of strings', ru: 'нужен список строк в JSON' });
    return [];
  }
  faults.push(...tagsFaults('body.tags', parsed));
  return parsed;
}

function readMetadata(value: string | undefined, faults: Fault[]): Record<string, unknown> {
  if (value === undefined) return {};
  const parsed = parseJson(value);
  if (!isRecord(parsed)) {
    faults.push({ field: 'body.metadata', message: 'must be a JSON object', ru: 'нужен объект JSON' });
    return {};
  }
  const broken = metadataFaults('body.metadata', parsed);
  // 1e999 разбирается в бесконечность, а записалось бы null: чужое число молча не меняем.
  if (broken.length === 0 && !hasFiniteNumbers(parsed)) {
    broken.push({
      field: 'body.metadata',
      message: 'must not contain numbers too large to keep',
      ru: 'есть число, слишком большое, чтобы его сохранить',
    });
  }
  faults.push(...broken);
  return parsed;
}

function readFilename(value: string | undefined, faults: Fault[]): string {
  if (value === undefined || value === '') {
    faults.push({ field: 'body.file', message: 'the part must have a file name', ru: 'у файла должно быть имя' });
    return '';
  }
  const name = value.normalize('NFC');
  faults.push(...filenameFaults('body.file', name));
  // Имя показывают людям и предлагают при скачивании; путём оно не бывает никогда.
  if (/[/\\]/.test(name) || name === '.' || name === '..') {
    faults.push({
      field: 'body.file',
      message: 'the file name must not be a path',
      ru: 'имя файла не должно содержать / и \\',
    });
  }
  return name;
}

function readContentType(value: string | undefined): string {
  const type = value?.trim() ?? '';
  // Негодный тип — не повод терять файл: содержимое от него не зависит.
  const sound = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:\s*;[\x20-\x7e]*)?$/.test(type);
  return sound && type.length <= CONTENT_TYPE_CHARS_MAX ? type : 'application/octet-stream';
}

/** Зовётся после проверки глубины: рекурсия ограничена. */
function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(hasFiniteNumbers);
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
