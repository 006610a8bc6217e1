// Для проверок: сервер, который отвечает от имени элемента хранения так, как велит проверка, и помнит, что получил.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { ElementAddress } from '../src/element-reply.ts';

export const STORAGE_ID = '0197a3f0-0000-7000-8000-00000000000a';
export const FILE_ID = '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41';
export const CHECKSUM = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export function elementFile(size: number): Record<string, unknown> {
  return {
    file_id: FILE_ID,
    original_filename: 'a.txt',
    content_type: 'text/plain',
    size,
    checksum: CHECKSUM,
    uploaded_by: 'demo',
    uploaded_at: '2026-02-21T09:30:00.000Z',
    description: '',
    tags: [],
    metadata: {},
    status: 'active',
    retention_policy: 'permanent',
    ttl_days: null,
    expires_at: null,
    deleted_at: null,
    version: 1,
    revision: 7,
  };
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'artstore-storage-id': STORAGE_ID, ...headers });
  response.end(JSON.stringify(body));
}

export function refusal(code: string, extra: Record<string, string> = {}): unknown {
  return { error: { code, message: code, ...extra } };
}

type Serve = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Сервер, который сам решает, приглашать ли слать тело: без приглашения он читает заголовки и молчит. */
export async function startElement(t: TestContext, serve: Serve): Promise<ElementAddress> {
  const server = createServer((request, response) => void serve(request, response));
  server.on('checkContinue', (request, response) => void serve(request, response));
  const url = await listen(t, server);
  t.after(() => server.closeAllConnections());
  return { id: STORAGE_ID, url };
}

/** Сервер, который отвечает голыми байтами. */
export async function startRaw(t: TestContext, onSocket: (socket: Socket) => void): Promise<ElementAddress> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { id: STORAGE_ID, url: await listen(t, server) };
}

/** Адрес, где никто не слушает. */
export async function deadAddress(): Promise<ElementAddress> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { id: STORAGE_ID, url: `http://127.0.0.1:${port}` };
}

async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
