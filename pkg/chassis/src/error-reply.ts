// Единая форма ошибки: любая ошибка становится строкой закрытой таблицы; неизвестное клиент видит только как INTERNAL_ERROR.
// В журнал ошибка попадает один раз, отсюда.
import { ArtError, ERROR_TABLE, type ErrorCode, type Language, errorBody, isArtError } from '@artstore/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from './create-logger.ts';
import { closeIfBodyUnread } from './send-answer.ts';

export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Когда повторить, если ошибка сама не знает, секунды. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = { NOT_READY: 5, RATE_LIMITED: 60 };

/** Ошибки Fastify, которые виноваты перед таблицей не как «запрос неверен». */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'FILE_TOO_LARGE',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
};

export function describeError(error: ArtError, language: Language, requestId: string): ErrorReply {
  const { status } = ERROR_TABLE[error.code];
  const retryAfterSeconds = error.options.retryAfterSeconds ?? RETRY_AFTER_SECONDS[error.code];
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="artstore"' } : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
      ...error.options.headers,
    },
    body: JSON.stringify(errorBody(error, language, requestId)),
  };
}

/** Ошибка таблицы из любой ошибки. Своими словами о запросе говорит только Fastify (`FST_…`); чужим статусам веры нет. */
export function toArtError(error: unknown): ArtError {
  if (isArtError(error)) return error;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_')) {
    const known = FASTIFY_CODES[error.code];
    if (known !== undefined) return new ArtError(known, { cause: error });
    const clientFault = 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500;
    if (clientFault) return new ArtError('VALIDATION_ERROR', { cause: error });
  }
  return new ArtError('INTERNAL_ERROR', { cause: error });
}

/** Отвечает ошибкой и записывает её в журнал. */
export function replyWithError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const error = toArtError(thrown);
  const { id, language } = request.exchange;
  logError(error, request, log);
  const { status, headers, body } = describeError(error, language, id);
  closeIfBodyUnread(reply);
  return reply.code(status).headers(headers).send(body);
}

function logError(error: ArtError, { exchange }: FastifyRequest, log: Logger): void {
  const { id: requestId, route } = exchange;
  const fields = { event: 'request_failed', code: error.code, requestId, route, err: error.cause ?? error };
  const serverFault = ERROR_TABLE[error.code].status >= 500;
  // Ушедший клиент обычно и есть причина: прерванные чтение и запись не ошибки службы.
  if (exchange.abandoned) log.info({ ...fields, event: 'request_abandoned' }, 'клиент ушёл, не дождавшись ответа');
  else if (error.code === 'INTERNAL_ERROR') log.error(fields, 'внутренняя ошибка');
  else if (serverFault) log.warn(fields, 'запрос не выполнен');
  else log.debug(fields, 'запрос отклонён');
}
