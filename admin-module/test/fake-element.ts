// Собеседник для проверок синхронизации: маленький сервер, говорящий по контракту элемента и умеющий его нарушать.
// Настоящий элемент испытывается в sync-element.test.ts; здесь — то, чего от исправного не дождаться.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { cleanUp } from './clean-up.ts';

export interface FakeFile {
  readonly file_id: string;
  readonly revision: number;
  readonly [name: string]: unknown;
}

type Change = { revision: number; type: string; file_id: string; file?: FakeFile; reason?: string };

export interface FakeElement {
  readonly url: string;
  readonly storageId: string;
  /** Чем назовётся в ответах; подменяется, чтобы отвечал «не тот». */
  answersAs: string;
  epoch: string;
  status: 'online' | 'degraded' | 'maintenance';
  historyLost: boolean;
  /** До какой позиции лента забыла об удалённом. */
  historyFrom: number;
  /** Отвечает вместо обычного; true — ответил. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  readonly files: Map<string, FakeFile>;
  readonly requests: string[];
  put(change?: Record<string, unknown>): FakeFile;
  /** Стирает файл с записью в ленте. */
  purge(fileId: string): void;
  /** Стирает файл без следа: так выглядит потеря. */
  lose(fileId: string): void;
  /** Файла нет в ленте, но на месте он есть. */
  announceRemoval(fileId: string): void;
}

export async function startFakeElement(t: TestContext): Promise<FakeElement> {
  const files = new Map<string, FakeFile>();
  const changes: Change[] = [];
  let revision = 0;
  const next = (): number => (revision += 1);
  const server = createServer((request, response) =>
    respond(element, { changes, revision: () => revision }, request, response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(t, () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const storageId = randomUUID();
  const element: FakeElement = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    storageId,
    answersAs: storageId,
    epoch: 'e-1',
    status: 'online',
    historyLost: false,
    historyFrom: 0,
    intercept: undefined,
    files,
    requests: [],
    put(change = {}) {
      const file = { ...template(), ...change, revision: next() } as FakeFile;
      files.set(file.file_id, file);
      changes.push({ revision, type: 'upsert', file_id: file.file_id, file });
      return file;
    },
    purge(fileId) {
      files.delete(fileId);
      changes.push({ revision: next(), type: 'remove', file_id: fileId, reason: 'trash' });
    },
    lose(fileId) {
      files.delete(fileId);
    },
    announceRemoval(fileId) {
      changes.push({ revision: next(), type: 'remove', file_id: fileId, reason: 'trash' });
    },
  };
  return element;
}

function template(): Record<string, unknown> {
  return {
    file_id: randomUUID(),
    original_filename: 'файл.txt',
    content_type: 'text/plain',
    size: 3,
    checksum: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
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
  };
}

interface Log {
  readonly changes: readonly Change[];
  revision(): number;
}

function respond(element: FakeElement, log: Log, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', element.url);
  element.requests.push(`${request.method} ${url.pathname}`);
  if (element.intercept?.(request, response) === true) return;
  const reply = (status: number, body: unknown): void => {
    response
      .writeHead(status, { 'content-type': 'application/json', 'artstore-storage-id': element.answersAs })
      .end(JSON.stringify(body));
  };
  if (url.pathname === '/api/v1/info') return reply(200, infoOf(element, log.revision()));
  const limit = Number(url.searchParams.get('limit'));
  if (url.pathname === '/api/v1/changes') {
    const after = Number(url.searchParams.get('after'));
    const rest = log.changes.filter((change) => change.revision > after);
    const items = rest.slice(0, limit);
    return reply(200, {
      epoch: element.epoch,
      items,
      next_after: items.at(-1)?.revision ?? Math.max(after, log.revision()),
      has_more: rest.length > items.length,
      history_from: element.historyFrom,
      history_lost: element.historyLost,
    });
  }
  if (url.pathname === '/api/v1/files') {
    const after = url.searchParams.get('after') ?? '';
    const rest = [...element.files.values()]
      .filter((file) => file.file_id > after)
      .toSorted((a, b) => (a.file_id < b.file_id ? -1 : 1));
    const items = rest.slice(0, limit);
    const more = rest.length > items.length;
    return reply(200, {
      items,
      total: element.files.size,
      limit,
      offset: 0,
      has_more: more,
      next_after: more ? items.at(-1)?.file_id : null,
    });
  }
  const fileId = url.pathname.split('/').at(-1) ?? '';
  const file = element.files.get(fileId);
  if (file !== undefined) return reply(200, file);
  return reply(404, {
    error: { code: 'FILE_NOT_FOUND', message: 'no', file_id: fileId, storage_id: element.answersAs },
  });
}

function infoOf(element: FakeElement, revision: number): object {
  return {
    storage_id: element.answersAs,
    epoch: element.epoch,
    mode: 'rw',
    status: element.status,
    version: '0.1.0',
    capacity: { total_bytes: 1000, used_bytes: 10, available_bytes: 990 },
    counts: { active: element.files.size, expired: 0, deleted: 0, corrupted: 0, missing: 0 },
    revision,
    allowed_operations: ['upload', 'download', 'list', 'metadata'],
  };
}
