// `Expect: 100-continue` (RFC 9110, 10.1.1): приглашение слать тело уходит, когда обработчик впервые его читает.
// Отказ по токену, размеру или месту приходит раньше первого байта тела.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakSet<IncomingMessage>();

/** Клиент ждёт приглашения: тишина в соединении — не его вина. */
export function awaitsContinue(request: IncomingMessage): boolean {
  return waiting.has(request);
}

export function deferContinue(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const read = request._read.bind(request);
    waiting.add(request);
    request._read = (size) => {
      request._read = read;
      waiting.delete(request);
      if (!response.headersSent && !response.destroyed) response.writeContinue();
      read(size);
    };
    server.emit('request', request, response);
  });
}
