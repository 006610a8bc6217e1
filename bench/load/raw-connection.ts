// Соединение HTTP/1.1 для малых запросов: готовые байты туда, ответ по Content-Length обратно. Дешевле любого клиента,
// поэтому ядро генератора не становится пределом замера.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface RawReply {
  readonly status: number;
  readonly body: Buffer;
}

export interface RawConnection {
  /** Один запрос за раз; следующий — после ответа. */
  exchange(request: readonly Buffer[]): Promise<RawReply>;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Открывает соединение к серверу из адреса. */
export async function openRawConnection(url: string, ca: string | undefined): Promise<RawConnection> {
  const { protocol, hostname, port } = new URL(url);
  const socket: Socket =
    protocol === 'https:'
      ? connectTls({ host: hostname, port: Number(port), ...(ca === undefined ? {} : { ca }) })
      : connect(Number(port), hostname);
  await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect');
  socket.setNoDelay(true);
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve: (reply: RawReply) => void; reject: (error: Error) => void } | undefined;
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('сервер закрыл соединение')));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const reply = takeReply(received);
    if (reply === undefined) return;
    received = received.subarray(reply.length);
    const { resolve } = waiting ?? {};
    waiting = undefined;
    resolve?.(reply);
  });
  return {
    exchange(request) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(new Error('соединение закрыто'));
          return;
        }
        waiting = { resolve, reject };
        socket.cork();
        for (const part of request) socket.write(part);
        socket.uncork();
      });
    },
    close: () => socket.destroy(),
  };
}

/** Целый ответ из начала полученного; undefined — пришёл не весь. */
function takeReply(received: Buffer): (RawReply & { readonly length: number }) | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd);
  const bodyBytes = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (bodyBytes === undefined) throw new Error(`ответ без Content-Length: ${head}`);
  const start = headEnd + HEAD_END.length;
  const length = start + Number(bodyBytes);
  if (received.length < length) return undefined;
  return { status: Number(head.slice(9, 12)), body: received.subarray(start, length), length };
}
