// То, что модули говорят модулю управления: список элементов хранения, реестр файлов. Сеть внутри кластера надёжна,
// но модуль управления может быть выключен: тогда ADMIN_UNAVAILABLE, и решает вызвавший.

import { ArtError } from '@artstore/contracts';
import { Agent } from 'undici';
import { callJson, neighbourError, shapeReply } from './call-json.ts';
import type { JsonCall, JsonReply } from './call-json.ts';
import { registeredFile, storageMode } from './file-shapes.ts';
import type { ElementFile, RegisteredFile, StorageMode } from './file-shapes.ts';
import { locate } from './locate.ts';
import { flag, integer, listOf, nullable, record, text, uuid } from './shape.ts';
import type { Shape } from './shape.ts';

/** Элемент хранения, каким его видит модуль, выбирающий, куда писать и откуда читать. */
export interface StorageElement {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly mode: StorageMode;
  /** online, degraded, offline, maintenance; незнакомое слово — тоже не online. */
  readonly status: string;
  readonly available_bytes: number | null;
}

export interface AdminClient {
  /** Все элементы хранения, все страницы. */
  readonly listStorageElements: (signal?: AbortSignal) => Promise<StorageElement[]>;
  /** Записывает файл в реестр; повтор безопасен. @returns created — строки прежде не было. */
  readonly registerFile: (
    storageElementId: string,
    file: ElementFile,
    signal?: AbortSignal,
  ) => Promise<{ created: boolean; file: RegisteredFile }>;
  /** @throws FILE_NOT_FOUND, если реестр файла не знает. */
  readonly getFile: (fileId: string, signal?: AbortSignal) => Promise<RegisteredFile>;
  /** Сообщает, что элемент не нашёл файла; модуль управления перепроверит сам. @returns строку, какой она теперь стала */
  readonly reportMissing: (fileId: string, signal?: AbortSignal) => Promise<RegisteredFile>;
  readonly close: () => Promise<void>;
}

export interface AdminClientOptions {
  readonly adminUrl: string;
  readonly token: (signal?: AbortSignal) => Promise<string>;
  /** Вызывается, когда модуль управления отверг токен. */
  readonly forgetToken?: ((token: string) => void) | undefined;
  readonly connectionsMax?: number;
}

const CALL_TIMEOUT_MS = 15_000;
const PAGE_LIMIT = 1000;
/** 100 страниц по 1000: больше элементов, чем может быть; бесконечный список — поломка соседа. */
const PAGES_MAX = 100;

const storageElement: Shape<StorageElement> = record({
  id: uuid,
  name: text(255),
  url: text(2048),
  mode: storageMode,
  status: text(32),
  available_bytes: nullable(integer()),
});
const elementPage = record({ items: listOf(storageElement, PAGE_LIMIT), has_more: flag });

export function createAdminClient(o: AdminClientOptions): AdminClient {
  const dispatcher = new Agent({
    connections: o.connectionsMax ?? 64,
    connectTimeout: 5_000,
    headersTimeout: CALL_TIMEOUT_MS,
    bodyTimeout: CALL_TIMEOUT_MS,
    allowH2: false,
  });

  async function call(c: Pick<JsonCall, 'method' | 'signal'> & { path: string; body?: unknown }): Promise<JsonReply> {
    const once = async (token: string): Promise<JsonReply> =>
      await callJson({
        dispatcher,
        method: c.method,
        ...locate(o.adminUrl, c.path),
        headers: {
          authorization: `Bearer ${token}`,
          ...(c.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(c.body === undefined ? {} : { body: JSON.stringify(c.body) }),
        signal: c.signal,
        unavailable: 'ADMIN_UNAVAILABLE',
        timeoutMs: CALL_TIMEOUT_MS,
      });
    const token = await o.token(c.signal);
    const reply = await once(token);
    if (reply.status !== 401 || o.forgetToken === undefined) return reply;
    o.forgetToken(token);
    return await once(await o.token(c.signal));
  }

  async function expect<T>(reply: JsonReply, shape: Shape<T>): Promise<T> {
    if (reply.status < 200 || reply.status > 299) throw neighbourError(reply, 'ADMIN_UNAVAILABLE');
    return shapeReply(reply, shape, 'ADMIN_UNAVAILABLE');
  }

  return {
    async listStorageElements(signal) {
      const elements: StorageElement[] = [];
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const path = `/api/v1/storage-elements?limit=${PAGE_LIMIT}&offset=${page * PAGE_LIMIT}`;
        const reply = await expect(await call({ method: 'GET', path, signal }), elementPage);
        elements.push(...reply.items);
        if (!reply.has_more) return elements;
      }
      throw new ArtError('ADMIN_UNAVAILABLE', { cause: new Error('the list of storage elements does not end') });
    },
    async registerFile(storageElementId, file, signal) {
      const body = { storage_element_id: storageElementId, file };
      const reply = await call({ method: 'POST', path: '/api/v1/files', body, signal });
      return { created: reply.status === 201, file: await expect(reply, registeredFile) };
    },
    async getFile(fileId, signal) {
      const path = `/api/v1/files/${encodeURIComponent(fileId)}`;
      return await expect(await call({ method: 'GET', path, signal }), registeredFile);
    },
    async reportMissing(fileId, signal) {
      const path = `/api/v1/files/${encodeURIComponent(fileId)}/report-missing`;
      return await expect(await call({ method: 'POST', path, signal }), registeredFile);
    },
    close: () => dispatcher.destroy(),
  };
}
