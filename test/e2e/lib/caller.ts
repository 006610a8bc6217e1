// Клиент проверок: обычный HTTP, без пакетов самой системы, чтобы видеть то же, что чужой клиент.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { type FilePart, buildForm } from './multipart.ts';
import type { StandFile } from './run-stand.ts';

export interface UploadedFile {
  readonly file_id: string;
  readonly original_filename: string;
  readonly size: number;
  readonly checksum: string;
  readonly uploaded_by: string;
  readonly content_type: string;
  readonly retention_policy: string;
  readonly ttl_days: number | null;
  readonly expires_at: string | null;
  readonly registration: string;
  readonly [field: string]: unknown;
}

export interface Reply<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: T;
}

export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

export interface Downloaded {
  readonly status: number;
  readonly headers: Reply<never>['headers'];
  readonly bytes: number;
  readonly sha256: string;
}

export interface UploadWish {
  readonly file: FilePart;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface GetWish {
  readonly method?: 'GET' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Text {
  readonly status: number;
  readonly headers: Reply<never>['headers'];
  readonly text: string;
}

export interface Caller {
  readonly stand: StandFile;
  token(scope?: string): Promise<string>;
  upload(wish: UploadWish): Promise<Reply<UploadedFile & ErrorBody>>;
  search(body: object): Promise<Reply<{ items: UploadedFile[]; total: number } & ErrorBody>>;
  file(id: string): Promise<Reply<UploadedFile & ErrorBody>>;
  download(id: string, headers?: Readonly<Record<string, string>>): Promise<Downloaded>;
  /** Запрос без токена по любому адресу, в том числе элемента хранения: его сертификат заверен стендом. */
  get(url: string, wish?: GetWish): Promise<Text>;
  close(): Promise<void>;
}

const CALL_TIMEOUT_MS = 180_000;

async function json<T>(answer: Awaited<ReturnType<typeof request>>): Promise<Reply<T>> {
  const text = await answer.body.text();
  const body: T = text === '' ? undefined : JSON.parse(text);
  return { status: answer.statusCode, headers: answer.headers, body };
}

/** Открывает клиента учётной записью demo; токен берётся один раз. */
export async function openCaller(stand: StandFile): Promise<Caller> {
  const limits = { headersTimeout: CALL_TIMEOUT_MS, bodyTimeout: CALL_TIMEOUT_MS, connections: 128 };
  const dispatcher = new Agent({ ...limits, connect: { ca: await readFile(stand.ca_file, 'utf8') } });
  const { admin, ingester, query } = stand.urls;

  async function issue(scope?: string): Promise<{ access_token: string; expires_in: number }> {
    const { client_id, client_secret } = stand.service_account;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      ...(scope ? { scope } : {}),
    });
    const answer = await request(`${admin}/api/v1/auth/token`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const reply = await json<{ access_token: string; expires_in: number }>(answer);
    if (reply.status !== 200) throw new Error(`токен не выдан: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  let current: { readonly text: string; readonly freshUntil: number } | undefined;
  /** Токен для обычных вызовов: новый берётся, когда прошла половина жизни прежнего. */
  async function bearer(): Promise<string> {
    if (current === undefined || performance.now() > current.freshUntil) {
      const { access_token: text, expires_in: seconds } = await issue();
      current = { text, freshUntil: performance.now() + seconds * 500 };
    }
    return `Bearer ${current.text}`;
  }

  // Вызовы не должны зависеть от Admin, пока токен свеж: первый берётся сразу.
  await bearer();
  return {
    stand,
    token: async (scope) => (await issue(scope)).access_token,
    async upload({ file, fields = {}, headers = {}, signal }) {
      const form = buildForm(fields, [file]);
      const answer = await request(`${ingester}/api/v1/files/upload`, {
        dispatcher,
        method: 'POST',
        headers: {
          authorization: await bearer(),
          'content-type': form.contentType,
          'content-length': String(form.bytes),
          ...headers,
        },
        body: form.stream(),
        ...(signal === undefined ? {} : { signal }),
      });
      return json(answer);
    },
    async search(body) {
      const headers = { authorization: await bearer(), 'content-type': 'application/json' };
      return json(
        await request(`${query}/api/v1/search`, { dispatcher, method: 'POST', headers, body: JSON.stringify(body) }),
      );
    },
    async file(id) {
      return json(
        await request(`${query}/api/v1/files/${id}`, { dispatcher, headers: { authorization: await bearer() } }),
      );
    },
    async download(id, headers = {}) {
      const url = `${query}/api/v1/files/${id}/download`;
      const answer = await request(url, { dispatcher, headers: { authorization: await bearer(), ...headers } });
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of answer.body) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      return { status: answer.statusCode, headers: answer.headers, bytes, sha256: hash.digest('hex') };
    },
    async get(url, { method = 'GET', headers = {} } = {}) {
      const answer = await request(url, { dispatcher, method, headers });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    },
    close: () => dispatcher.close(),
  };
}
