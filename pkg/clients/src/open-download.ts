// Начало скачивания с элемента хранения: заголовки проверены, тело ещё не прочитано и ждёт того, кто будет его читать.

import type { Readable } from 'node:stream';
import { ArtError } from '@artstore/contracts';
import type { Agent } from 'undici';
import { parseJson, readBounded } from './call-json.ts';
import { checkAnswerer, elementError } from './element-reply.ts';
import type { Authorize, ElementAddress } from './element-reply.ts';
import { locate } from './locate.ts';

export interface DownloadRequest {
  readonly fileId: string;
  readonly method: 'GET' | 'HEAD';
  /** Range, If-Range, If-None-Match — как пришли от клиента. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Ответ 200, 206, 304 или 416: тело ещё не прочитано, его надо дочитать или закрыть. */
export interface ElementDownload {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

const ERROR_BYTES_MAX = 256 * 1024;
/** Крупные порции: на мелких вдвое больше процессорного времени уходит на сам перенос. */
const CHUNK_BYTES = 256 * 1024;

interface DownloadCall {
  readonly dispatcher: Agent;
  readonly authorize: Authorize;
  readonly element: ElementAddress;
  readonly request: DownloadRequest;
}

export async function openDownload({
  dispatcher,
  authorize,
  element,
  request,
}: DownloadCall): Promise<ElementDownload> {
  const { fileId, method, headers, signal } = request;
  const reply = await authorize(element.id, signal, async (authorization) => {
    try {
      const opened = await dispatcher.request({
        method,
        ...locate(element.url, `/api/v1/files/${encodeURIComponent(fileId)}/download`),
        headers: { ...headers, authorization },
        signal,
        highWaterMark: CHUNK_BYTES,
      });
      // Отвергнутый ответ некому дочитывать: без этого повтор оставил бы соединение занятым.
      if (opened.statusCode === 401) await opened.body.dump();
      return { status: opened.statusCode, headers: opened.headers, body: opened.body };
    } catch (cause) {
      signal.throwIfAborted();
      throw new ArtError('SE_UNAVAILABLE', { cause });
    }
  });
  try {
    checkAnswerer(reply, element.id);
    if (reply.status === 200 || reply.status === 206 || reply.status === 304 || reply.status === 416) return reply;
    const bytes = reply.status === 401 ? Buffer.alloc(0) : await readBounded(reply.body, ERROR_BYTES_MAX);
    throw elementError({ ...reply, value: parseJson(bytes) }, element.id, fileId);
  } catch (error) {
    reply.body.on('error', () => undefined).destroy();
    signal.throwIfAborted();
    throw error instanceof ArtError ? error : new ArtError('SE_UNAVAILABLE', { cause: error });
  }
}
