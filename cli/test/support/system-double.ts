// Для проверок: сервер, который ведёт себя как модули системы, и ломается так, как велит проверка.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Stored {
  readonly bytes: Buffer;
  readonly file: Record<string, unknown>;
}

export interface SystemDouble {
  readonly url: string;
  readonly files: Map<string, Stored>;
  readonly seen: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  /** Очередь поломок: каждая отвечает на один подходящий запрос вместо системы. */
  readonly faults: { path: string; answer: (request: IncomingMessage, response: ServerResponse) => void }[];
  readonly add: (bytes: Buffer, name?: string) => string;
  readonly standFile: () => string;
}

export const SECRET = 'верный-секрет';

export async function startSystem(t: TestContext): Promise<SystemDouble> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const double: SystemDouble = {
    url,
    files: new Map(),
    seen: [],
    faults: [],
    add(bytes, name = 'файл.bin') {
      const id = idFor(bytes, name);
      double.files.set(id, { bytes, file: metadata(id, name, bytes) });
      return id;
    },
    standFile: () =>
      JSON.stringify({
        urls: { admin: url, ingester: url, query: url },
        service_account: { client_id: 'sa_demo_1', client_secret: SECRET },
      }),
  };
  server.on('request', (request, response) => void serve(double, request, response));
  return double;
}

async function serve(double: SystemDouble, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://x').pathname;
  double.seen.push({ method: request.method ?? '', path, headers: request.headers });
  const fault = double.faults.findIndex((candidate) => path.includes(candidate.path));
  if (fault >= 0) return double.faults.splice(fault, 1)[0]?.answer(request, response);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return;
  }
  const body = Buffer.concat(chunks);
  if (path === '/api/v1/auth/token') return issue(body, response);
  if (path.startsWith('/api/v1/admin-auth/')) return openSession(path, JSON.parse(body.toString()) as never, response);
  if (path === '/api/v1/files/upload') return upload(double, request, body, response);
  if (path === '/api/v1/search') return search(double, JSON.parse(body.toString()) as never, response);
  const [, id = '', download] = /^\/api\/v1\/files\/([^/]+)(\/download)?$/.exec(path) ?? [];
  const stored = double.files.get(id);
  if (!stored) return refuse(response, 404, 'FILE_NOT_FOUND');
  if (download === undefined) return json(response, 200, stored.file);
  sendRange(request, response, stored.bytes);
}

function issue(body: Buffer, response: ServerResponse): void {
  const good = new URLSearchParams(body.toString()).get('client_secret') === SECRET;
  if (!good) return json(response, 401, { error: 'invalid_client' });
  json(response, 200, { access_token: 'service-token', token_type: 'Bearer', expires_in: 600 });
}

let refreshes = 0;
function openSession(
  path: string,
  body: { password?: string; refresh_token?: string },
  response: ServerResponse,
): void {
  const isLogIn = path.endsWith('/login');
  if (isLogIn && body.password !== SECRET) return refuse(response, 401, 'INVALID_CREDENTIALS');
  if (!isLogIn && body.refresh_token !== `refresh-${refreshes}`) return refuse(response, 401, 'INVALID_REFRESH_TOKEN');
  refreshes += 1;
  json(response, 200, {
    access_token: `user-token-${refreshes}`,
    // Короче запаса на дорогу: каждая команда вынуждена продлевать сеанс.
    expires_in: 10,
    refresh_token: `refresh-${refreshes}`,
    must_change_password: false,
  });
}

function upload(double: SystemDouble, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const text = body.toString('latin1');
  const at = text.indexOf('name="file"');
  const name = Buffer.from(/filename="([^"]*)"/.exec(text.slice(at))?.[1] ?? '', 'latin1').toString();
  const start = text.indexOf('\r\n\r\n', at) + 4;
  const end = text.lastIndexOf(`\r\n--${boundary}--`);
  const bytes = body.subarray(start, end);
  const id = double.add(bytes, name);
  json(response, 201, { ...double.files.get(id)?.file, registration: 'done' });
}

function search(double: SystemDouble, body: { query?: string; limit?: number }, response: ServerResponse): void {
  const items = [...double.files.values()]
    .map(({ file }) => file)
    .filter((file) => String(file['original_filename']).includes(body.query ?? ''));
  json(response, 200, {
    items,
    total: items.length,
    total_is_estimate: false,
    limit: body.limit ?? 20,
    offset: 0,
    has_more: false,
  });
}

function sendRange(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  const rest = bytes.subarray(from);
  response
    .writeHead(206, {
      'content-length': rest.length,
      'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
    })
    .end(rest);
}

function idFor(bytes: Buffer, name: string): string {
  const hex = createHash('sha256').update(bytes).update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function metadata(id: string, name: string, bytes: Buffer): Record<string, unknown> {
  return {
    file_id: id,
    original_filename: name,
    content_type: 'application/octet-stream',
    size: bytes.length,
    checksum: createHash('sha256').update(bytes).digest('hex'),
    uploaded_by: 'demo',
    uploaded_at: '2026-02-21T09:30:00.000Z',
    description: '',
    tags: [],
    metadata: {},
    status: 'active',
    retention_policy: 'temporary',
    ttl_days: 30,
    expires_at: '2026-03-23T09:30:00.000Z',
    deleted_at: null,
    version: 1,
  };
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  json(response, status, { error: { code, message: `сервер говорит: ${code}` } });
}
