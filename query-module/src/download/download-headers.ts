// Заголовки скачивания: какие вопросы клиента идут дальше и какие ответы возвращаются ему. Чистая комната.
import { create as createDisposition } from 'content-disposition';
import type { FileRow } from '../registry/file-row.ts';

/** Вопросы клиента, которые решает элемент (RFC 9110, 13 и 14). */
export interface DownloadConditions {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export function passedConditions(conditions: DownloadConditions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ['range', 'if-range', 'if-none-match'] as const) {
    const value = conditions[name];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

/** Один заголовок ответа; повторённый — негодный ответ, его как будто нет. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Заголовки для клиента. Имя и тип — из реестра, длина и участок — из ответа элемента.
 * Содержимое чужое, поэтому браузеру запрещено и угадывать тип, и исполнять его.
 */
export function answerHeaders(row: FileRow, reply: Headers): Record<string, string> {
  const range = headerOf(reply, 'content-range');
  const length = headerOf(reply, 'content-length');
  return {
    'content-type': row.content_type,
    'accept-ranges': 'bytes',
    etag: etagOf(row),
    'repr-digest': `sha-256=:${Buffer.from(row.checksum, 'hex').toString('base64')}:`,
    'content-disposition': createDisposition(row.original_filename),
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    ...(length === undefined ? {} : { 'content-length': length }),
    ...(range === undefined ? {} : { 'content-range': range }),
  };
}

/** Сильная метка содержимого: его SHA-256. */
export function etagOf(row: Pick<FileRow, 'checksum'>): string {
  return `"${row.checksum}"`;
}

/** Участок ответа 206: `bytes 0-99/1000`. */
export interface ContentRange {
  readonly start: number;
  /** Включительно. */
  readonly end: number;
  readonly size: number;
}

export function parseContentRange(text: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(text ?? '');
  if (match === null) return undefined;
  const [start, end, size] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return start <= end && end < size ? { start, end, size } : undefined;
}
