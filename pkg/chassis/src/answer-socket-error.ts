// Ошибка уровня соединения: битый HTTP, слишком большие или слишком медленные заголовки, испорченное тело.
// Fastify о ней не знает; клиент всё равно получает ответ в единой форме, а соединение закрывается.
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { ArtError, errorBody } from '@artstore/contracts';
import type { Logger } from './create-logger.ts';
import type { Exchange } from './exchange.ts';

/** Клиент должен успеть прочесть ответ, но ждать его дольше незачем. */
const LINGER_MS = 1_000;

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

export interface SocketErrorContext {
  readonly error: Error & { readonly code?: string };
  readonly socket: Socket;
  /** Запрос, который шёл по этому соединению, если он был. */
  readonly exchange: Exchange | undefined;
  readonly log: Logger;
}

export function answerSocketError({ error, socket, exchange, log }: SocketErrorContext): void {
  if (socket.destroyed || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  log.debug({ event: 'malformed_request', code: error.code, requestId: exchange?.id }, 'соединение прислало не HTTP');
  if (exchange === undefined) writeAnswer(socket, STATUS_LINES[error.code ?? ''] ?? '400 Bad Request');
  else endExchange(exchange, socket, error);
}

/** Испорчено тело — об этом узнаёт его читатель; мусор после целого запроса не лишает клиента ответа на запрос. */
function endExchange({ request, response }: Exchange, socket: Socket, cause: Error): void {
  if (!request.complete) request.destroy(new ArtError('VALIDATION_ERROR', { explain: UNREADABLE, cause }));
  if (!response.headersSent) response.setHeader('connection', 'close');
  response.once('finish', () => socket.destroySoon());
}

const UNREADABLE = { ru: 'Запрос HTTP не разбирается.', en: 'The HTTP request cannot be parsed.' };

function writeAnswer(socket: Socket, status: string): void {
  const requestId = randomUUID();
  const body = JSON.stringify(errorBody(new ArtError('VALIDATION_ERROR', { explain: UNREADABLE }), 'en', requestId));
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
