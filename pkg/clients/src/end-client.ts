// Общее у клиентов для людей и программ снаружи (командная строка, тесты): соединение с модулем и его ошибки.
// В отличие от вызовов между модулями, код и слова ошибки передаются как есть: они и написаны для этого читателя.

import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { ArtError } from '@artstore/contracts';
import type { Language } from '@artstore/contracts';
import { Agent } from 'undici';
import { readError } from './call-json.ts';
import type { JsonReply } from './call-json.ts';

export interface EndClientOptions {
  readonly url: string;
  /** Сертификаты (PEM), которым верим; без них — системные. */
  readonly ca?: string | undefined;
  readonly token: (signal?: AbortSignal) => Promise<string>;
  readonly language?: Language | undefined;
}

export interface EndConnection {
  readonly dispatcher: Agent;
  readonly agentFor: (url: URL) => PlainAgent | TlsAgent;
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 30_000;
const BODY_IDLE_TIMEOUT_MS = 30_000;

export function openEndConnection(ca: string | undefined): EndConnection {
  const trust = ca === undefined ? {} : { ca };
  const dispatcher = new Agent({
    connections: 32,
    connect: { ...trust, timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_IDLE_TIMEOUT_MS,
    allowH2: false,
  });
  const pool = { keepAlive: true, maxSockets: 64, maxFreeSockets: 8 };
  const tls = new TlsAgent({ ...pool, ...trust });
  const plain = new PlainAgent(pool);
  return {
    dispatcher,
    agentFor: (url) => (url.protocol === 'https:' ? tls : plain),
    async close() {
      tls.destroy();
      plain.destroy();
      await dispatcher.destroy();
    },
  };
}

/** Ошибка модуля его же словами; ответ не единой формы — «служба не готова». */
export function spokenError(reply: JsonReply): ArtError {
  const error = readError(reply);
  if (error === undefined)
    return new ArtError('NOT_READY', { cause: new Error(`unexpected answer with status ${reply.status}`) });
  const retryAfter = Number(reply.headers['retry-after']);
  return new ArtError(error.code, {
    ...(error.message === '' ? {} : { explain: { ru: error.message, en: error.message } }),
    details: error.details,
    ...(error.fileId === undefined ? {} : { fileId: error.fileId }),
    ...(Number.isInteger(retryAfter) && retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
  });
}

export async function headersFor(
  o: EndClientOptions,
  signal: AbortSignal | undefined,
): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await o.token(signal)}`,
    ...(o.language === undefined ? {} : { 'accept-language': o.language }),
  };
}
