// HTTP руками, по байтам: то, чего не позволит себе ни один порядочный клиент.
import { type Socket, connect } from 'node:net';

export interface RawReply {
  /** Всё, что прислал сервер до закрытия соединения или до `until`. */
  readonly text: string;
  readonly closed: boolean;
  readonly elapsedMs: number;
  readonly error: Error | undefined;
}

/** Открывает соединение и пишет байты; соединение закрывает вызвавший или сервер. */
export async function openRaw(port: number, bytes: string | Buffer): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.write(bytes);
  return socket;
}

/** Читает, пока сервер не закроет соединение или не придёт ожидаемое. */
export async function readRaw(socket: Socket, until?: RegExp): Promise<RawReply> {
  const startedMs = performance.now();
  return await new Promise<RawReply>((resolve) => {
    let text = '';
    let error: Error | undefined;
    const finish = (closed: boolean): void =>
      resolve({ text, closed, error, elapsedMs: performance.now() - startedMs });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until?.test(text) === true) finish(false);
    });
    socket.once('error', (cause) => {
      error = cause;
    });
    socket.once('end', () => finish(true));
    socket.once('close', () => finish(true));
  });
}

export async function exchangeRaw(port: number, bytes: string | Buffer, until?: RegExp): Promise<RawReply> {
  const socket = await openRaw(port, bytes);
  const reply = await readRaw(socket, until);
  socket.destroy();
  return reply;
}

/** Тело последнего ответа как JSON. */
export function bodyOf({ text }: RawReply): unknown {
  return JSON.parse(Buffer.from(text.slice(text.lastIndexOf('\r\n\r\n') + 4), 'latin1').toString('utf8'));
}
