// Для проверок: Query Module целиком на настоящей базе и настоящем HTTP.
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import { createLogger, parseEnv } from '@artstore/chassis';
import { waitUntil } from '@artstore/testing';
import { buildApp } from '../src/app.ts';
import { envSchema, toConfig } from '../src/config.ts';
import type { SearchPage } from '../src/search/search-files.ts';
import { type Registry, registryDatabase } from './registry-fixture.ts';
import { type AdminStand, startAdmin } from './start-admin.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  // Разбор ответа в проверке: форму проверяют сами утверждения.
  json<T>(): T;
}

export interface ErrorReply {
  readonly error: { code: string; message: string; details?: { field: string; message: string }[] };
}

export interface Sending {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** null — без токена. */
  readonly token?: string | null;
}

export interface QueryStand {
  readonly url: string;
  readonly registry: Registry;
  readonly admin: AdminStand;
  call(method: string, path: string, sending?: Sending): Promise<Reply>;
  search(body: unknown): Promise<SearchPage>;
  stop(): Promise<void>;
}

export interface QueryOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly registry?: Registry;
  readonly admin?: AdminStand;
}

export async function startQuery(t: TestContext, o: QueryOptions = {}): Promise<QueryStand> {
  const registry = o.registry ?? (await registryDatabase(t));
  const admin = o.admin ?? (await startAdmin(t));
  const config = toConfig(
    parseEnv(envSchema, {
      QM_PORT: '0',
      QM_DATABASE_URL: registry.url,
      QM_ADMIN_URL: admin.url,
      QM_ISSUER: admin.issuer,
      QM_CLIENT_ID: 'sa_query_1',
      QM_CLIENT_SECRET: 'secret',
      QM_LOG_LEVEL: 'fatal',
      ...o.env,
    }),
  );
  const { app, close } = await buildApp(config, createLogger({ service: 'query-module', ...config.log }), {
    checkAnswers: true,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('Query не слушает');
  const url = `http://127.0.0.1:${address.port}`;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      app.server.closeAllConnections();
      await app.close();
      await close();
    })());
  t.after(stop);

  const call: QueryStand['call'] = (method, path, { body, headers = {}, token = admin.token() } = {}) =>
    send(url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
  const search = async (body: unknown): Promise<SearchPage> => {
    const reply = await call('POST', '/api/v1/search', { body });
    if (reply.status !== 200) throw new Error(`поиск ответил ${reply.status}: ${reply.bytes.toString()}`);
    return reply.json<SearchPage>();
  };
  await waitUntil(
    'Query готов отвечать',
    async () => (await call('GET', '/health/live', { token: null })).status === 200,
  );
  return { url, registry, admin, call, search, stop };
}

/** Один запрос без переиспользования соединений; обрыв посреди тела — ошибка. */
export function send(
  url: string,
  o: { method: string; headers?: Record<string, string> | undefined; body?: string | undefined },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: o.method, headers: o.headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          bytes,
          json: <T>() => JSON.parse(bytes.toString()) as T,
        });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(o.body);
  });
}
