// Таблица доступа всех контрактов сразу: операция × вид токена. Привязка, проверка токенов и контракт — настоящие,
// вместо дела — метка «допущен»: что делает допущенный, проверяют модули у себя.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { bearer, createVerifier } from '@artstore/auth';
import { createApp, createLogger, createMetrics, readContract } from '@artstore/chassis';
import { ArtError } from '@artstore/contracts';
import { contractPlaces, MODULES, type ModuleName } from '../tools/generate/contract-modules.ts';

const ROOT = join(import.meta.dirname, '..');
const ISSUER = 'https://admin.test';
const AUDIENCE = 'artstore';
const SCOPES = ['files:read', 'files:write', 'storage:read', 'storage:write', 'admin:read', 'admin:write'];
const OWN = new Set(['getLiveness', 'getReadiness', 'getMetrics']);

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

interface Keys {
  readonly own: KeyObject;
  readonly foreign: KeyObject;
  readonly public: KeyObject;
}

/** Читается мимо привязки: ожидания не должны считаться тем же кодом, который проверяют. */
function operationsOf(file: string): Operation[] {
  const { paths } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries<Record<string, Omit<Operation, 'method' | 'path'>>>(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'head', 'put', 'post', 'delete', 'patch'].includes(method))
      .map(([method, { operationId, security }]) => ({ operationId, security, path, method: method.toUpperCase() })),
  );
}

async function openModule(t: TestContext, module: ModuleName, keys: Keys): Promise<{ url: string; file: string }> {
  const file = join(ROOT, contractPlaces(module).bundle);
  const contract = pathToFileURL(file);
  const admitted = async (): Promise<never> => {
    throw new ArtError('CONFLICT');
  };
  const handlers = readContract(contract)
    .operations.filter(({ operationId }) => !OWN.has(operationId))
    .map(({ operationId }) => [operationId, admitted]);
  const source = { key: async () => keys.public };
  const app = await createApp<Record<string, never>>({
    service: module,
    version: '0',
    log: createLogger({ service: module, level: 'silent', format: 'text' }),
    contract,
    operations: Object.fromEntries(handlers),
    authenticate: bearer(createVerifier({ keys: source, issuer: ISSUER, audience: AUDIENCE })),
    readiness: async () => ({}),
    metrics: createMetrics(module),
  });
  t.after(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), file };
}

interface Made {
  readonly claims?: object;
  readonly header?: object;
  /** Чем подписать начало токена; по умолчанию — настоящим ключом. */
  readonly signWith?: (text: string) => Buffer;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function rs256(key: KeyObject): (text: string) => Buffer {
  return (text) => sign('sha256', Buffer.from(text), key);
}

/** Токен, годный во всём, кроме названных отступлений. */
function tokenMaker(keys: Keys): (made: Made) => string {
  const now = Math.floor(Date.now() / 1000);
  const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'x', client_id: 'x', jti: randomUUID(), iat: now, exp: now + 600 };
  return ({ claims = {}, header = {}, signWith = rs256(keys.own) }) => {
    const text = `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'k', ...header })}.${part({ ...usual, ...claims })}`;
    return `${text}.${signWith(text).toString('base64url')}`;
  };
}

type Line = Readonly<Record<string, readonly string[]>>;

/** Кто приходит и каким строкам доступа он отвечает; `undefined` — никаким: его не узнают. */
function visitors(keys: Keys): [string, string | undefined, ((line: Line) => boolean) | undefined][] {
  const make = tokenMaker(keys);
  const all = { scope: SCOPES.join(' ') };
  const user = (role: string) => make({ claims: { username: 'x', role } });
  const publicBytes = keys.public.export({ type: 'spki', format: 'pem' });
  const hmac = (text: string): Buffer => createHmac('sha256', publicBytes).update(text).digest();
  const past = Math.floor(Date.now() / 1000) - 100;
  return [
    ['без токена', undefined, undefined],
    ['истёкший', make({ claims: { ...all, iat: past - 600, exp: past } }), undefined],
    ['чужой издатель', make({ claims: { ...all, iss: 'https://other.test' } }), undefined],
    ['чужой получатель', make({ claims: { ...all, aud: randomUUID() } }), undefined],
    ['чужой ключ', make({ claims: all, signWith: rs256(keys.foreign) }), undefined],
    ['typ JWT', make({ claims: all, header: { typ: 'JWT' } }), undefined],
    ['HS256', make({ claims: all, header: { alg: 'HS256' }, signWith: hmac }), undefined],
    ['alg none', make({ claims: all, header: { alg: 'none' }, signWith: () => Buffer.alloc(0) }), undefined],
    ['admin', user('admin'), (line) => line['userToken']?.[0] === 'admin'],
    ['readonly', user('readonly'), (line) => line['userToken']?.[0] === 'readonly'],
    ['без прав', make({ claims: { scope: '' } }), () => false],
    ['все права', make({ claims: all }), (line) => line['serviceToken'] !== undefined],
    ...SCOPES.map((scope): [string, string, (line: Line) => boolean] => [
      scope,
      make({ claims: { scope } }),
      (line) => line['serviceToken']?.every((wanted) => wanted === scope) ?? false,
    ]),
  ];
}

function makeKeys(): Keys {
  const { privateKey: own, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { own, public: publicKey, foreign: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
}

test('все контракты: допущен тот, кого назвал контракт, остальным 401 и 403', async (t) => {
  const keys = makeKeys();
  const callers = visitors(keys);
  for (const module of MODULES) {
    const { url, file } = await openModule(t, module, keys);
    for (const { operationId, method, path, security } of operationsOf(file)) {
      for (const [name, token, allows] of callers) {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const address = `${url}${path.replaceAll(/\{[^}]+\}/g, randomUUID())}`;
        const { status } = await fetch(address, { method, headers });
        const told = `${module} ${operationId} для «${name}»: ${status}`;
        if (security.length === 0 || (allows !== undefined && security.some(allows))) {
          assert.ok(status !== 401 && status !== 403, told);
        } else {
          assert.equal(status, allows === undefined ? 401 : 403, told);
        }
      }
    }
  }
});
