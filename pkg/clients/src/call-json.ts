// Один вызов соседа с ответом JSON: предел времени, предел размера ответа, никаких переадресаций.
// Ошибки сети и чужие статусы превращает в ArtError; токенов и тел запросов в ошибках не бывает.

import { ArtError, ERROR_TABLE } from '@artstore/contracts';
import type { ErrorCode, ErrorDetail } from '@artstore/contracts';
import type { Dispatcher } from 'undici';
import { isRecord } from './shape.ts';
import type { Shape } from './shape.ts';

const REPLY_BYTES_MAX = 16 * 1024 * 1024;
const CALL_TIMEOUT_MS = 30_000;

export interface JsonCall {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly origin: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Код для всего, что мешает дозвониться: сеть, время, посторонний ответ. */
  readonly unavailable: UnavailableCode;
  readonly replyBytesMax?: number;
  readonly timeoutMs?: number;
}

export type UnavailableCode = 'ADMIN_UNAVAILABLE' | 'SE_UNAVAILABLE' | 'NOT_READY';

export interface JsonReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly value: unknown;
}

/**
 * Делает вызов и отдаёт ответ с любым статусом.
 * @throws ArtError с кодом `unavailable`, если сосед не ответил или ответил не JSON; причину отмены — как есть.
 */
export async function callJson(call: JsonCall): Promise<JsonReply> {
  const timeout = AbortSignal.timeout(call.timeoutMs ?? CALL_TIMEOUT_MS);
  const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
  try {
    const reply = await call.dispatcher.request({
      method: call.method,
      origin: call.origin,
      path: call.path,
      headers: { accept: 'application/json', ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      signal,
    });
    const bytes = await readBounded(reply.body, call.replyBytesMax ?? REPLY_BYTES_MAX);
    return { status: reply.statusCode, headers: reply.headers, value: parseJson(bytes) };
  } catch (cause) {
    call.signal?.throwIfAborted();
    throw new ArtError(call.unavailable, { cause });
  }
}

/** Читает поток целиком, но не больше bytesMax. */
export async function readBounded(
  body: AsyncIterable<Buffer> & { destroy(error?: Error): unknown },
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      body.destroy();
      throw new Error(`the reply is longer than ${bytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Разбирает JSON; пустое тело и не JSON — undefined: такой ответ ничего не говорит. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Проверяет форму удачного ответа; неверная форма означает, что отвечал не тот, кого спрашивали. */
export function shapeReply<T>(reply: JsonReply, shape: Shape<T>, unavailable: UnavailableCode): T {
  try {
    return shape(reply.value, 'reply');
  } catch (cause) {
    throw new ArtError(unavailable, { cause });
  }
}

/** Ошибка единой формы из ответа соседа. */
export interface ReplyError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
  readonly fileId?: string;
  readonly storageId?: string;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_TABLE, value);
}

function readDetails(value: unknown): ErrorDetail[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, 100)
    .flatMap((item) =>
      isRecord(item) && typeof item['field'] === 'string' && typeof item['message'] === 'string'
        ? [{ field: item['field'].slice(0, 200), message: item['message'].slice(0, 1000) }]
        : [],
    );
}

/** Узнаёт ошибку единой формы; чужой ответ (например, страница прокси) — undefined. */
export function readError(reply: JsonReply): ReplyError | undefined {
  const body = isRecord(reply.value) ? reply.value['error'] : undefined;
  if (!isRecord(body) || !isErrorCode(body['code'])) return undefined;
  if (ERROR_TABLE[body['code']].status !== reply.status) return undefined;
  return {
    code: body['code'],
    message: typeof body['message'] === 'string' ? body['message'].slice(0, 2000) : '',
    details: readDetails(body['details']),
    ...(typeof body['file_id'] === 'string' ? { fileId: body['file_id'] } : {}),
    ...(typeof body['storage_id'] === 'string' ? { storageId: body['storage_id'] } : {}),
  };
}

/**
 * Ошибка соседа для вызвавшего модуля. Отказ нашему собственному токену, поломки соседа и чужие ответы —
 * это «сосед недоступен»: конечный клиент в них не виноват и чужих 401 видеть не должен.
 */
export function neighbourError(reply: JsonReply, unavailable: UnavailableCode): ArtError {
  const error = readError(reply);
  const cause = new Error(
    error ? `${reply.status} ${error.code}: ${error.message}` : `unexpected status ${reply.status}`,
  );
  if (error === undefined || (reply.status >= 500 && reply.status !== 507)) {
    return new ArtError(unavailable, { cause });
  }
  if (reply.status === 401 || reply.status === 403 || reply.status === 429) {
    return new ArtError(unavailable, { cause });
  }
  return new ArtError(error.code, {
    cause,
    details: error.details,
    ...(error.fileId === undefined ? {} : { fileId: error.fileId }),
    ...(error.storageId === undefined ? {} : { storageId: error.storageId }),
  });
}
