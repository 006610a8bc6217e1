// HTTP-сервер Node под присмотром: пределы, отложенное приглашение слать тело, медленные клиенты, TLS с заменой сертификата.
// Времени на запрос целиком нет нарочно: гигабайт по медленному каналу законен (Node по умолчанию рвёт его на пятой минуте).
import { type RequestListener, type Server, type ServerOptions, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { answerSocketError } from './answer-socket-error.ts';
import type { Limits, TlsPair } from './app-options.ts';
import type { AppState } from './app-state.ts';
import type { Logger } from './create-logger.ts';
import { deferContinue } from './expect-continue.ts';
import { watchSlowClients } from './watch-slow-clients.ts';

export interface ServerParts {
  readonly limits: Limits;
  readonly state: AppState;
  readonly log: Logger;
  readonly tls: TlsPair | undefined;
}

const TLS_VERSION_MIN = 'TLSv1.2';
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Node ищет просроченные заголовки не чаще своего шага; обычные 30 с втрое больше самого предела. */
const HEADERS_CHECKS_PER_TIMEOUT = 5;

export function openServer(listener: RequestListener, { limits, state, log, tls }: ServerParts): Server {
  const options = httpOptions(limits);
  const server =
    tls === undefined
      ? createServer(options, listener)
      : createSecureServer(
          { ...options, ...tls, minVersion: TLS_VERSION_MIN, handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
          listener,
        );
  server.maxConnections = limits.connectionsMax;
  server.setTimeout(limits.idleTimeoutMs);
  server.on('connection', (socket) => {
    state.sockets.add(socket);
    socket.once('close', () => state.sockets.delete(socket));
  });
  server.on('clientError', (error, stream) => {
    if (stream instanceof Socket)
      answerSocketError({ error, socket: stream, exchange: state.exchanges.get(stream), log });
    else stream.destroy(error);
  });
  deferContinue(server);
  watchSlowClients(server, state, limits);
  return server;
}

/** Меняет сертификат без перезапуска: новые соединения берут новый, открытые доживают с прежним. */
export function reloadTls({ server }: { readonly server: unknown }, pair: TlsPair): void {
  if (!(server instanceof TlsServer)) throw new Error('приложение поднято без TLS');
  server.setSecureContext({ ...pair, minVersion: TLS_VERSION_MIN });
}

function httpOptions(limits: Limits): ServerOptions {
  return {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(100, limits.headersTimeoutMs / HEADERS_CHECKS_PER_TIMEOUT),
  };
}
