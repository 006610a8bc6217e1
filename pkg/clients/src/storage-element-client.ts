// Всё, что модули говорят элементу хранения. Элемент далеко и сеть ненадёжна: TLS проверяется всегда,
// имя отвечающего (Artstore-Storage-Id) сверяется с ожидаемым, переадресаций нет, ответы ограничены,
// соединений к одному элементу не больше заданного, общего предела времени на байты нет — только на молчание.

import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { createSecureContext } from 'node:tls';
import { Agent } from 'undici';
import { callJson, shapeReply } from './call-json.ts';
import { fileOperations, upkeepOperations } from './element-operations.ts';
import type { CallElement } from './element-operations.ts';
import { checkAnswerer, elementError } from './element-reply.ts';
import type { Authorize, ElementAddress } from './element-reply.ts';
import type {
  ElementChanges,
  ElementFile,
  ElementFilePage,
  FileEdit,
  FileStatus,
  ModeState,
  StorageMode,
} from './file-shapes.ts';
import { createGetInfo } from './get-info.ts';
import type { AnsweredInfo, InfoQuestion } from './get-info.ts';
import { locate } from './locate.ts';
import { openDownload } from './open-download.ts';
import type { DownloadRequest, ElementDownload } from './open-download.ts';
import { createPutFile } from './put-file.ts';
import type { PutFile, PutOutcome } from './put-file.ts';
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

export interface StorageElementClient {
  /** Кто отвечает по адресу. С expectedId чужой ответ — SE_UNAVAILABLE. */
  readonly getInfo: (url: string, question?: InfoQuestion) => Promise<AnsweredInfo>;
  readonly listFiles: (
    element: ElementAddress,
    o: { limit: number; after?: string; status?: FileStatus; signal?: AbortSignal | undefined },
  ) => Promise<ElementFilePage>;
  readonly listChanges: (
    element: ElementAddress,
    o: { after: number; limit: number; historyFrom?: number | undefined; signal?: AbortSignal | undefined },
  ) => Promise<ElementChanges>;
  /** @throws FILE_NOT_FOUND — только если так ответил именно этот элемент именно об этом файле. */
  readonly getFile: (element: ElementAddress, fileId: string, signal?: AbortSignal) => Promise<ElementFile>;
  readonly updateFile: (
    element: ElementAddress,
    fileId: string,
    edit: FileEdit,
    signal?: AbortSignal,
  ) => Promise<ElementFile>;
  readonly deleteFile: (element: ElementAddress, fileId: string, signal?: AbortSignal) => Promise<void>;
  readonly restoreFile: (element: ElementAddress, fileId: string, signal?: AbortSignal) => Promise<ElementFile>;
  readonly transitionMode: (
    element: ElementAddress,
    o: { targetMode: StorageMode; confirm?: boolean; signal?: AbortSignal | undefined },
  ) => Promise<ModeState>;
  readonly startReconcile: (
    element: ElementAddress,
    options: ReconcileOptions,
    signal?: AbortSignal,
  ) => Promise<ReconcileState>;
  readonly getReconcile: (element: ElementAddress, signal?: AbortSignal) => Promise<ReconcileState>;
  readonly runGc: (element: ElementAddress, options: GcOptions, signal?: AbortSignal) => Promise<GcState>;
  readonly getGc: (element: ElementAddress, signal?: AbortSignal) => Promise<GcState>;
  readonly putFile: (element: ElementAddress, o: PutFile) => Promise<PutOutcome>;
  readonly downloadFile: (element: ElementAddress, o: DownloadRequest) => Promise<ElementDownload>;
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 15_000;
const BODY_IDLE_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;
const REPLY_BYTES_MAX = 1024 * 1024;

export function createStorageElementClient(o: StorageElementClientOptions): StorageElementClient {
  const connections = openConnections(o);
  const { dispatcher, agentFor } = connections;
  const authorize = createAuthorize(o);
  const call: CallElement = async (element, c) => {
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
  };
  return {
    ...fileOperations(call),
    ...upkeepOperations(call),
    getInfo: connections.info.ask,
    putFile: createPutFile({
      agentFor,
      authorize,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      idleTimeoutMs: BODY_IDLE_TIMEOUT_MS,
      streams: { count: 0 },
    }),
    downloadFile: (element, request) => openDownload({ dispatcher, authorize, element, request }),
    close: connections.close,
  };
}

function openConnections({ ca, lookup, connectionsPerElementMax }: StorageElementClientOptions) {
  const trust = { ...(ca === undefined ? {} : { ca }), ...(lookup === undefined ? {} : { lookup }) };
  const info = createGetInfo({ ...trust, timeout: CONNECT_TIMEOUT_MS });
  const dispatcher = new Agent({
    connections: connectionsPerElementMax,
    connect: { ...trust, timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_IDLE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
  });
  // Свободных держим столько же: под нагрузкой лишнее рукопожатие TLS стоит дороже самого малого файла.
  const pool = { keepAlive: true, maxSockets: connectionsPerElementMax, maxFreeSockets: connectionsPerElementMax };
  const tls = new TlsAgent({ ...pool, ...trust, secureContext: createSecureContext(ca === undefined ? {} : { ca }) });
  const plain = new PlainAgent({ ...pool, ...(lookup === undefined ? {} : { lookup }) });
  return {
    dispatcher,
    info,
    agentFor: (url: URL) => (url.protocol === 'https:' ? tls : plain),
    async close(): Promise<void> {
      tls.destroy();
      plain.destroy();
      await Promise.all([dispatcher.destroy(), info.close()]);
    },
  };
}

function createAuthorize(o: StorageElementClientOptions): Authorize {
  return async (storageId, signal, attempt) => {
    const token = await o.token(storageId, signal);
    const reply = await attempt(`Bearer ${token}`);
    if (reply.status !== 401 || o.forgetToken === undefined) return reply;
    o.forgetToken(token);
    return await attempt(`Bearer ${await o.token(storageId, signal)}`);
  };
}
