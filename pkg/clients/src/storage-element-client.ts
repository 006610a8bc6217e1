// Всё, что модули говорят элементу хранения. Элемент далеко и сеть ненадёжна: TLS проверяется всегда,
// имя отвечающего (Artstore-Storage-Id) сверяется с ожидаемым, переадресаций нет, ответы ограничены,
// соединений к одному элементу не больше заданного, общего предела времени на байты нет — только на молчание.

import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { ArtError } from '@artstore/contracts';
import { Agent } from 'undici';
import { callJson, neighbourError, parseJson, readBounded, shapeReply } from './call-json.ts';
import type { JsonCall } from './call-json.ts';
import { checkAnswerer, elementError, wrongElement } from './element-reply.ts';
import type { Authorize, ElementAddress } from './element-reply.ts';
import { elementChanges, elementFile, elementFilePage, elementInfo, modeState } from './file-shapes.ts';
import type {
  ElementChanges,
  ElementFile,
  ElementFilePage,
  ElementInfo,
  FileEdit,
  FileStatus,
  ModeState,
  StorageMode,
} from './file-shapes.ts';
import { locate } from './locate.ts';
import { createPutFile } from './put-file.ts';
import type { PutFile, PutOutcome } from './put-file.ts';
import type { Shape } from './shape.ts';
import { gcState, reconcileState } from './upkeep-shapes.ts';
import type { GcOptions, GcState, ReconcileOptions, ReconcileState } from './upkeep-shapes.ts';

export interface StorageElementClientOptions {
  /** Сертификаты (PEM), которым верим; без них — системные. */
  readonly ca?: string | undefined;
  /** Токен, привязанный к элементу. */
  readonly token: (storageId: string, signal?: AbortSignal) => Promise<string>;
  /** Вызывается, когда элемент отверг токен: следующий token() даст новый. */
  readonly forgetToken?: ((token: string) => void) | undefined;
  readonly connectionsPerElementMax: number;
  /** Проверяет адрес, в который превратилось имя (защита от обращений внутрь сети); по умолчанию — DNS системы. */
  readonly lookup?: LookupFunction | undefined;
}

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

export interface StorageElementClient {
  /** Кто отвечает по адресу. С expectedId чужой ответ — SE_UNAVAILABLE. */
  getInfo(url: string, o?: { expectedId?: string; signal?: AbortSignal | undefined }): Promise<ElementInfo>;
  listFiles(element: ElementAddress, o: { limit: number; after?: string; status?: FileStatus; signal?: AbortSignal | undefined }): Promise<ElementFilePage>;
  listChanges(element: ElementAddress, o: { after: number; limit: number; signal?: AbortSignal | undefined }): Promise<ElementChanges>;
  /** @throws FILE_NOT_FOUND — только если так ответил именно этот элемент именно об этом файле. */
  getFile(element: ElementAddress, fileId: string, signal?: AbortSignal): Promise<ElementFile>;
  updateFile(element: ElementAddress, fileId: string, edit: FileEdit, signal?: AbortSignal): Promise<ElementFile>;
  deleteFile(element: ElementAddress, fileId: string, signal?: AbortSignal): Promise<void>;
  restoreFile(element: ElementAddress, fileId: string, signal?: AbortSignal): Promise<ElementFile>;
  transitionMode(element: ElementAddress, o: { targetMode: StorageMode; confirm?: boolean; signal?: AbortSignal | undefined }): Promise<ModeState>;
  startReconcile(element: ElementAddress, options: ReconcileOptions, signal?: AbortSignal): Promise<ReconcileState>;
  getReconcile(element: ElementAddress, signal?: AbortSignal): Promise<ReconcileState>;
  runGc(element: ElementAddress, options: GcOptions, signal?: AbortSignal): Promise<GcState>;
  getGc(element: ElementAddress, signal?: AbortSignal): Promise<GcState>;
  putFile(element: ElementAddress, o: PutFile): Promise<PutOutcome>;
  downloadFile(element: ElementAddress, o: DownloadRequest): Promise<ElementDownload>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 15_000;
const BODY_IDLE_TIMEOUT_MS = 30_000;
const INFO_TIMEOUT_MS = 10_000;
const LIST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 10_000;
/** Страница из 1000 описаний по 8 КиБ метаданных и имени. */
const PAGE_BYTES_MAX = 32 * 1024 * 1024;
const REPLY_BYTES_MAX = 1024 * 1024;

interface ElementCall<T> {
  readonly method: JsonCall['method'];
  readonly path: string;
  readonly shape: Shape<T>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly replyBytesMax?: number;
  /** О каком файле речь: FILE_NOT_FOUND о другом — не ответ. */
  readonly fileId?: string;
}

export function createStorageElementClient(o: StorageElementClientOptions): StorageElementClient {
  const trust = { ...(o.ca === undefined ? {} : { ca: o.ca }), ...(o.lookup === undefined ? {} : { lookup: o.lookup }) };
  const dispatcher = new Agent({
    connections: o.connectionsPerElementMax,
    connect: { ...trust, timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_IDLE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
  });
  const pool = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: o.connectionsPerElementMax, maxFreeSockets: 32, timeout: 0 };
  const tlsAgent = new TlsAgent({ ...pool, ...trust });
  const plainAgent = new PlainAgent({ ...pool, ...(o.lookup === undefined ? {} : { lookup: o.lookup }) });
  const authorize = createAuthorize(o);

  async function call<T>(element: ElementAddress, c: ElementCall<T>): Promise<T> {
    const reply = await authorize(element.id, c.signal, (authorization) =>
      callJson({
        dispatcher,
        method: c.method,
        ...locate(element.url, c.path),
        headers: { authorization, ...(c.body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(c.body === undefined ? {} : { body: JSON.stringify(c.body) }),
        signal: c.signal,
        unavailable: 'SE_UNAVAILABLE',
        replyBytesMax: c.replyBytesMax ?? REPLY_BYTES_MAX,
        ...(c.timeoutMs === undefined ? {} : { timeoutMs: c.timeoutMs }),
      }),
    );
    checkAnswerer(reply, element.id);
    if (reply.status < 200 || reply.status > 299) throw elementError(reply, element.id, c.fileId);
    return shapeReply(reply, c.shape, 'SE_UNAVAILABLE');
  }

  const filePath = (fileId: string): string => `/api/v1/files/${encodeURIComponent(fileId)}`;

  return {
    async getInfo(url, { expectedId, signal } = {}) {
      const reply = await callJson({
        dispatcher,
        method: 'GET',
        ...locate(url, '/api/v1/info'),
        signal,
        unavailable: 'SE_UNAVAILABLE',
        replyBytesMax: 64 * 1024,
        timeoutMs: INFO_TIMEOUT_MS,
      });
      if (reply.status !== 200) throw neighbourError(reply, 'SE_UNAVAILABLE');
      const info = shapeReply(reply, elementInfo, 'SE_UNAVAILABLE');
      checkAnswerer(reply, expectedId ?? info.storage_id);
      if (expectedId !== undefined && info.storage_id !== expectedId) throw wrongElement(expectedId, info.storage_id);
      return info;
    },
    listFiles: (element, { limit, after, status, signal }) =>
      call(element, {
        method: 'GET',
        path: `/api/v1/files?${query({ limit, after, status })}`,
        shape: elementFilePage,
        signal,
        timeoutMs: LIST_TIMEOUT_MS,
        replyBytesMax: PAGE_BYTES_MAX,
      }),
    listChanges: (element, { after, limit, signal }) =>
      call(element, {
        method: 'GET',
        path: `/api/v1/changes?${query({ after, limit })}`,
        shape: elementChanges,
        signal,
        timeoutMs: LIST_TIMEOUT_MS,
        replyBytesMax: PAGE_BYTES_MAX,
      }),
    getFile: (element, fileId, signal) =>
      call(element, { method: 'GET', path: filePath(fileId), shape: elementFile, signal, fileId }),
    updateFile: (element, fileId, edit, signal) =>
      call(element, { method: 'PATCH', path: filePath(fileId), body: edit, shape: elementFile, signal, fileId }),
    deleteFile: (element, fileId, signal) =>
      call(element, { method: 'DELETE', path: filePath(fileId), shape: nothing, signal, fileId }),
    restoreFile: (element, fileId, signal) =>
      call(element, { method: 'POST', path: `${filePath(fileId)}/restore`, shape: elementFile, signal, fileId }),
    transitionMode: (element, { targetMode, confirm, signal }) =>
      call(element, {
        method: 'POST',
        path: '/api/v1/mode/transition',
        body: { target_mode: targetMode, ...(confirm === undefined ? {} : { confirm }) },
        shape: modeState,
        signal,
      }),
    startReconcile: (element, options, signal) =>
      call(element, { method: 'POST', path: '/api/v1/maintenance/reconcile', body: options, shape: reconcileState, signal }),
    getReconcile: (element, signal) =>
      call(element, { method: 'GET', path: '/api/v1/maintenance/reconcile', shape: reconcileState, signal }),
    runGc: (element, options, signal) =>
      call(element, { method: 'POST', path: '/api/v1/maintenance/gc', body: options, shape: gcState, signal }),
    getGc: (element, signal) => call(element, { method: 'GET', path: '/api/v1/maintenance/gc', shape: gcState, signal }),
    putFile: createPutFile({
      agentFor: (url) => (url.protocol === 'https:' ? tlsAgent : plainAgent),
      authorize,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      idleTimeoutMs: BODY_IDLE_TIMEOUT_MS,
    }),
    downloadFile: (element, request) => openDownload({ dispatcher, authorize, element, request }),
    async close() {
      tlsAgent.destroy();
      plainAgent.destroy();
      await dispatcher.destroy();
    },
  };
}

const nothing: Shape<void> = () => undefined;

function createAuthorize(o: StorageElementClientOptions): Authorize {
  return async (storageId, signal, attempt) => {
    const token = await o.token(storageId, signal);
    const reply = await attempt(`Bearer ${token}`);
    if (reply.status !== 401 || o.forgetToken === undefined) return reply;
    o.forgetToken(token);
    return await attempt(`Bearer ${await o.token(storageId, signal)}`);
  };
}

interface DownloadCall {
  readonly dispatcher: Agent;
  readonly authorize: Authorize;
  readonly element: ElementAddress;
  readonly request: DownloadRequest;
}

async function openDownload({ dispatcher, authorize, element, request }: DownloadCall): Promise<ElementDownload> {
  const { fileId, method, headers, signal } = request;
  const reply = await authorize(element.id, signal, async (authorization) => {
    try {
      const opened = await dispatcher.request({
        method,
        ...locate(element.url, `/api/v1/files/${encodeURIComponent(fileId)}/download`),
        headers: { ...headers, authorization },
        signal,
        // Крупные порции: на мелких вдвое больше процессорного времени уходит на сам перенос.
        highWaterMark: 256 * 1024,
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
    const bytes = reply.status === 401 ? Buffer.alloc(0) : await readBounded(reply.body, REPLY_BYTES_MAX);
    throw elementError({ ...reply, value: parseJson(bytes) }, element.id, fileId);
  } catch (error) {
    reply.body.on('error', () => undefined).destroy();
    signal.throwIfAborted();
    throw error instanceof ArtError ? error : new ArtError('SE_UNAVAILABLE', { cause: error });
  }
}

function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.toString();
}
