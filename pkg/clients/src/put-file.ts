// PUT файла на элемент хранения: метаданные заголовком, тело байтами. Различает отказ, при котором тело
// цело и файл можно предложить другому элементу, и неудачу после начала тела: решает вызвавший.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent as PlainAgent } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { ArtError, isArtError } from '@artstore/contracts';
import { shapeReply } from './call-json.ts';
import type { JsonReply } from './call-json.ts';
import { checkAnswerer, elementError } from './element-reply.ts';
import type { Authorize, ElementAddress } from './element-reply.ts';
import { elementFile } from './file-shapes.ts';
import type { ElementFile, FileIntent } from './file-shapes.ts';
import { locate } from './locate.ts';
import { sendFile } from './send-file.ts';
import type { SendOutcome } from './send-file.ts';

export interface PutFile {
  readonly fileId: string;
  readonly metadata: FileIntent;
  /** Буфер можно послать снова (повтор, другой элемент); поток — один раз. */
  readonly body: Buffer | Readable;
  /** Порции потока больше никому не нужны: отправленные, они сразу отдают память. */
  readonly ownsChunks?: boolean | undefined;
  /** Точная длина, если известна. У буфера известна всегда. */
  readonly length?: number | undefined;
  /** Верхняя граница длины: по ней элемент заранее проверяет место. */
  readonly lengthMax?: number | undefined;
  /** Готовое значение Repr-Digest: `sha-256=:base64:`. */
  readonly digest?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * stored — файл сохранён и переживёт отключение питания. refused — элемент не взял, тело цело.
 * Всё прочее — исключение: тело начато, судьба файла на этом элементе решается повтором с тем же fileId.
 */
export type PutOutcome =
  | { readonly kind: 'stored'; readonly created: boolean; readonly file: ElementFile }
  | { readonly kind: 'refused'; readonly error: ArtError };

interface PutSetup {
  readonly agentFor: (url: URL) => PlainAgent | TlsAgent;
  readonly authorize: Authorize;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Сколько потоков передаётся сейчас. */
  readonly streams: { count: number };
}

/** Память на собираемые записи всех передач разом; каждая держит две записи. */
const GATHERED_BYTES_MAX = 8 * 1024 * 1024;
/** Крупнее уже не дешевле; мельче дорого, сколько бы передач ни шло. */
const PORTION_BYTES = { min: 64 * 1024, max: 1024 * 1024 } as const;

/** Сохранение гигабайта на медленный диск занимает десятки секунд уже после последнего байта. */
const COMMIT_TIMEOUT_MS = 120_000;
const RETRY_DELAY_MS = 100;

/** Отказы, после которых другой элемент может согласиться: дело в этом элементе, а не в файле. */
const REFUSALS = new Set(['MODE_NOT_ALLOWED', 'STORAGE_FULL', 'FILE_TOO_LARGE', 'SE_UNAVAILABLE']);

/**
 * Собирает операцию putFile.
 * @throws CONFLICT, CHECKSUM_MISMATCH, LENGTH_MISMATCH, VALIDATION_ERROR — как ответил элемент;
 *   SE_UNAVAILABLE и отказы — если тело уже начато; ошибку источника тела и причину отмены — как есть.
 */
export function createPutFile(setup: PutSetup): (element: ElementAddress, o: PutFile) => Promise<PutOutcome> {
  return async (element, o) => {
    let outcome: SendOutcome;
    try {
      outcome = await attempt(setup, element, o);
    } catch (error) {
      // Токена нет: до элемента дело не дошло.
      if (isArtError(error, 'ADMIN_UNAVAILABLE')) return { kind: 'refused', error };
      throw error;
    }
    if (outcome.kind === 'failed') {
      const error = new ArtError('SE_UNAVAILABLE', { cause: outcome.cause });
      if (!outcome.bodySent) return { kind: 'refused', error };
      throw error;
    }
    const { reply, bodySent } = outcome;
    if (reply.status === 200 || reply.status === 201) return stored(reply, element, o);
    const error = elementError(reply, element.id, o.fileId);
    const bodyIntact = !bodySent || Buffer.isBuffer(o.body);
    if (bodyIntact && REFUSALS.has(error.code)) return { kind: 'refused', error };
    throw error;
  };
}

/** Одна отправка; повторяет её, пока это безопасно: тело цело, а fileId делает повтор тем же файлом. */
async function attempt(setup: PutSetup, element: ElementAddress, o: PutFile): Promise<SendOutcome> {
  const once = async (): Promise<SendOutcome> => {
    const { outcome } = await setup.authorize(element.id, o.signal, async (authorization) => {
      const sent = await send(setup, element, { ...o, authorization });
      // Поток уже начат: второй попытки с новым токеном у него нет.
      const replayable = Buffer.isBuffer(o.body) || !sent.bodySent;
      return { outcome: sent, status: sent.kind === 'answer' && replayable ? sent.reply.status : 0 };
    });
    return outcome;
  };
  const first = await once();
  if (first.kind === 'answer') return first;
  // Соединение из запаса мог закрыть сосед; судьба целого буфера неизвестна, но повтор её прояснит.
  if (first.bodySent ? !Buffer.isBuffer(o.body) : !first.reusedConnection) return first;
  await sleep(RETRY_DELAY_MS, undefined, { signal: o.signal });
  const second = await once();
  return second.kind === 'failed' && first.bodySent ? { ...second, bodySent: true } : second;
}

type AuthorizedPut = PutFile & { readonly authorization: string };

async function send(setup: PutSetup, element: ElementAddress, o: AuthorizedPut): Promise<SendOutcome> {
  if (Buffer.isBuffer(o.body)) return await sendOver(setup, element, o);
  setup.streams.count += 1;
  try {
    return await sendOver(setup, element, o);
  } finally {
    setup.streams.count -= 1;
  }
}

/** По сколько байт собирать запись: многим передачам — помельче, короткому файлу — не больше него. */
function portionBytes(streams: number, lengthMax = Infinity): number {
  const share = Math.floor(GATHERED_BYTES_MAX / 2 / Math.max(1, streams));
  return Math.max(PORTION_BYTES.min, Math.min(PORTION_BYTES.max, share, lengthMax));
}

function sendOver(setup: PutSetup, element: ElementAddress, o: AuthorizedPut): Promise<SendOutcome> {
  const { origin, path } = locate(element.url, `/api/v1/files/${encodeURIComponent(o.fileId)}`);
  const url = new URL(origin + path);
  return sendFile({
    method: 'PUT',
    url,
    agent: setup.agentFor(url),
    headers: {
      authorization: o.authorization,
      accept: 'application/json',
      'content-type': 'application/octet-stream',
      'artstore-metadata': Buffer.from(JSON.stringify(o.metadata), 'utf8').toString('base64url'),
      ...(o.length === undefined ? {} : { 'content-length': String(o.length) }),
      ...(o.lengthMax === undefined ? {} : { 'artstore-length-max': String(o.lengthMax) }),
      ...(o.digest === undefined ? {} : { 'repr-digest': o.digest }),
    },
    body: o.body,
    ownsChunks: o.ownsChunks,
    portionBytes: () => portionBytes(setup.streams.count, o.length ?? o.lengthMax),
    signal: o.signal,
    connectTimeoutMs: setup.connectTimeoutMs,
    idleTimeoutMs: setup.idleTimeoutMs,
    commitTimeoutMs: COMMIT_TIMEOUT_MS,
  });
}

function stored(reply: JsonReply, element: ElementAddress, o: PutFile): PutOutcome {
  checkAnswerer(reply, element.id);
  const file = shapeReply(reply, elementFile, 'SE_UNAVAILABLE');
  if (file.file_id !== o.fileId) {
    throw new ArtError('SE_UNAVAILABLE', { cause: new Error('the element answered about another file') });
  }
  return { kind: 'stored', created: reply.status === 201, file };
}
