// Для проверок: модуль управления в малом — токены, ключи, список элементов, реестр — с рычагами поломок.
// Настоящий модуль управления здесь мешал бы: его нельзя заставить молчать посреди вызова.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { ElementFile, StorageElement } from '@artstore/clients';

export interface AdminDouble {
  readonly url: string;
  readonly issuer: string;
  elements: StorageElement[];
  readonly registered: Map<string, { storage_element_id: string; file: ElementFile }>;
  /** up — отвечает; down — рвёт соединения; silent — молчит. */
  state: 'up' | 'down' | 'silent';
  /** Только запись в реестр отвечает отказом. */
  registration: 'works' | 'fails' | 'conflicts';
  /** Список элементов отвечает отказом. */
  listing: 'works' | 'fails';
  /** Сколько раз писали в реестр. */
  registerCalls: number;
  token: (audience: string, scopes: string, change?: Record<string, unknown>) => string;
}

/** Ключ делается секундами: хватит одного на все проверки файла. */
let keys: { publicKey: KeyObject; privateKey: KeyObject } | undefined;

const ISSUER = 'https://admin.test';

export async function startAdminDouble(t: TestContext): Promise<AdminDouble> {
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = keys;
  const kid = randomUUID();
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] };
  const token = (audience: string, scopes: string, change: Record<string, unknown> = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      aud: audience,
      sub: 'sa_test_1',
      client_id: 'sa_test_1',
      iat: now,
      exp: now + 600,
      jti: randomUUID(),
      scope: scopes,
      scopes: scopes.split(' ').filter(Boolean),
      ...change,
    };
    const text = `${encode({ alg: 'RS256', typ: 'at+jwt', kid })}.${encode(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const double: AdminDouble = {
    url: '',
    issuer: ISSUER,
    elements: [],
    registered: new Map(),
    state: 'up',
    registration: 'works',
    listing: 'works',
    registerCalls: 0,
    token,
  };
  const server = createServer((request, response) => {
    if (double.state === 'down') return void request.socket.destroy();
    if (double.state === 'silent') return;
    void serve(double, jwks, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(double, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function serve(
  double: AdminDouble,
  jwks: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const path = new URL(request.url ?? '/', 'http://x').pathname;
  const answer = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (path === '/api/v1/auth/jwks') return answer(200, jwks);
  if (path === '/api/v1/auth/token') {
    const audience = new URLSearchParams(body).get('resource') ?? 'artstore';
    const scopes = 'files:read files:write storage:read storage:write';
    return answer(200, { access_token: double.token(audience, scopes), token_type: 'Bearer', expires_in: 600 });
  }
  if (path === '/api/v1/storage-elements') {
    if (double.listing === 'fails') return answer(500, { error: { code: 'INTERNAL_ERROR', message: 'no' } });
    return answer(200, {
      items: double.elements,
      total: double.elements.length,
      limit: 1000,
      offset: 0,
      has_more: false,
    });
  }
  if (path === '/api/v1/files' && request.method === 'POST') return register(double, body, answer);
  const known = double.registered.get(path.replace('/api/v1/files/', ''));
  if (known) return answer(200, { ...known.file, storage_element_id: known.storage_element_id });
  answer(404, { error: { code: 'FILE_NOT_FOUND', message: 'no' } });
}

function register(double: AdminDouble, body: string, answer: (status: number, value: unknown) => void): void {
  double.registerCalls += 1;
  if (double.registration === 'fails') return answer(500, { error: { code: 'INTERNAL_ERROR', message: 'no' } });
  if (double.registration === 'conflicts') return answer(409, { error: { code: 'CONFLICT', message: 'no' } });
  const row = JSON.parse(body) as { storage_element_id: string; file: ElementFile };
  const isNew = !double.registered.has(row.file.file_id);
  double.registered.set(row.file.file_id, row);
  answer(isNew ? 201 : 200, { ...row.file, storage_element_id: row.storage_element_id });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
