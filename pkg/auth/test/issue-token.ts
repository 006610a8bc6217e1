// Настоящий издатель токенов для тестов: пара RSA, подпись, набор ключей и HTTP-сервер, который его отдаёт.
import { type Server, createServer } from 'node:http';
import { type TestContext, before } from 'node:test';
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';

export const ISSUER = 'https://admin.test';
export const AUDIENCE = 'artstore';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export async function createSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

/** Ключи делаются раз на файл: это самая долгая часть тестов. */
export function signingKeys(...kids: readonly string[]): readonly SigningKey[] {
  const keys: SigningKey[] = [];
  before(async () => {
    for (const kid of kids) keys.push(await createSigningKey(kid));
  });
  return keys;
}

export interface TokenChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Годный токен службы с отступлениями от него; `undefined` в отступлении убирает поле. */
export async function issueToken(key: SigningKey, { header = {}, claims = {} }: TokenChanges = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'sa_demo_1',
    client_id: 'sa_demo_1',
    iat: now,
    exp: now + 300,
    jti: crypto.randomUUID(),
    scope: 'files:read files:write',
    scopes: ['files:read', 'files:write'],
    ...claims,
  };
  return await new SignJWT(withoutUndefined(payload))
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey);
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export interface JwksServer {
  readonly url: string;
  /** Сколько раз набор спросили. */
  asked: number;
  /** Что ответить: набор, произвольный текст или отказ. */
  reply: { readonly status: number; readonly body: string };
  publish(...keys: readonly SigningKey[]): void;
  stop(): Promise<void>;
}

export async function serveJwks(t: TestContext, ...keys: readonly SigningKey[]): Promise<JwksServer> {
  const server: Server = createServer((_request, response) => {
    jwks.asked += 1;
    response.writeHead(jwks.reply.status, { 'content-type': 'application/jwk-set+json' }).end(jwks.reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const jwks: JwksServer = {
    url: `http://127.0.0.1:${port}/api/v1/auth/jwks`,
    asked: 0,
    reply: { status: 200, body: '' },
    publish(...published) {
      jwks.reply = { status: 200, body: JSON.stringify({ keys: published.map(({ jwk }) => jwk) }) };
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  jwks.publish(...keys);
  t.after(() => jwks.stop());
  return jwks;
}
