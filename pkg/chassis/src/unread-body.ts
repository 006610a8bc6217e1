// Ответ раньше конца тела: клиент должен увидеть ответ, а не обрыв соединения.
// Порядок закрытия: ответ → FIN → чтение впустую в пределах байт и времени → закрытие (RFC 9112, 9.6).
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Exchange, hasBody } from './exchange.ts';
import { awaitsContinue } from './expect-continue.ts';

/** Сколько прочесть впустую, пока клиент замечает ответ. */
const LINGER_BYTES_MAX = 1024 * 1024;
const LINGER_MS = 2_000;
/** Остаток короче проще дочитать, чем открывать клиенту новое соединение. */
const SKIP_BYTES_MAX = 32 * 1024;

/**
 * Обработчик вправе уничтожить поток тела (`pipeline` так и делает при ошибке записи). Node закрыл бы с ним и сокет,
 * и клиент остался бы без ответа; здесь сокет закрывает только тот, кто отправил ответ.
 */
export function keepSocketOnDestroy({ request, socket }: Exchange): void {
  // Тело обрывают с ошибкой и тогда, когда его никто не читает: без слушателя она уронила бы процесс.
  request.on('error', ignore);
  const destroyWithSocket = request._destroy.bind(request);
  request._destroy = (error, callback) => {
    if (request.complete || socket.destroyed) destroyWithSocket(error, callback);
    else callback(error);
  };
}

/** О самой ошибке узнаёт тот, кто читает тело. */
function ignore(): void {}

/**
 * Зовётся до отправки ответа. true — тело ещё идёт, в ответе нужно `Connection: close`, а закрытие уже подготовлено;
 * false — соединение годно для следующего запроса.
 */
export function lingersAfterAnswer({ request, socket }: Exchange): boolean {
  if (request.complete || !hasBody(request) || isSkippable(request)) return false;
  const destroySoon = socket.destroySoon.bind(socket);
  // Сервер Node зовёт destroySoon, когда ответ с `Connection: close` записан целиком.
  socket.destroySoon = () => {
    if (request.complete || socket.destroyed) destroySoon();
    else linger(request, socket, destroySoon);
  };
  return true;
}

/** Короткое тело Node дочитает впустую сам; кто тянет с ним, того ловит молчание соединения. */
function isSkippable(request: IncomingMessage): boolean {
  const declaredBytes = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  return declaredBytes <= SKIP_BYTES_MAX && !request.destroyed && !awaitsContinue(request);
}

/** Разборщик HTTP отдаёт байты тела в `push`; здесь они только считаются. */
function linger(request: IncomingMessage, socket: Socket, destroySoon: () => void): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  let bytesLeft = LINGER_BYTES_MAX;
  request.push = (chunk: Buffer | null) => {
    if (chunk === null) destroySoon();
    else bytesLeft -= chunk.length;
    if (bytesLeft < 0) socket.destroy();
    return true;
  };
  socket.resume();
}
