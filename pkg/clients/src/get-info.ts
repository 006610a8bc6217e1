// Кто отвечает по адресу: сведения элемента и срок сертификата, который он при этом показал.
// Обещание: у каждого вопроса своё соединение без возобновления сеанса TLS, поэтому срок — ответившего, а не прежний.

import { TLSSocket } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { callJson, neighbourError, shapeReply } from './call-json.ts';
import { checkAnswerer, wrongElement } from './element-reply.ts';
import { elementInfo } from './file-shapes.ts';
import type { ElementInfo } from './file-shapes.ts';
import { locate } from './locate.ts';

const INFO_TIMEOUT_MS = 10_000;
const INFO_BYTES_MAX = 64 * 1024;

export interface AnsweredInfo {
  readonly info: ElementInfo;
  /** До какого времени (ISO, UTC) годен сертификат ответившего; null — соединение без TLS. */
  readonly certificateExpiresAt: string | null;
}

export interface InfoQuestion {
  readonly expectedId?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface InfoRoom {
  ask(url: string, question?: InfoQuestion): Promise<AnsweredInfo>;
  close(): Promise<void>;
}

/** @param connect чему верим и как узнаём адрес */
export function createGetInfo(connect: buildConnector.BuildOptions): InfoRoom {
  const asked = new Set<Client>();
  return {
    async ask(url, question = {}) {
      const { origin, path } = locate(url, '/api/v1/info');
      const connector = createConnector(connect);
      const dispatcher = new Client(origin, { connect: connector.connect });
      asked.add(dispatcher);
      try {
        const info = await readInfo({ dispatcher, origin, path, question });
        return { info, certificateExpiresAt: connector.certificateExpiresAt() };
      } finally {
        asked.delete(dispatcher);
        await dispatcher.destroy();
      }
    },
    async close() {
      await Promise.all([...asked].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** Сведения открыты всем: токен незнакомому адресу не показываем. */
async function readInfo(o: {
  dispatcher: Client;
  origin: string;
  path: string;
  question: InfoQuestion;
}): Promise<ElementInfo> {
  const { expectedId, signal } = o.question;
  const reply = await callJson({
    dispatcher: o.dispatcher,
    method: 'GET',
    origin: o.origin,
    path: o.path,
    signal,
    unavailable: 'SE_UNAVAILABLE',
    replyBytesMax: INFO_BYTES_MAX,
    timeoutMs: INFO_TIMEOUT_MS,
  });
  if (reply.status !== 200) throw neighbourError(reply, 'SE_UNAVAILABLE');
  const info = shapeReply(reply, elementInfo, 'SE_UNAVAILABLE');
  checkAnswerer(reply, expectedId ?? info.storage_id);
  if (expectedId !== undefined && info.storage_id !== expectedId) throw wrongElement(expectedId, info.storage_id);
  return info;
}

/** Соединяет как обычно и запоминает срок показанного сертификата. */
function createConnector(options: buildConnector.BuildOptions) {
  const connect = buildConnector({ ...options, allowH2: false, maxCachedSessions: 0 });
  let expiresAt: string | null = null;
  const remembering: buildConnector.connector = (target, callback) =>
    connect(target, (...outcome) => {
      const [, socket] = outcome;
      if (socket instanceof TLSSocket) expiresAt = new Date(socket.getPeerCertificate().valid_to).toISOString();
      callback(...outcome);
    });
  return { connect: remembering, certificateExpiresAt: () => expiresAt };
}
