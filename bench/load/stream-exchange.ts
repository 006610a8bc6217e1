// Обмен с большим телом: обычный клиент Node, куски подготовленного тела с обратным давлением, ответ отбрасывается на ходу.

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';

export interface StreamWish {
  readonly method: string;
  readonly url: string;
  readonly ca: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Buffer[];
}

export interface StreamReply {
  readonly status: number;
  readonly bytes: number;
  /** Начало ответа: хватает для JSON. */
  readonly text: string;
}

const TEXT_CHARS_MAX = 8192;

/** Отправляет тело по кускам и дочитывает ответ, считая байты. */
export async function streamExchange({ method, url, ca, headers, body }: StreamWish): Promise<StreamReply> {
  const client = url.startsWith('https:') ? https : http;
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const request = client.request(url, {
    method,
    agent: false,
    headers: { ...headers, ...(method === 'GET' ? {} : { 'content-length': length }) },
    ...(ca === undefined ? {} : { ca }),
  });
  const answered = once(request, 'response');
  answered.catch(() => {});
  for (const part of body) {
    if (request.destroyed) break;
    if (!request.write(part)) await Promise.race([once(request, 'drain'), answered]);
  }
  request.end();
  const [response]: http.IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('ответа нет');
  let bytes = 0;
  let text = '';
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (method !== 'GET' && text.length < TEXT_CHARS_MAX) text += chunk.toString('utf8');
  });
  await once(response, 'end');
  return { status: response.statusCode ?? 0, bytes, text };
}
