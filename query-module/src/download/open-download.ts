// Скачивание: метаданные из кэша, элемент из списка, поток от элемента — в описание ответа. HTTP здесь ещё нет.
// Обещание: наружу не выходит ничего об элементе — ни имени, ни адреса, ни чужих кодов ошибок.
import type { Readable } from 'node:stream';
import { ArtError, isArtError } from '@artstore/contracts';
import type { Logger } from '@artstore/chassis';
import type { ElementDownload, StorageElement, StorageElementClient } from '@artstore/clients';
import type { MetadataCache } from '../cache/metadata-cache.ts';
import { type FileRow, statusAt } from '../registry/file-row.ts';
import {
  type DownloadConditions,
  answerHeaders,
  etagOf,
  headerOf,
  parseContentRange,
  passedConditions,
} from './download-headers.ts';
import type { ElementDirectory } from './element-directory.ts';
import type { ReportMissing } from './report-missing.ts';
import { verifiedBody } from './verified-body.ts';

export interface DownloadRoom {
  readonly cache: MetadataCache;
  readonly directory: ElementDirectory;
  readonly client: Pick<StorageElementClient, 'downloadFile'>;
  readonly reportMissing: ReportMissing;
  /** Сколько ждать начала ответа элемента, мс. */
  readonly openTimeoutMs: number;
}

export interface DownloadCall {
  readonly fileId: string;
  readonly method: 'GET' | 'HEAD';
  readonly conditions: DownloadConditions;
  /** Срабатывает, когда клиент ушёл. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface Download {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** Только у GET с 200 и 206. */
  readonly body: Readable | undefined;
}

/** Соединение, умершее в покое, обнаруживается при первой же попытке; вторая идёт по новому. */
const OPEN_TRIES_MAX = 2;

/** @throws FILE_NOT_FOUND, FILE_EXPIRED, MODE_NOT_ALLOWED, INVALID_RANGE, SE_UNAVAILABLE, NOT_READY */
export async function openDownload(room: DownloadRoom, call: DownloadCall): Promise<Download> {
  const row = await requireRow(room, call.fileId);
  const element = await requireElement(room, row, call.signal);
  const reply = await openReply(room, call, { row, element });
  try {
    return answer(room, call, { row, element, reply });
  } catch (error) {
    discard(reply.body);
    throw error;
  }
}

interface Target {
  readonly row: FileRow;
  readonly element: StorageElement;
}

async function requireRow({ cache }: DownloadRoom, fileId: string): Promise<FileRow> {
  const row = await cache.get(fileId);
  if (row === undefined || row.status === 'deleted') throw new ArtError('FILE_NOT_FOUND', { fileId });
  if (statusAt(row, Date.now()) === 'expired') throw new ArtError('FILE_EXPIRED', { fileId });
  return row;
}

async function requireElement({ directory }: DownloadRoom, row: FileRow, signal: AbortSignal): Promise<StorageElement> {
  const element = await directory.find(row.storage_element_id, signal);
  if (element === undefined) {
    throw new ArtError('SE_UNAVAILABLE', {
      fileId: row.file_id,
      cause: new Error('the storage element is not in the list'),
    });
  }
  if (element.mode === 'ar') throw archived(row.file_id);
  return element;
}

/** Открывает ответ элемента; отказы переводит на язык клиента. */
async function openReply(room: DownloadRoom, call: DownloadCall, target: Target): Promise<ElementDownload> {
  const { fileId } = call;
  try {
    return await openWithin(room, call, { target, headers: passedConditions(call.conditions), tries: OPEN_TRIES_MAX });
  } catch (error) {
    call.signal.throwIfAborted();
    if (isArtError(error, 'FILE_NOT_FOUND')) {
      room.cache.evict(fileId);
      await room.reportMissing(fileId);
      throw new ArtError('FILE_NOT_FOUND', { fileId, cause: error });
    }
    if (isArtError(error, 'FILE_EXPIRED')) {
      room.cache.evict(fileId);
      throw new ArtError('FILE_EXPIRED', { fileId, cause: error });
    }
    if (isArtError(error, 'MODE_NOT_ALLOWED')) throw archived(fileId, error);
    throw new ArtError('SE_UNAVAILABLE', { fileId, cause: error });
  }
}

interface Opening {
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly tries: number;
}

/**
 * Ждёт начала ответа не дольше openTimeoutMs, включая очередь за соединением к занятому элементу.
 * Предел снимается, как только ответ начался: на сами байты общего предела нет.
 */
async function openWithin(
  room: DownloadRoom,
  call: DownloadCall,
  { target, headers, tries }: Opening,
): Promise<ElementDownload> {
  const opening = new AbortController();
  const timer = setTimeout(
    () =>
      opening.abort(new ArtError('SE_UNAVAILABLE', { cause: new Error('the storage element did not answer in time') })),
    room.openTimeoutMs,
  );
  const signal = AbortSignal.any([call.signal, opening.signal]);
  try {
    for (let left = tries; ; left -= 1) {
      try {
        return await room.client.downloadFile(target.element, {
          fileId: call.fileId,
          method: call.method,
          headers,
          signal,
        });
      } catch (error) {
        if (left <= 1 || signal.aborted || !isArtError(error, 'SE_UNAVAILABLE')) throw error;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

interface Opened extends Target {
  readonly reply: ElementDownload;
}

function answer(room: DownloadRoom, call: DownloadCall, { row, element, reply }: Opened): Download {
  const { status, headers } = reply;
  const fileId = row.file_id;
  if (status === 416) {
    const range = headerOf(headers, 'content-range') ?? `bytes */${row.size}`;
    throw new ArtError('INVALID_RANGE', { fileId, headers: { 'content-range': range } });
  }
  const etag = headerOf(headers, 'etag');
  if (etag !== undefined && etag !== etagOf(row)) throw disagrees(fileId, 'etag');
  if (status === 304) {
    discard(reply.body);
    return { status, headers: { etag: etagOf(row), 'cache-control': 'private, no-cache' }, body: undefined };
  }
  if (status !== 200 && status !== 206) throw disagrees(fileId, `status ${status}`);
  const part =
    status === 206
      ? parseContentRange(headerOf(headers, 'content-range'))
      : { start: 0, end: row.size - 1, size: row.size };
  if (part === undefined || part.size !== row.size) throw disagrees(fileId, 'content-range');
  const length = part.end - part.start + 1;
  if (headerOf(headers, 'content-length') !== String(length)) throw disagrees(fileId, 'content-length');
  if (call.method === 'HEAD') {
    discard(reply.body);
    return { status, headers: answerHeaders(row, headers), body: undefined };
  }
  const body = verifiedBody({
    body: reply.body,
    length,
    sha256: length === row.size ? row.checksum : undefined,
    reopen: (sent) => reopen(room, call, { row, element, start: part.start + sent, end: part.end }),
    signal: call.signal,
    onResume: (error, sent) =>
      call.log.warn(
        { event: 'download_resumed', fileId, bytes: sent, err: error },
        'поток от элемента прервался, продолжаем с места обрыва',
      ),
  });
  return { status, headers: answerHeaders(row, headers), body };
}

interface Continuation extends Target {
  readonly start: number;
  readonly end: number;
}

/** Остаток участка; If-Match не нужен: If-Range с той же меткой даёт 206 только на то же содержимое. */
async function reopen(
  room: DownloadRoom,
  call: DownloadCall,
  { row, element, start, end }: Continuation,
): Promise<Readable> {
  const headers = { range: `bytes=${start}-${end}`, 'if-range': etagOf(row) };
  const reply = await openWithin(room, call, { target: { row, element }, headers, tries: 1 });
  const part = parseContentRange(headerOf(reply.headers, 'content-range'));
  if (reply.status === 206 && part?.start === start && part.end === end && part.size === row.size) return reply.body;
  discard(reply.body);
  throw disagrees(row.file_id, 'resumed range');
}

/** Ответ элемента расходится с реестром: отдавать такое нельзя. */
function disagrees(fileId: string, what: string): ArtError {
  return new ArtError('SE_UNAVAILABLE', {
    fileId,
    cause: new Error(`the reply of the storage element disagrees with the registry: ${what}`),
  });
}

function archived(fileId: string, cause?: unknown): ArtError {
  return new ArtError('MODE_NOT_ALLOWED', {
    fileId,
    cause,
    explain: {
      ru: 'Файл лежит в архиве: содержимое недоступно, метаданные видны.',
      en: 'The file is archived: its content is not available, its metadata is.',
    },
  });
}

function discard(body: Readable): void {
  body.on('error', () => undefined).destroy();
}
