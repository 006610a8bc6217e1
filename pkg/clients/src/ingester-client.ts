// Загрузка файла через Ingester: форма multipart собирается потоком, длина известна заранее, тело ждёт приглашения
// (Expect: 100-continue), поэтому отказ по правам или размеру не стоит передачи файла.

import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import type { components } from '@artstore/contracts/generated/ingester-module.gen.ts';
import { shapeReply } from './call-json.ts';
import { headersFor, openEndConnection, spokenError } from './end-client.ts';
import type { EndClientOptions } from './end-client.ts';
import { uploadedFile } from './file-shapes.ts';
import { locate } from './locate.ts';
import { sendFile } from './send-file.ts';

export type UploadedFile = components['schemas']['UploadedFile'];

export interface UploadRequest {
  readonly filename: string;
  readonly contentType?: string | undefined;
  /** Размер содержимого, байт. */
  readonly size: number;
  /** Открывает содержимое; зовётся один раз. */
  readonly open: () => AsyncIterable<Buffer>;
  readonly retentionPolicy?: 'temporary' | 'permanent' | undefined;
  readonly ttlDays?: number | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly idempotencyKey?: string | undefined;
  /** SHA-256 содержимого, шестнадцатеричная запись: модуль проверит её до сохранения. */
  readonly checksum?: string | undefined;
  /** Сколько байт содержимого уже взято из источника. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface IngesterClient {
  /** @throws ошибку модуля его словами; NOT_READY, если он не ответил; ошибку источника — как есть. */
  readonly upload: (request: UploadRequest) => Promise<UploadedFile>;
  readonly close: () => Promise<void>;
}

const LIMITS = { connectTimeoutMs: 10_000, idleTimeoutMs: 60_000, commitTimeoutMs: 180_000 };

export function createIngesterClient(o: EndClientOptions): IngesterClient {
  const connection = openEndConnection(o.ca);
  return {
    async upload(request) {
      const { origin, path } = locate(o.url, '/api/v1/files/upload');
      const url = new URL(origin + path);
      const form = composeForm(request);
      const outcome = await sendFile({
        method: 'POST',
        url,
        agent: connection.agentFor(url),
        headers: {
          ...(await headersFor(o, request.signal)),
          accept: 'application/json',
          'content-type': `multipart/form-data; boundary=${form.boundary}`,
          'content-length': String(form.length),
          ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
          ...(request.checksum === undefined
            ? {}
            : { 'repr-digest': `sha-256=:${Buffer.from(request.checksum, 'hex').toString('base64')}:` }),
        },
        body: form.body,
        signal: request.signal,
        ...LIMITS,
      });
      form.body.destroy();
      if (outcome.kind === 'failed') throw new ArtError('NOT_READY', { cause: outcome.cause });
      if (outcome.reply.status !== 201 && outcome.reply.status !== 202) throw spokenError(outcome.reply);
      return shapeReply(outcome.reply, uploadedFile, 'NOT_READY');
    },
    close: connection.close,
  };
}

interface Form {
  readonly boundary: string;
  readonly length: number;
  readonly body: Readable;
}

function composeForm(request: UploadRequest): Form {
  const boundary = `artstore-${randomBytes(24).toString('hex')}`;
  const fields: [string, string | undefined][] = [
    ['retention_policy', request.retentionPolicy],
    ['ttl_days', request.ttlDays === undefined ? undefined : String(request.ttlDays)],
    ['description', request.description],
    ['tags', request.tags === undefined ? undefined : JSON.stringify(request.tags)],
    ['metadata', request.metadata === undefined ? undefined : JSON.stringify(request.metadata)],
  ];
  const parts = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`],
  );
  const type = request.contentType ?? 'application/octet-stream';
  parts.push(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quote(request.filename)}"\r\nContent-Type: ${type}\r\n\r\n`,
  );
  const head = Buffer.from(parts.join(''));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    boundary,
    length: head.length + request.size + tail.length,
    body: Readable.from(stream(head, request, tail), { objectMode: false, highWaterMark: 1024 * 1024 }),
  };
}

async function* stream(head: Buffer, request: UploadRequest, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  let bytes = 0;
  for await (const chunk of request.open()) {
    bytes += chunk.length;
    if (bytes > request.size) break;
    yield chunk;
    request.onProgress?.(bytes);
  }
  // Длина уже обещана заголовком: файл, изменившийся по дороге, отправлять нельзя.
  if (bytes !== request.size) throw new ArtError('LENGTH_MISMATCH');
  yield tail;
}

/** Имя в кавычках (RFC 7578, 4.2). Переводы строк имя файла не портят форму: их отвергаем сразу. */
function quote(filename: string): string {
  if (/[\r\n\0]/.test(filename)) {
    throw new ArtError('VALIDATION_ERROR', {
      details: [{ field: 'body.file', message: 'the file name has line breaks' }],
    });
  }
  return filename.replace(/["\\]/g, '\\$&');
}
