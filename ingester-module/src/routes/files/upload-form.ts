// Форма загрузки потоком: сначала поля, последним файл. Границы ищет @fastify/busboy (его Dicer), а пределы и строгость
// здесь: разборщик молча пропускает негодные части и обрезает длинные заголовки, нам же молчать нельзя.
//
// Файл отдаётся читающему по мере чтения, но его конец придерживается, пока не разобрана закрывающая граница
// и не кончился запрос: обрыв или лишняя часть после файла превращаются в ошибку потока, а не в чистый конец.

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ArtError } from '@artstore/contracts';
import { Dicer } from '@fastify/busboy';
import { decodeUtf8, parseBoundary, parseDisposition } from '../../upload/content-disposition.ts';
import { FORM_FIELDS } from '../../upload/upload-policy.ts';
import type { FilePart, FormField, FormFields } from '../../upload/upload-policy.ts';

/** Самое длинное поле — метки: 50 по 100 знаков, каждый до 6 байт в записи JSON. */
const FIELD_BYTES_MAX = 64 * 1024;
const PART_HEADERS_BYTES_MAX = 8 * 1024;
const PART_HEADERS_MAX = 16;
/** Всё, что не файл: поля, заголовки частей, границы. */
export const FORM_OVERHEAD_BYTES_MAX = (FORM_FIELDS.length + 1) * (FIELD_BYTES_MAX + PART_HEADERS_BYTES_MAX + 1024);
/** Сколько байт терпим до первой границы и после последней. */
const EDGE_BYTES_MAX = 4 * 1024;
/** Буфер файла между разбором и отправкой, байт. */
const FILE_BUFFER_BYTES = 64 * 1024;

export interface UploadForm {
  readonly fields: FormFields;
  readonly file: FilePart;
  /** Содержимое; кончается, только если вся форма верна, иначе завершается ошибкой. */
  readonly body: Readable;
  /** Сколько байт файла уже отдано в body. */
  readonly bytesRead: () => number;
  /** Верхняя граница размера файла, байт; undefined — запрос не назвал своей длины. */
  readonly sizeMax: number | undefined;
}

type Part = Dicer.PartStream;

/**
 * Читает форму до начала файла.
 * @throws VALIDATION_ERROR, FILE_TOO_LARGE; обрыв запроса — как ошибку самого запроса.
 */
export function readUploadForm(request: IncomingMessage, fileBytesMax: number): Promise<UploadForm> {
  const boundary = parseBoundary(request.headers['content-type']);
  if (boundary === undefined)
    throw invalid('header.Content-Type', 'must be multipart/form-data with a boundary of 1 to 70 characters');
  const declared = request.headers['content-length'];
  const requestBytes = declared === undefined ? undefined : Number(declared);
  if (requestBytes !== undefined && requestBytes > fileBytesMax + FORM_OVERHEAD_BYTES_MAX)
    throw new ArtError('FILE_TOO_LARGE');
  return new Promise((resolve, reject) => {
    openForm({ request, boundary, fileBytesMax, requestBytes, resolve, reject });
  });
}

interface FormSetup {
  readonly request: IncomingMessage;
  readonly boundary: string;
  readonly fileBytesMax: number;
  readonly requestBytes: number | undefined;
  readonly resolve: (form: UploadForm) => void;
  readonly reject: (error: unknown) => void;
}

/** Состояние одной формы: куда пришли, что собрали, чем кончилось. */
interface FormState {
  readonly names: Set<string>;
  readonly fields: Promise<readonly [FormField, string]>[];
  readonly complete: PromiseWithResolvers<void>;
  /** Части, чьих заголовков ещё не видели. Часть без конца заголовков разборщик роняет молча. */
  headless: number;
  fileBytes: number;
  body: Readable | undefined;
  failure: unknown;
  closed: boolean;
}

function openForm(setup: FormSetup): void {
  const { request } = setup;
  const complete = Promise.withResolvers<void>();
  // Ошибку формы получит тот, кто ждёт её или читает файл; сам по себе отказ этого обещания ничего не добавляет.
  complete.promise.catch(() => undefined);
  const state: FormState = {
    names: new Set(),
    fields: [],
    complete,
    headless: 0,
    fileBytes: 0,
    body: undefined,
    failure: undefined,
    closed: false,
  };
  const config = {
    boundary: setup.boundary,
    maxHeaderPairs: PART_HEADERS_MAX,
    maxHeaderSize: PART_HEADERS_BYTES_MAX,
    partHwm: FILE_BUFFER_BYTES,
  };
  const parser = new Dicer(config);

  function fail(error: unknown): void {
    if (state.failure !== undefined) return;
    state.failure = error;
    // Дальше запрос не читается: остаток отбросит или оборвёт тот, кто держит соединение.
    request.off('data', onData).off('end', onEnd).pause();
    complete.reject(error);
    setup.reject(error);
    state.body?.destroy(error instanceof Error ? error : new Error('the form failed', { cause: error }));
  }

  let edgeBytes = 0;
  function onData(chunk: Buffer): void {
    if (state.closed || state.names.size === 0) {
      edgeBytes += chunk.length;
      // До первой части в порцию попадает и её начало, поэтому мерка — порция сверх предела.
      if (edgeBytes > EDGE_BYTES_MAX + 64 * 1024) return fail(invalid('body', 'too many bytes outside the parts'));
    }
    if (!state.closed && !parser.write(chunk)) request.pause();
  }
  function onEnd(): void {
    if (state.closed) complete.resolve();
    else parser.end();
  }

  parser.on('drain', () => request.resume());
  parser.on('part', (part) => readPart(part, { setup, state, fail }));
  parser.on('error', (cause: Error) => fail(invalid('body', 'the multipart body is broken or cut', cause)));
  parser.on('finish', () => {
    state.closed = true;
    if (state.headless > 0) return fail(invalid('body', 'a part has no headers'));
    if (!state.names.has('file')) return fail(invalid('body.file', 'the form must have one part named file'));
    if (request.readableEnded) complete.resolve();
  });
  request.on('data', onData).on('end', onEnd);
  request.once('error', fail);
  request.once('close', () => {
    if (!request.readableEnded) fail(invalid('body', 'the request was cut'));
  });
  // Запрос мог оборваться, пока проверяли токен: его события уже прошли, и ждать их — ждать вечно.
  if (request.destroyed) fail(request.errored ?? invalid('body', 'the request was cut'));
}

interface PartContext {
  readonly setup: FormSetup;
  readonly state: FormState;
  readonly fail: (error: unknown) => void;
}

function readPart(part: Part, context: PartContext): void {
  const { state, fail } = context;
  part.on('error', () => undefined);
  if (state.names.has('file')) {
    part.resume();
    return fail(invalid('body', 'the file must be the last and the only file part: fields go before it'));
  }
  state.headless += 1;
  part.once('header', (header: object) => {
    state.headless -= 1;
    try {
      startPart(part, header, context);
    } catch (error) {
      part.resume();
      fail(error);
    }
  });
}

function startPart(part: Part, header: object, context: PartContext): void {
  const { state } = context;
  const headers = readHeaders(header);
  const disposition = parseDisposition(headers.get('content-disposition') ?? '');
  const name = disposition?.name;
  if (disposition?.type !== 'form-data' || name === undefined) {
    throw invalid('body', 'each part must have a Content-Disposition of form-data with a name');
  }
  if (!/^(?:7bit|8bit|binary)?$/i.test(headers.get('content-transfer-encoding') ?? '')) {
    throw invalid('body', 'Content-Transfer-Encoding is not supported (RFC 7578, 4.7)');
  }
  if (state.names.has(name)) throw invalid(`body.${name}`, 'must not repeat');
  state.names.add(name);
  if (name === 'file')
    return startFile(part, { filename: disposition.filename, contentType: headers.get('content-type') }, context);
  const field = FORM_FIELDS.find((known) => known === name);
  if (field === undefined) throw invalid(`body.${name.slice(0, 100)}`, 'unknown field');
  if (disposition.filename !== undefined) throw invalid(`body.${field}`, 'must be a field, not a file');
  const value = readField(part, field);
  value.catch(context.fail);
  state.fields.push(value);
}

/** Заголовки части: имя строчными буквами и первое значение. Упёршиеся в предел отвергаются: хвост уже потерян. */
function readHeaders(header: object): Map<string, string> {
  const found = new Map<string, string>();
  let bytes = 0;
  let pairs = 0;
  for (const [name, values] of Object.entries(header)) {
    if (!Array.isArray(values)) continue;
    for (const value of values) {
      if (typeof value !== 'string') continue;
      pairs += 1;
      bytes += name.length + value.length + 4;
      if (!found.has(name)) found.set(name, value);
    }
  }
  if (pairs >= PART_HEADERS_MAX || bytes >= PART_HEADERS_BYTES_MAX - 4)
    throw invalid('body', 'the headers of a part are too long');
  return found;
}

async function readField(part: Part, name: FormField): Promise<readonly [FormField, string]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > FIELD_BYTES_MAX) throw invalid(`body.${name}`, `must be at most ${FIELD_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  const value = decodeUtf8(Buffer.concat(chunks));
  if (value === undefined) throw invalid(`body.${name}`, 'must be UTF-8');
  return [name, value];
}

function startFile(part: Part, file: FilePart, { setup, state, fail }: PartContext): void {
  const body = new Readable({
    highWaterMark: FILE_BUFFER_BYTES,
    read: () => void part.resume(),
    destroy(error, callback) {
      // Недочитанный файл больше не нужен: незачем разбирать и остаток формы.
      if (!body.readableEnded) fail(error ?? new Error('the file is no longer wanted'));
      callback(error);
    },
  });
  // Читающего может ещё не быть: ошибка формы тогда вернётся обещанием, и поток не должен ронять процесс.
  body.on('error', () => undefined);
  part.on('data', (chunk: Buffer) => {
    if (state.failure !== undefined) return;
    state.fileBytes += chunk.length;
    if (state.fileBytes > setup.fileBytesMax) fail(new ArtError('FILE_TOO_LARGE'));
    else if (!body.push(chunk)) part.pause();
  });
  part.once('end', () => {
    // Отказ уже достался самому body.
    state.complete.promise.then(
      () => body.push(null),
      () => undefined,
    );
  });
  part.pause();
  state.body = body;
  const sizeMax = setup.requestBytes === undefined ? undefined : Math.min(setup.requestBytes, setup.fileBytesMax);
  // Поля кончаются раньше файла, но события их потоков могут запаздывать.
  Promise.all(state.fields).then((fields) => {
    setup.resolve({ fields: new Map(fields), file, body, bytesRead: () => state.fileBytes, sizeMax });
  }, fail);
}

function invalid(field: string, message: string, cause?: unknown): ArtError {
  return new ArtError('VALIDATION_ERROR', { details: [{ field, message }], ...(cause === undefined ? {} : { cause }) });
}
