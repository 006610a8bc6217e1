// Ответ обработчика → ответ HTTP: объект уходит как JSON, поток — потоком, пустой ответ — без тела.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { lingersAfterAnswer } from './unread-body.ts';

export interface UntypedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** `type` — тип содержимого из контракта для этого статуса; заголовок обработчика важнее. */
export function sendAnswer(
  reply: FastifyReply,
  { status, body, headers }: UntypedAnswer,
  type: string | undefined,
): FastifyReply {
  reply.code(status);
  if (headers !== undefined) reply.headers(headers);
  closeIfBodyUnread(reply);
  if (body === undefined) return reply.send();
  if (!reply.hasHeader('content-type')) reply.header('content-type', typeFor(type));
  if (body instanceof Readable) return sendStream(reply, body);
  if (typeof body === 'string' && !isJson(type)) return reply.send(body);
  return reply.send(body instanceof Uint8Array ? body : JSON.stringify(body));
}

/** Тело ещё идёт: соединение после ответа не годится для следующего запроса и закрывается бережно. */
export function closeIfBodyUnread(reply: FastifyReply): void {
  if (lingersAfterAnswer(reply.request.exchange)) reply.header('connection', 'close');
}

/** Клиент мог уйти, пока готовился ответ: тогда источник закрывается сразу, а не остаётся открытым навсегда. */
function sendStream(reply: FastifyReply, source: Readable): FastifyReply {
  const { method } = reply.request;
  if (method !== 'HEAD' && !reply.raw.destroyed) return reply.send(source);
  source.on('error', () => undefined);
  source.destroy();
  return reply.send();
}

function isJson(type: string | undefined): boolean {
  return type === undefined || type === 'application/json' || type.endsWith('+json');
}

function typeFor(type: string | undefined): string {
  if (type === undefined || type === 'application/json') return JSON_TYPE;
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
