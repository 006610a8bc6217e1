// Медленные клиенты не держат соединений: молчание посреди запроса и тело медленнее наименьшей скорости.
// Виноват только клиент: пока медлим мы (тело не читают, ответ не готов), время не идёт.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { ArtError } from '@artstore/contracts';
import type { Limits } from './app-options.ts';
import type { AppState } from './app-state.ts';
import type { Exchange } from './exchange.ts';
import { awaitsContinue } from './expect-continue.ts';

type SlowLimits = Pick<Limits, 'idleTimeoutMs' | 'minBytesPerSecond' | 'rateWindowMs'>;

/** Столько проверок приходится на одно окно скорости. */
const CHECKS_PER_WINDOW = 6;
/** Сколько ждать, чтобы отказ дошёл до клиента, прежде чем закрыть соединение силой. */
const REFUSAL_MS = 5_000;

/** Следит, пока сервер не закрыт. */
export function watchSlowClients(server: Server, { exchanges }: AppState, limits: SlowLimits): void {
  server.on('timeout', (socket: Socket) => {
    const exchange = exchanges.get(socket);
    if (exchange === undefined || socket.writableLength > 0) socket.destroy();
    else if (clientIsLate(exchange.request)) refuse(exchange);
    else socket.setTimeout(limits.idleTimeoutMs);
  });
  if (limits.minBytesPerSecond === 0) return;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const exchange of exchanges.values()) checkRate(exchange, nowMs, limits);
  }, limits.rateWindowMs / CHECKS_PER_WINDOW);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

/** Тело не кончилось, место для него есть и приглашение послано — значит, ждём клиента. */
function clientIsLate(request: IncomingMessage): boolean {
  return !request.complete && request.readableLength < request.readableHighWaterMark && !awaitsContinue(request);
}

function checkRate(exchange: Exchange, nowMs: number, { minBytesPerSecond, rateWindowMs }: SlowLimits): void {
  const { request, socket } = exchange;
  if (request.complete || request.destroyed) return;
  const elapsedMs = nowMs - exchange.windowStartedMs;
  const { bytesRead } = socket;
  if (clientIsLate(request)) {
    if (elapsedMs < rateWindowMs) return;
    const bytes = bytesRead - exchange.windowBytesRead;
    if (bytes < (minBytesPerSecond * elapsedMs) / 1_000) refuse(exchange);
  }
  exchange.windowStartedMs = nowMs;
  exchange.windowBytesRead = bytesRead;
}

/** Отказ получает тот, кто читает тело, и отвечает им клиенту; кто не читает, тот останется без соединения. */
function refuse({ request, socket }: Exchange): void {
  const explain = { ru: 'Тело запроса идёт слишком медленно.', en: 'The request body arrives too slowly.' };
  request.destroy(new ArtError('VALIDATION_ERROR', { explain }));
  const timer = setTimeout(() => socket.destroy(), REFUSAL_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
