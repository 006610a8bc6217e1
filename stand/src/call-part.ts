// Один вызов части стенда по HTTP или HTTPS с пределом времени и размера ответа.
import http from 'node:http';
import https from 'node:https';

const REPLY_BYTES_MAX = 4 * 1024 * 1024;
const CALL_TIMEOUT_MS = 15_000;

export interface PartCall {
  readonly url: string;
  /** Удостоверяющий центр стенда (PEM), которому надо верить. */
  readonly ca?: string | undefined;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly token?: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

export interface PartReply {
  readonly status: number;
  /** Разобранный JSON; undefined, если тело пусто или не JSON. */
  readonly value: unknown;
}

/** Отдаёт ответ с любым статусом; ошибка — только если ответа нет. */
export function callPart(call: PartCall): Promise<PartReply> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
  };
  const signal = AbortSignal.timeout(call.timeoutMs ?? CALL_TIMEOUT_MS);
  const options = { method: call.method ?? 'GET', headers, signal, agent: false } as const;
  return new Promise((resolve, reject) => {
    const onReply = (reply: http.IncomingMessage) => {
      readBody(reply).then((text) => resolve({ status: reply.statusCode ?? 0, value: parse(text) }), reject);
    };
    const request = call.url.startsWith('https:')
      ? https.request(call.url, call.ca === undefined ? options : { ...options, ca: call.ca }, onReply)
      : http.request(call.url, options, onReply);
    request.on('error', reject);
    request.end(body);
  });
}

async function readBody(reply: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REPLY_BYTES_MAX) throw new Error(`ответ длиннее ${REPLY_BYTES_MAX} байт`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
