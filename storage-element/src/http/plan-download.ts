// План ответа на скачивание: статус, заголовки и участок. Чистое решение; исполняет его маршрут.
import { ArtError } from '@artstore/contracts';
import type { StoredFile } from '../files/file.ts';
import { allowsRange, etagOf, matchesAny } from './conditional.ts';
import { cacheHeaders, downloadHeaders } from './download-headers.ts';
import { parseRange } from './parse-range.ts';

export interface DownloadConditions {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

type Headers = Readonly<Record<string, string>>;

export type DownloadPlan =
  | { readonly status: 304; readonly headers: Headers }
  | { readonly status: 200; readonly headers: Headers }
  | {
      readonly status: 206;
      readonly headers: Headers;
      readonly range: { readonly start: number; readonly end: number };
    };

/** Порядок проверок — RFC 9110, 13.2.2: сперва If-None-Match, затем Range под условием If-Range. */
export function planDownload(file: StoredFile, conditions: DownloadConditions): DownloadPlan {
  const etag = etagOf(file);
  const noneMatch = conditions['if-none-match'];
  if (noneMatch !== undefined && matchesAny(noneMatch, etag)) return { status: 304, headers: cacheHeaders(file) };

  const headers = downloadHeaders(file);
  const wanted = parseRange(allowsRange(conditions['if-range'], etag) ? conditions.range : undefined, file.size);
  switch (wanted.kind) {
    case 'whole':
      return { status: 200, headers: { ...headers, 'content-length': String(file.size) } };
    case 'part':
      return {
        status: 206,
        range: { start: wanted.start, end: wanted.end },
        headers: {
          ...headers,
          'content-length': String(wanted.end - wanted.start + 1),
          'content-range': `bytes ${wanted.start}-${wanted.end}/${file.size}`,
        },
      };
    case 'unsatisfiable':
      throw new ArtError('INVALID_RANGE', {
        fileId: file.fileId,
        headers: { 'content-range': `bytes */${file.size}` },
      });
  }
}

/** HEAD: те же условия, но без участка — Range определён только для GET (RFC 9110, 14.2). */
export function planHead(file: StoredFile, conditions: DownloadConditions): Exclude<DownloadPlan, { status: 206 }> {
  const noneMatch = conditions['if-none-match'];
  if (noneMatch !== undefined && matchesAny(noneMatch, etagOf(file)))
    return { status: 304, headers: cacheHeaders(file) };
  return { status: 200, headers: { ...downloadHeaders(file), 'content-length': String(file.size) } };
}
