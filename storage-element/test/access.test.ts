// Кто и куда допущен: обход всех операций контракта со всеми видами токенов. Что не разрешено, то запрещено.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type Element, metadata, newId, startElement } from './start-element.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, readonly string[]>[];
}
interface Walked extends Operation {
  readonly method: string;
  readonly path: string;
}

const METHODS = ['get', 'head', 'put', 'post', 'patch', 'delete'];
const SCOPES = ['files:read', 'files:write', 'storage:read', 'storage:write', 'admin:read', 'admin:write'];

async function walkContract(): Promise<Walked[]> {
  const document = JSON.parse(await readFile(new URL('../api/openapi.gen.json', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) =>
      item[method] ? [{ ...item[method], method: method.toUpperCase(), path: path.replace('{file_id}', newId()) }] : [],
    ),
  );
}

/** Запрос без тела, но с обязательными заголовками: до обработчика он дойти вправе, до отказа по правам — обязан. */
function knock(element: Element, { method, path }: Walked, token: string | null) {
  const headers =
    method === 'PUT'
      ? { 'content-type': 'application/octet-stream', 'artstore-metadata': metadata(), 'content-length': '0' }
      : {};
  return element.call(method, path, { token, headers });
}

test('обход всех операций', async (t) => {
  const element = await startElement(t);
  const operations = await walkContract();
  assert.ok(operations.length >= 18);
  const { tokens, storageId } = element;
  const all = SCOPES.join(' ');
  const seconds = () => Math.floor(Date.now() / 1000);
  const REFUSED: Readonly<Record<string, string | null>> = {
    'без токена': null,
    'не токен': 'abc',
    'alg none': tokens.forged('none', storageId, all),
    'HS256 открытым ключом': tokens.forged('hs256', storageId, all),
    'чужой ключ, приложенный в jwk': tokens.forged('foreign-key', storageId, all),
    'чужой элемент (aud)': tokens.token(newId(), all),
    'общая аудитория artstore': tokens.token('artstore', all),
    'чужой издатель': tokens.token(storageId, all, { iss: 'https://evil.test' }),
    истёкший: tokens.token(storageId, all, { iat: seconds() - 700, exp: seconds() - 60 }),
    'ещё не действует': tokens.token(storageId, all, { nbf: seconds() + 600 }),
    'без exp': tokens.token(storageId, all, { exp: null }),
    'typ JWT': tokens.token(storageId, all, {}, { typ: 'JWT' }),
    'неизвестный kid': tokens.token(storageId, all, {}, { kid: 'x' }),
  };

  for (const operation of operations) {
    await t.test(`${operation.operationId}: ${operation.method} ${operation.path}`, async () => {
      if (operation.security.length === 0) {
        const reply = await knock(element, operation, null);
        assert.equal(reply.status, 200, 'открыта всем');
        return;
      }
      for (const [kind, token] of Object.entries(REFUSED)) {
        const reply = await knock(element, operation, token);
        assert.equal(reply.status, 401, `${kind}: ${reply.bytes.toString()}`);
        assert.match(String(reply.headers['www-authenticate']), /^Bearer/);
        assert.equal(reply.headers['artstore-storage-id'], storageId);
        if (operation.method !== 'HEAD') assert.equal(reply.code(), 'UNAUTHORIZED');
      }
      const needed = operation.security.map((line) => line['serviceToken']);
      for (const scope of ['', ...SCOPES]) {
        const allowed = needed.some((scopes) => scopes?.every((one) => one === scope));
        const reply = await knock(element, operation, element.token(scope));
        assert.equal(reply.status === 403, !allowed, `${scope || 'без прав'} → ${reply.status}`);
        assert.notEqual(reply.status, 401);
      }
      const user = tokens.token(storageId, '', {
        role: 'admin',
        username: 'root',
        uid: newId(),
        scope: null,
        scopes: null,
      });
      assert.equal((await knock(element, operation, user)).status, 403, 'роль человека здесь ничего не даёт');
    });
  }

  await t.test('неизвестный путь и чужой метод — 404 в единой форме и с именем элемента', async () => {
    for (const [method, path] of [
      ['GET', '/nope'],
      ['GET', '/api/v1/files/x/nope'],
      ['POST', '/api/v1/files'],
      ['DELETE', '/api/v1/info'],
    ] as const) {
      const reply = await element.call(method, path);
      assert.deepEqual([reply.status, reply.code()], [404, 'NOT_FOUND'], `${method} ${path}`);
      assert.equal(reply.headers['artstore-storage-id'], storageId);
    }
  });
});
