// Приложение-пример для тестов: настоящий контракт, настоящий порт, журнал в памяти.
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ArtError, type Principal } from '@artstore/contracts';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { type AppOptions, type Logger, createApp, createMetrics } from '../index.ts';
import type { UntypedHandler } from '../src/bind-operation.ts';

export const CONTRACT = new URL('example-contract.json', import.meta.url);
export const CONTRACT_FILE = fileURLToPath(CONTRACT);

export type Handlers = Readonly<Record<string, UntypedHandler>>;
type ExampleOptions = AppOptions<Record<string, never>>;

export interface Example {
  readonly app: FastifyInstance;
  readonly port: number;
  readonly url: string;
  /** Записи журнала по порядку. */
  readonly records: Readonly<Record<string, unknown>>[];
  readonly log: Logger;
}

/** Токены примера говорят о себе сами: `Bearer files:read,files:write` или `Bearer role:admin`. */
export async function authenticate(authorization: string | undefined): Promise<Principal> {
  const words = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (words === undefined) throw new ArtError('UNAUTHORIZED');
  if (words === 'role:admin' || words === 'role:readonly') {
    return { kind: 'user', subject: 'anna', username: 'anna', role: words === 'role:admin' ? 'admin' : 'readonly' };
  }
  return { kind: 'service', subject: 'sa', clientId: 'sa', scopes: new Set(words.split(',') as 'files:read'[]) };
}

const echo: UntypedHandler = async ({ params, query, headers, body, contentType }) => ({
  status: 200,
  body: { params, query, headers, contentType, body: body ?? null },
});

const countBytes: UntypedHandler = async ({ raw }) => {
  let bytes = 0;
  for await (const chunk of raw) bytes += (chunk as Buffer).length;
  return { status: 201, body: { bytes } };
};

export const HANDLERS: Handlers = {
  listThings: echo,
  createThing: async (call) => ({ ...(await echo(call)), status: 201 }),
  getThing: async ({ principal }) => ({ status: 200, body: { subject: principal.subject } }),
  putThing: countBytes,
  removeThing: async () => ({ status: 204 }),
  readContent: async () => ({ status: 200, body: 'bytes' }),
  headContent: async () => ({ status: 200, headers: { 'content-length': '5', etag: '"x"' } }),
  exchangeToken: echo,
  uploadForm: async (call) => ({ ...(await countBytes(call)), status: 200 }),
};

export function memoryLog(): { log: Logger; records: Record<string, unknown>[] } {
  const records: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void records.push(JSON.parse(line)) });
  return { log, records };
}

export function exampleOptions(log: Logger, changes: Partial<ExampleOptions> = {}): ExampleOptions {
  return {
    service: 'example',
    version: '1.2.3',
    log,
    contract: CONTRACT,
    operations: {},
    authenticate,
    readiness: async () => ({}),
    metrics: createMetrics('example'),
    ...changes,
  };
}

/** Поднимает пример на свободном порту; закрывается вместе с тестом. */
export async function openExample(
  t: TestContext,
  handlers: Handlers = {},
  changes: Partial<ExampleOptions> = {},
): Promise<Example> {
  const { log, records } = memoryLog();
  const operations = { ...HANDLERS, ...handlers } as unknown as ExampleOptions['operations'];
  const app = await createApp(exampleOptions(log, { ...changes, operations }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const { port } = app.server.address() as AddressInfo;
  const scheme = changes.tls === undefined ? 'http' : 'https';
  return { app, port, url: `${scheme}://127.0.0.1:${port}`, records, log };
}
