// Отправка тела файла по HTTP/1.1 с обратным давлением: байты уходят не быстрее, чем сосед их берёт.
// Здесь node:http, а не undici: только он умеет ждать `100 Continue` (RFC 9110, 10.1.1), а без этого нельзя
// отличить отказ до тела от отказа посреди тела, то есть нельзя перейти к другому элементу.
//
// Порядок важен:
// 1. Заголовки уходят первыми; тело стоит, пока сосед не сказал `100 Continue` или не отказал.
// 2. Ответ посреди тела прекращает отправку: этот ответ и есть итог.
// 3. Беда с источником обрывает соединение. Конец тела (`0\r\n\r\n`) уходит, только когда источник кончился сам:
//    иначе сосед принял бы обрывок за целый файл.

import { request as requestPlain } from 'node:http';
import type { Agent as PlainAgent, ClientRequest, IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Agent as TlsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { parseJson, readBounded } from './call-json.ts';
import type { JsonReply } from './call-json.ts';
import { GatheredWrites } from './gathered-writes.ts';

const REPLY_BYTES_MAX = 256 * 1024;
const PORTION_BYTES = 1024 * 1024;
/** Сколько ждать `100 Continue` от соседа, который о нём не слышал (RFC 9110 советует не ждать вечно). */
const CONTINUE_WAIT_MS = 3_000;

export interface SendFile {
  readonly method: 'PUT' | 'POST';
  readonly url: URL;
  readonly agent: PlainAgent | TlsAgent;
  readonly headers: Readonly<Record<string, string>>;
  /** Буфер уходит целиком и может быть послан снова; поток читается один раз. */
  readonly body: Buffer | Readable;
  /** Порции потока больше никому не нужны: отправленные, они сразу отдают память. */
  readonly ownsChunks?: boolean | undefined;
  /** По сколько байт собирать запись из порций потока; спрашивается перед каждой. */
  readonly portionBytes?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Сколько ждать соединения вместе с очередью к нему, мс. */
  readonly connectTimeoutMs: number;
  /** Сколько сосед может не брать байты, мс. */
  readonly idleTimeoutMs: number;
  /** Сколько сосед может сохранять уже полученное, мс. */
  readonly commitTimeoutMs: number;
}

/** Чем кончилось. `bodySent` — ушёл ли хоть один байт тела: пока нет, файл можно предложить другому. */
export type SendOutcome =
  | { readonly kind: 'answer'; readonly reply: JsonReply; readonly bodySent: boolean }
  | {
      readonly kind: 'failed';
      readonly cause: unknown;
      readonly bodySent: boolean;
      readonly reusedConnection: boolean;
    };

/**
 * Отправляет тело и ждёт ответа. Длина потока, если известна, — заголовком content-length.
 * @throws ошибку источника или причину отмены — как есть; беды сети возвращаются исходом `failed`.
 */
export async function sendFile(o: SendFile): Promise<SendOutcome> {
  o.signal?.throwIfAborted();
  const request = openRequest(o);
  const answer = awaitAnswer(request);
  const onAbort = (): void => void request.destroy();
  o.signal?.addEventListener('abort', onAbort, { once: true });
  let bodySent = false;
  try {
    const early = await headersTaken(request, answer, o);
    if (!early) {
      bodySent = true;
      await sendBody(request, answer, o);
    }
    const response = await within(answer, o.commitTimeoutMs, 'the reply did not come in time');
    return { kind: 'answer', reply: await readReply(response, o.idleTimeoutMs), bodySent };
  } catch (cause) {
    o.signal?.throwIfAborted();
    if (cause instanceof SourceFailure) throw cause.cause;
    return { kind: 'failed', cause, bodySent, reusedConnection: request.reusedSocket };
  } finally {
    o.signal?.removeEventListener('abort', onAbort);
    // Полный обмен оставляет соединение живым; всё прочее обрывается, чтобы сосед увидел обрыв.
    if (!request.writableFinished) request.destroy();
  }
}

/** Источник отказал: его ошибка важнее бед соединения, которое из-за неё оборвано. */
class SourceFailure extends Error {
  constructor(cause: unknown) {
    super('the source of the body failed', { cause });
    this.name = 'SourceFailure';
  }
}

function openRequest(o: SendFile): ClientRequest {
  const open = o.url.protocol === 'https:' ? requestTls : requestPlain;
  const framing = Buffer.isBuffer(o.body) ? { 'content-length': String(o.body.length) } : { expect: '100-continue' };
  const request = open(o.url, { method: o.method, agent: o.agent, headers: { ...o.headers, ...framing } });
  request.setNoDelay(true);
  return request;
}

function awaitAnswer(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve);
  request.on('error', reject);
  request.once('close', () => reject(new Error('the connection was closed before the reply')));
  // Отказ могут не успеть спросить: тогда исход решила другая ветка, и он уже не нужен.
  promise.catch(() => undefined);
  return promise;
}

/** Ждёт соединения и разрешения слать тело; true — вместо разрешения пришёл ответ. */
async function headersTaken(request: ClientRequest, answer: Promise<IncomingMessage>, o: SendFile): Promise<boolean> {
  const connected = awaitConnection(request);
  await within(Promise.race([connected, answer]), o.connectTimeoutMs, 'could not connect in time');
  if (Buffer.isBuffer(o.body)) return false;
  const { promise: go, resolve } = Promise.withResolvers<boolean>();
  request.once('continue', () => resolve(false));
  const timer = setTimeout(() => resolve(false), CONTINUE_WAIT_MS);
  try {
    return await Promise.race([go, answer.then(() => true)]);
  } finally {
    clearTimeout(timer);
  }
}

function awaitConnection(request: ClientRequest): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  request.once('socket', (socket) => {
    if (!socket.connecting) return resolve();
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => resolve());
  });
  return promise;
}

/**
 * Передаёт поток крупными порциями, собранными в своих буферах: перебор через асинхронный итератор обошёлся бы дороже.
 * Кончается, когда поток передан или стало ясно, что дальше слать незачем (ответ, обрыв соединения).
 */
function sendBody(request: ClientRequest, answer: Promise<IncomingMessage>, o: SendFile): Promise<void> {
  if (Buffer.isBuffer(o.body)) {
    request.end(o.body);
    return Promise.resolve();
  }
  const body = o.body;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const idle = setTimeout(() => {
    if (body.isPaused()) reject(new Error(`no bytes were taken for ${o.idleTimeoutMs} ms`));
  }, o.idleTimeoutMs);
  const gathered = new GatheredWrites({
    request,
    portionBytes: o.portionBytes ?? (() => PORTION_BYTES),
    ownsChunks: o.ownsChunks ?? false,
    onFull: () => {
      body.pause();
      idle.refresh();
    },
    onFree: () => void body.resume(),
  });
  const onData = (chunk: Buffer): void => gathered.add(chunk);
  const onEnd = (): void => {
    gathered.end();
    resolve();
  };
  const onClose = (): void => {
    if (!body.readableEnded) reject(new SourceFailure(body.errored ?? new Error('the source was closed')));
  };
  const stop = (): void => {
    resolve();
    body.destroy();
  };
  answer.then(stop, stop);
  body.on('error', ignore).once('end', onEnd).once('close', onClose).on('data', onData);
  if (body.destroyed) onClose();
  return promise.finally(() => {
    clearTimeout(idle);
    gathered.stop();
    body.off('data', onData).off('end', onEnd).off('close', onClose);
  });
}

/** Ошибку источника сообщает его 'close': он приходит всегда и после неё. */
function ignore(): void {}

async function readReply(response: IncomingMessage, idleTimeoutMs: number): Promise<JsonReply> {
  const bytes = await within(readBounded(response, REPLY_BYTES_MAX), idleTimeoutMs, 'the reply was cut');
  return { status: response.statusCode ?? 0, headers: response.headers, value: parseJson(bytes) };
}

async function within<T>(promise: Promise<T>, timeoutMs: number, complaint: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(complaint)), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
