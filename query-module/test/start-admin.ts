// Для проверок: та часть Admin Module, которую видит Query, — ключи, токены, список элементов, сообщения о пропавших.
// Настоящий HTTP на свободном порту; соседний модуль импортировать нельзя, а целиком запускать его здесь незачем.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type Server, type ServerResponse, createServer } from 'node:http';
import type { TestContext } from 'node:test';

export interface ListedElement {
  readonly id: string;
  readonly url: string;
  readonly mode: 'edit' | 'rw' | 'ro' | 'ar';
}

export interface AdminStand {
  readonly url: string;
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Что отдаёт список элементов; меняется по ходу проверки. */
  elements: readonly ListedElement[];
  /** О каких файлах сообщено. */
  readonly reported: string[];
  /** Отвечать ли вообще. */
  available: boolean;
  token(o?: { audience?: string; scopes?: string; claims?: Record<string, unknown> }): string;
}

export const ISSUER = 'https://admin.test';

/** Ключ один на процесс: его поиск занимает до секунды. */
let keys: ReturnType<typeof makeKeys> | undefined;
const makeKeys = () => generateKeyPairSync('rsa', { modulusLength: 3072 });

export async function startAdmin(t: TestContext): Promise<AdminStand> {
  const { publicKey, privateKey } = (keys ??= makeKeys());
  const kid = randomUUID();
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] };

  const token: AdminStand['token'] = ({ audience = 'artstore', scopes = 'files:read', claims = {} } = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: ISSUER,
      aud: audience,
      sub: 'sa_test_1',
      client_id: 'sa_test_1',
      iat: now,
      exp: now + 600,
      jti: randomUUID(),
      scope: scopes,
      scopes: scopes.split(' '),
      ...claims,
    };
    const text = `${encode({ alg: 'RS256', typ: 'at+jwt', kid })}.${encode(payload)}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };

  const stand: AdminStand = {
    url: '',
    issuer: ISSUER,
    jwksUrl: '',
    elements: [],
    reported: [],
    available: true,
    token,
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (!stand.available) {
      response.socket?.destroy();
      return;
    }
    const path = request.url ?? '';
    const missing = /^\/api\/v1\/files\/([^/]+)\/report-missing$/.exec(path)?.[1];
    if (path === '/api/v1/auth/jwks') return json(response, 200, jwks);
    if (path === '/api/v1/auth/token') {
      const audience = new URLSearchParams(body).get('resource') ?? 'artstore';
      const access = token({ audience, scopes: 'files:read storage:read' });
      return json(response, 200, { access_token: access, token_type: 'Bearer', expires_in: 600 });
    }
    if (path.startsWith('/api/v1/storage-elements')) {
      const items = stand.elements.map((element) => ({
        ...element,
        name: element.id,
        status: 'online',
        available_bytes: 1,
      }));
      return json(response, 200, { items, total: items.length, limit: 1000, offset: 0, has_more: false });
    }
    if (missing !== undefined) {
      stand.reported.push(missing);
      return json(response, 202, {});
    }
    return json(response, 404, { error: { code: 'NOT_FOUND', message: 'нет' } });
  });
  const url = await listen(t, server);
  return Object.assign(stand, { url, jwksUrl: `${url}/api/v1/auth/jwks` });
}

/** Слушает свободный порт до конца проверки. */
export async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('сервер не слушает');
  return `http://127.0.0.1:${address.port}`;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
