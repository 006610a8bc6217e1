// Поиск, сведения о файле и скачивание через Query.

import type { Readable } from 'node:stream';
import { ArtError } from '@artstore/contracts';
import type { components } from '@artstore/contracts/generated/query-module.gen.ts';
import { callJson, parseJson, readBounded, shapeReply } from './call-json.ts';
import type { JsonReply } from './call-json.ts';
import { headersFor, openEndConnection, spokenError } from './end-client.ts';
import type { EndClientOptions } from './end-client.ts';
import { fileMetadata, foundPage } from './file-shapes.ts';
import type { FileMetadata, FoundPage } from './file-shapes.ts';
import { locate } from './locate.ts';

export type SearchRequest = components['schemas']['SearchRequest'];

export interface Download {
  /** 200 — файл целиком, 206 — участок. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

export interface QueryClient {
  readonly search: (request: SearchRequest, signal?: AbortSignal) => Promise<FoundPage>;
  readonly getFile: (fileId: string, signal?: AbortSignal) => Promise<FileMetadata>;
  /** Начинает скачивание; headers — Range и If-Range. @throws ошибку модуля, FILE_EXPIRED и INVALID_RANGE в том числе. */
  readonly download: (
    fileId: string,
    o: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal | undefined },
  ) => Promise<Download>;
  readonly close: () => Promise<void>;
}

const SEARCH_BYTES_MAX = 64 * 1024 * 1024;
const ERROR_BYTES_MAX = 256 * 1024;

export function createQueryClient(o: EndClientOptions): QueryClient {
  const { dispatcher, close } = openEndConnection(o.ca);

  async function call(
    method: 'GET' | 'POST',
    path: string,
    rest: { body?: unknown; signal?: AbortSignal | undefined },
  ): Promise<JsonReply> {
    const reply = await callJson({
      dispatcher,
      method,
      ...locate(o.url, path),
      headers: {
        ...(await headersFor(o, rest.signal)),
        ...(rest.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(rest.body === undefined ? {} : { body: JSON.stringify(rest.body) }),
      signal: rest.signal,
      unavailable: 'NOT_READY',
      replyBytesMax: SEARCH_BYTES_MAX,
    });
    if (reply.status !== 200) throw spokenError(reply);
    return reply;
  }

  return {
    async search(request, signal) {
      return shapeReply(await call('POST', '/api/v1/search', { body: request, signal }), foundPage, 'NOT_READY');
    },
    async getFile(fileId, signal) {
      const path = `/api/v1/files/${encodeURIComponent(fileId)}`;
      return shapeReply(await call('GET', path, { signal }), fileMetadata, 'NOT_READY');
    },
    async download(fileId, { headers, signal }) {
      const authorization = await headersFor(o, signal);
      try {
        const reply = await dispatcher.request({
          method: 'GET',
          ...locate(o.url, `/api/v1/files/${encodeURIComponent(fileId)}/download`),
          headers: { ...headers, ...authorization },
          signal: signal ?? null,
          highWaterMark: 1024 * 1024,
        });
        if (reply.statusCode === 200 || reply.statusCode === 206) {
          return { status: reply.statusCode, headers: reply.headers, body: reply.body };
        }
        const value = parseJson(await readBounded(reply.body, ERROR_BYTES_MAX));
        throw spokenError({ status: reply.statusCode, headers: reply.headers, value });
      } catch (cause) {
        signal?.throwIfAborted();
        throw cause instanceof ArtError ? cause : new ArtError('NOT_READY', { cause });
      }
    },
    close,
  };
}
