// Условия поиска, какими их понимает модуль: значения по умолчанию подставлены, противоречия отвергнуты. Чистая комната.
import { ArtError, type Fault } from '@artstore/contracts';
import type { components } from '@artstore/contracts/generated/query-module.gen.ts';
import { findBadText } from './bad-text.ts';
import { type WordQuery, readWordQuery } from './word-query.ts';

export type SearchRequest = components['schemas']['SearchRequest'];
export type SearchMode = 'exact' | 'partial' | 'fulltext';
export type SortBy = 'uploaded_at' | 'original_filename' | 'size' | 'relevance';
export type SearchStatus = 'active' | 'expired' | 'deleted' | 'corrupted' | 'missing';

export interface Criteria {
  readonly mode: SearchMode;
  readonly query: string | undefined;
  /** Слова запроса; есть только в режиме fulltext. */
  readonly words: WordQuery | undefined;
  readonly filename: string | undefined;
  /** Без точки впереди. */
  readonly extension: string | undefined;
  readonly tags: readonly string[];
  /** Объект JSON текстом. */
  readonly metadata: string | undefined;
  readonly checksum: string | undefined;
  readonly uploadedBy: string | undefined;
  readonly retentionPolicy: 'temporary' | 'permanent' | undefined;
  readonly status: SearchStatus;
  readonly sizeMin: number | undefined;
  readonly sizeMax: number | undefined;
  /** Включительно, RFC 3339. */
  readonly uploadedAfter: string | undefined;
  /** Исключая, RFC 3339. */
  readonly uploadedBefore: string | undefined;
  readonly sortBy: SortBy;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

const LIMIT_DEFAULT = 100;
const METADATA_BYTES_MAX = 8 * 1024;
const METADATA_DEPTH_MAX = 5;

/** @throws VALIDATION_ERROR со всеми противоречиями разом. */
export function readCriteria(request: SearchRequest): Criteria {
  const faults: Fault[] = findBadText(request, 'body');
  const metadata = readMetadata(request.metadata, faults);
  const uploadedAfter = readInstant(request.uploaded_after, 'body.uploaded_after', faults);
  const uploadedBefore = readInstant(request.uploaded_before, 'body.uploaded_before', faults);
  if (request.min_size !== undefined && request.max_size !== undefined && request.min_size > request.max_size) {
    faults.push({
      field: 'body.min_size',
      message: 'min_size is greater than max_size',
      ru: 'min_size больше max_size',
    });
  }
  if (uploadedAfter !== undefined && uploadedBefore !== undefined && uploadedAfter >= uploadedBefore) {
    faults.push({
      field: 'body.uploaded_after',
      message: 'uploaded_after is not before uploaded_before',
      ru: 'uploaded_after не раньше uploaded_before',
    });
  }
  if (faults.length > 0) throw new ArtError('VALIDATION_ERROR', { details: faults });
  const mode = request.mode ?? 'partial';
  const query = request.query?.normalize('NFC');
  return {
    mode,
    query,
    words: mode === 'fulltext' && query !== undefined ? readWordQuery(query) : undefined,
    filename: request.filename?.normalize('NFC'),
    extension: readExtension(request.file_extension),
    tags: request.tags ?? [],
    metadata,
    checksum: request.checksum,
    uploadedBy: request.uploaded_by,
    retentionPolicy: request.retention_policy,
    status: request.status ?? 'active',
    sizeMin: request.min_size,
    sizeMax: request.max_size,
    uploadedAfter,
    uploadedBefore,
    sortBy: chooseSort(request.sort_by ?? (mode === 'fulltext' ? 'relevance' : 'uploaded_at'), query),
    descending: (request.sort_order ?? 'desc') === 'desc',
    limit: request.limit ?? LIMIT_DEFAULT,
    offset: request.offset ?? 0,
  };
}

/** Без запроса близости нет: порядок по времени. */
function chooseSort(asked: SortBy, query: string | undefined): SortBy {
  return asked === 'relevance' && query === undefined ? 'uploaded_at' : asked;
}

function readExtension(extension: string | undefined): string | undefined {
  return extension?.normalize('NFC').replace(/^\.+/, '');
}

function readInstant(text: string | undefined, field: string, faults: Fault[]): string | undefined {
  if (text === undefined) return undefined;
  const instant = new Date(text);
  // Год 0 и вторую секунду координации PostgreSQL и Date понимают по-разному: такие границы не нужны никому.
  if (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() < 1 || instant.getUTCFullYear() > 9999) {
    faults.push({ field, message: 'an RFC 3339 time is expected', ru: 'ожидается время RFC 3339' });
    return undefined;
  }
  return instant.toISOString();
}

function readMetadata(value: Readonly<Record<string, unknown>> | undefined, faults: Fault[]): string | undefined {
  if (value === undefined) return undefined;
  if (depthOf(value, METADATA_DEPTH_MAX) > METADATA_DEPTH_MAX) {
    faults.push({
      field: 'body.metadata',
      message: `deeper than ${METADATA_DEPTH_MAX}`,
      ru: `глубже ${METADATA_DEPTH_MAX}`,
    });
    return undefined;
  }
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > METADATA_BYTES_MAX) {
    faults.push({ field: 'body.metadata', message: 'larger than 8 KiB', ru: 'больше 8 КиБ' });
  }
  return text;
}

/** Глубина вложенности; дальше предела не спускается. */
function depthOf(value: unknown, depthMax: number): number {
  if (typeof value !== 'object' || value === null || depthMax < 0) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((child) => depthOf(child, depthMax - 1)));
}
