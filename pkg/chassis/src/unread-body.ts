// Ответ раньше конца тела: клиент должен увидеть ответ, а не обрыв соединения.
// Порядок закрытия: ответ → FIN → чтение впустую в пределах байт и времени → закрытие (RFC 9112, 9.6).
import type { IncomingMessage } from 'node:http';
import { hasBody } from './exchange.ts';

/** Сколько прочесть впустую, пока клиент замечает ответ. */
const LINGER_BYTES_MAX = 1024 * 1024;
const LINGER_MS = 2_000;

/** Осталось ли тело, которое клиент ещё шлёт или собирается слать. */
export function bodyIsUnread(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request);
}

/**
 * Обработчик вправе уничтожить поток тела (`pipeline` так и делает при ошибке записи). Node закрыл бы с ним и сокет,
 * и клиент остался бы без ответа; здесь сокет закрывает только тот, кто отправил ответ.
 */
export function keepSocketOnDestroy(request: IncomingMessage): void {
  const destroyWithSocket = request._destroy.bind(request);
  request._destroy = (error, callback) => {
    if (request.complete || request.socket.destroyed) destroyWithSocket(error, callback);
    else callback(error);
  };
}

/** Готовит соединение к закрытию после ответа. Зовётся до отправки ответа, в котором стоит `Connection: close`. */
export function lingerAfterAnswer(request: IncomingMessage): void {
  const { socket } = request;
  const destroySoon = socket.destroySoon.bind(socket);
  // Сервер Node зовёт destroySoon, когда ответ с `Connection: close` записан целиком.
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) {
      destroySoon();
      return;
    }
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
    discard(request, destroySoon);
  };
}

/** Разборщик HTTP отдаёт байты тела в `push`; здесь они только считаются. */
function discard(request: IncomingMessage, destroySoon: () => void): void {
  const { socket } = request;
  let bytesLeft = LINGER_BYTES_MAX;
  request.push = (chunk: Buffer | null) => {
    if (chunk === null) destroySoon();
    else bytesLeft -= chunk.length;
    if (bytesLeft < 0) socket.destroy();
    return true;
  };
  socket.resume();
}
