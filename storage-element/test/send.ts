// Для проверок: один запрос по TLS без посредников и ответ целиком.
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Тело как JSON того вида, которого ждёт проверка. */
  json<T>(): T;
  /** Код ошибки единой формы. */
  code(): string | undefined;
}

export interface Sending {
  readonly method: string;
  readonly url: string;
  readonly ca: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | Readable;
  readonly signal?: AbortSignal;
}

export function send({ method, url, ca, headers = {}, body, signal }: Sending): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? tlsRequest : plainRequest;
    const call = request(url, { method, ca, headers, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(toReply(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
    });
    // Сервер вправе ответить отказом и закрыть приём, не дочитав тело: ответ важнее ошибки отправки.
    let failure: Error | undefined;
    call.on('error', (error) => {
      failure = error;
      setImmediate(() => reject(failure ?? error));
    });
    if (body instanceof Readable) {
      body.on('error', (error) => call.destroy(error));
      body.pipe(call);
    } else {
      call.end(body);
    }
  });
}

function toReply(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Reply {
  const json = <T>(): T => JSON.parse(bytes.toString('utf8')) as T;
  return {
    status,
    headers,
    bytes,
    json,
    code: () => (bytes.length === 0 ? undefined : json<{ error?: { code?: string } }>().error?.code),
  };
}
