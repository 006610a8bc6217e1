// Для проверок: модуль загрузки в этом процессе и короткие слова для загрузки в него.
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import { createLogger, parseEnv } from '@artstore/chassis';
import { waitUntil } from '@artstore/testing';
import { buildApp } from '../../src/app.ts';
import { envSchema, toConfig } from '../../src/config.ts';
import type { AdminDouble } from './admin-double.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    file_id: string;
    registration: string;
    checksum: string;
    size: number;
    error?: { code: string; details?: { field: string }[] };
  } & Record<string, unknown>;
}

export interface Sending {
  readonly fields?: Record<string, string>;
  readonly file?: Buffer | string;
  readonly filename?: string;
  readonly headers?: Record<string, string>;
  readonly token?: string | null;
  /** Готовое тело вместо формы. */
  readonly raw?: Buffer;
}

export interface Ingester {
  readonly url: string;
  readonly upload: (o?: Sending) => Promise<Reply>;
  readonly token: string;
  readonly ready: () => Promise<{ status: number; state: string }>;
}

export const BOUNDARY = 'artstore-test-boundary';

export async function startIngester(
  t: TestContext,
  admin: AdminDouble,
  env: Record<string, string> = {},
): Promise<Ingester> {
  const config = toConfig(
    parseEnv(envSchema, {
      IM_PORT: '0',
      IM_ADMIN_URL: admin.url,
      IM_ISSUER: admin.issuer,
      IM_CLIENT_ID: 'sa_ingester',
      IM_CLIENT_SECRET: 'secret',
      IM_REGISTER_FOR: '500ms',
      IM_LOG_LEVEL: 'fatal',
      ...env,
    }),
  );
  const { app, close } = await buildApp(config, createLogger({ service: 'ingester-module', ...config.log }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    app.server.closeAllConnections();
    await app.close();
    await close();
  });
  const address = app.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const token = admin.token('artstore', 'files:write');
  const ready = async () => {
    const reply = await fetch(`${url}/health/ready`);
    return { status: reply.status, state: ((await reply.json()) as { status: string }).status };
  };
  if (admin.elements.length > 0 && admin.state === 'up') {
    await waitUntil('список элементов получен', async () => (await ready()).status === 200);
  }
  return { url, token, ready, upload: (o) => upload(url, { token, ...o }) };
}

async function upload(url: string, o: Sending): Promise<Reply> {
  const body = o.raw ?? form(o);
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const request = httpRequest(`${url}/api/v1/files/upload`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': String(body.length),
      ...(o.token === null ? {} : { authorization: `Bearer ${o.token}` }),
      ...o.headers,
    },
  });
  request.on('error', reject);
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text,
        body: JSON.parse(text) as Reply['body'],
      });
    });
  });
  request.end(body);
  return await promise;
}

/** Форма: поля, потом файл. */
export function form({ fields = {}, file, filename = 'a.txt' }: Sending): Buffer {
  return Buffer.concat([
    ...Object.entries(fields).map(([name, value]) =>
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    ),
    ...(file === undefined ? [] : [filePart(file, filename)]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

export function filePart(file: Buffer | string, filename = 'a.txt'): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: text/plain\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(file), Buffer.from('\r\n')]);
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
