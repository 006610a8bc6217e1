// Контракт и запросы: что доходит до обработчика, что нет, и какими словами отказано.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { ArtError } from '@artstore/contracts';
import { temporaryDirectory } from '@artstore/testing';
import { createApp } from '../index.ts';
import { CONTRACT_FILE, HANDLERS, exampleOptions, memoryLog, openExample } from './open-example.ts';

interface Failure {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: { field: string; message: string }[];
    readonly request_id: string;
  };
}

// Тело ответа примера известно тесту, но не компилятору.
// oxlint-disable-next-line typescript/no-explicit-any
type Body = any;

async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; body: Body }> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', authorization: 'Bearer files:write', ...headers },
});

function fields({ error }: Failure): string[] {
  return (error.details ?? []).map(({ field }) => field);
}

test('параметры приходят обработчику разобранными по объявленному типу, с умолчаниями', async (t) => {
  const { url } = await openExample(t);
  const { body } = await ask(`${url}/api/v1/things?tag=a&tag=b&sizes=1,2&exact=true&ratio=-1.5e2&mode=b`);
  assert.deepEqual(body.query, { limit: 100, tag: ['a', 'b'], sizes: [1, 2], exact: true, ratio: -150, mode: 'b' });
  assert.deepEqual((await ask(`${url}/api/v1/things?limit=7&tag=a`)).body.query, { limit: 7, tag: ['a'] });
});

const BAD_QUERIES: Readonly<Record<string, string>> = {
  'limit=0': 'query.limit',
  'limit=1001': 'query.limit',
  'limit=-1': 'query.limit',
  'limit=abc': 'query.limit',
  'limit=1.5': 'query.limit',
  'limit=': 'query.limit',
  'limit=0x10': 'query.limit',
  'limit=9007199254740993': 'query.limit',
  'limit=1&limit=2': 'query.limit',
  'exact=1': 'query.exact',
  'exact=TRUE': 'query.exact',
  'mode=c': 'query.mode',
  'ratio=1e999': 'query.ratio',
  'ratio=NaN': 'query.ratio',
  'tag=a&tag=b&tag=c&tag=d': 'query.tag',
  'tag=': 'query.tag[0]',
  'sizes=1,x': 'query.sizes[1]',
  'limt=5': 'query.limt',
  '__proto__=1': 'query.__proto__',
};

test('негодные и неизвестные параметры — VALIDATION_ERROR с именем параметра', async (t) => {
  const { url } = await openExample(t);
  for (const [query, field] of Object.entries(BAD_QUERIES)) {
    const { status, body } = await ask(`${url}/api/v1/things?${query}`);
    assert.deepEqual([query, status, body.error.code, fields(body)], [query, 400, 'VALIDATION_ERROR', [field]]);
  }
});

test('параметр пути проверяется схемой', async (t) => {
  const { url } = await openExample(t);
  const { status, body } = await ask(`${url}/api/v1/things/%D0%96`, {
    headers: { authorization: 'Bearer files:read' },
  });
  assert.equal(status, 400);
  assert.deepEqual(fields(body), ['path.thing_id']);
});

test('заголовки: объявленные приходят строчными именами и своим типом, обязательный требуется', async (t) => {
  const { url } = await openExample(t, {
    putThing: async ({ headers, raw }) => {
      raw.resume();
      return { status: 201, body: headers };
    },
  });
  const put = (headers: Record<string, string>) =>
    ask(`${url}/api/v1/things/a`, {
      method: 'PUT',
      body: 'x',
      headers: {
        authorization: 'Bearer files:read,files:write',
        'content-type': 'application/octet-stream',
        ...headers,
      },
    });
  assert.deepEqual((await put({ 'Artstore-Metadata': 'abc', 'X-Count': '3' })).body, {
    'artstore-metadata': 'abc',
    'x-count': 3,
  });
  assert.deepEqual(fields((await put({})).body), ['header.artstore-metadata']);
  assert.deepEqual(fields((await put({ 'Artstore-Metadata': 'a', 'X-Count': '0' })).body), ['header.x-count']);
});

test('тело проверяется строго: без приведения типов, без умолчаний, без выбрасывания лишнего', async (t) => {
  const { url } = await openExample(t);
  const good = {
    name: 'Договор',
    count: 0,
    tags: ['a'],
    metadata: { любое: [1, { x: null }] },
    parent: null,
    day: '2026-02-21',
  };
  assert.deepEqual((await ask(`${url}/api/v1/things`, post(good))).body.body, good);
  const bad: [unknown, string[]][] = [
    [{}, ['body.name']],
    [{ name: 'x', extra: 1 }, ['body.extra']],
    [{ name: 5 }, ['body.name']],
    [{ name: 'x', count: '5' }, ['body.count']],
    [{ name: 'x', count: -1, tags: ['', 'b'] }, ['body.count', 'body.tags[0]']],
    [{ name: 'x', tags: ['a', 'a'] }, ['body.tags']],
    [{ name: 'x', day: 'вчера' }, ['body.day']],
    [{ name: 'x', parent: 5 }, ['body.parent']],
    [[], ['body']],
    [null, ['body']],
    ['{"name":"x"', ['body']],
    ['{"name":"x","__proto__":{"admin":true}}', ['body']],
    ['{"name":"x","metadata":{"a":[{"\\u005f_proto__":1}]}}', ['body']],
  ];
  for (const [value, expected] of bad) {
    const { status, body } = await ask(`${url}/api/v1/things`, post(value));
    assert.deepEqual([value, status, fields(body)], [value, 400, expected]);
  }
});

test('тело не в UTF-8, без тела и с чужим типом содержимого не принимается', async (t) => {
  const { url } = await openExample(t);
  const headers = { authorization: 'Bearer files:write' };
  const cases: [RequestInit, string][] = [
    [
      {
        method: 'POST',
        body: Buffer.from([0x22, 0xff, 0x22]),
        headers: { ...headers, 'content-type': 'application/json' },
      },
      'body',
    ],
    [{ method: 'POST', headers }, 'body'],
    [post('x=1', { 'content-type': 'text/plain' }), 'header.content-type'],
    [post({ name: 'x' }, { 'content-type': 'application/json; charset=windows-1251' }), 'header.content-type'],
  ];
  for (const [init, field] of cases) {
    const { status, body } = await ask(`${url}/api/v1/things`, init);
    assert.deepEqual([status, body.error.code, fields(body)], [400, 'VALIDATION_ERROR', [field]]);
  }
});

test('тело у операции без тела — ошибка запроса', async (t) => {
  const { url } = await openExample(t);
  const { status, body } = await ask(`${url}/api/v1/things/a`, {
    method: 'DELETE',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  assert.deepEqual([status, fields(body)], [400, ['body']]);
});

test('слишком большое тело JSON отвергается по объявленной длине и по счёту', async (t) => {
  const { url } = await openExample(t, {}, { limits: { jsonBytesMax: 100 } });
  const big = JSON.stringify({ name: 'x', metadata: { a: 'я'.repeat(100) } });
  assert.equal((await ask(`${url}/api/v1/things`, post(big))).body.error.code, 'FILE_TOO_LARGE');
  const chunked = { ...post(''), body: new Blob([big]).stream(), duplex: 'half' } as RequestInit;
  assert.equal((await ask(`${url}/api/v1/things`, chunked)).status, 413);
});

test('форма и JSON приходят разобранными одинаково, тип содержимого известен обработчику', async (t) => {
  const { url } = await openExample(t);
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'files:read files:write' });
  const form = await ask(`${url}/api/v1/token`, { method: 'POST', body });
  assert.deepEqual(form.body.body, { grant_type: 'client_credentials', scope: 'files:read files:write' });
  assert.equal(form.body.contentType, 'application/x-www-form-urlencoded');
  assert.equal(
    (await ask(`${url}/api/v1/token`, post({ grant_type: 'client_credentials' }))).body.contentType,
    'application/json',
  );
  const repeated = { method: 'POST', body: new URLSearchParams('grant_type=client_credentials&scope=a&scope=b') };
  assert.equal((await ask(`${url}/api/v1/token`, repeated)).status, 400);
});

test('байты и multipart достаются обработчику потоком, не разобранными', async (t) => {
  const { url } = await openExample(t);
  const form = new FormData();
  form.set('file', new Blob(['я'.repeat(5_000_000)]));
  const { status, body } = await ask(`${url}/api/v1/upload`, { method: 'POST', body: form });
  assert.equal(status, 200);
  assert.ok(body.bytes > 10_000_000);
});

test('пустое тело байтового потока законно', async (t) => {
  const { url } = await openExample(t);
  const headers = { authorization: 'Bearer files:read,files:write', 'artstore-metadata': 'x' };
  assert.deepEqual((await ask(`${url}/api/v1/things/a`, { method: 'PUT', headers })).body, { bytes: 0 });
});

const ACCESS: [string, string, string | undefined, number][] = [
  ['GET', '/api/v1/things/a', undefined, 401],
  ['GET', '/api/v1/things/a', 'Bearer files:write', 403],
  ['GET', '/api/v1/things/a', 'Bearer files:read', 200],
  ['GET', '/api/v1/things/a', 'Bearer role:readonly', 200],
  ['GET', '/api/v1/things/a', 'Bearer role:admin', 403],
  ['PUT', '/api/v1/things/a', 'Bearer files:write', 403],
  ['PUT', '/api/v1/things/a', 'Bearer role:admin', 403],
  ['GET', '/api/v1/things', undefined, 200],
  ['GET', '/api/v1/unknown', undefined, 404],
  ['PATCH', '/api/v1/things/a', undefined, 404],
  ['GET', '/API/v1/things', undefined, 404],
  ['HEAD', '/api/v1/things', undefined, 404],
];

test('доступ — по строкам security: права строки нужны вместе, строки соединены «или»', async (t) => {
  const { url } = await openExample(t);
  for (const [method, path, authorization, expected] of ACCESS) {
    const response = await fetch(url + path, { method, headers: authorization === undefined ? {} : { authorization } });
    await response.body?.cancel();
    assert.deepEqual([method, path, authorization, response.status], [method, path, authorization, expected]);
    if (expected === 401) assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
  }
});

test('ответы: HEAD без тела, 204 без тела, свои заголовки', async (t) => {
  const { url } = await openExample(t);
  const head = await fetch(`${url}/api/v1/things/a/content`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length'), head.headers.get('etag')], [200, '5', '"x"']);
  const gone = await fetch(`${url}/api/v1/things/a`, { method: 'DELETE' });
  assert.deepEqual([gone.status, await gone.text()], [204, '']);
  assert.equal((await fetch(`${url}/api/v1/things/a/content`)).headers.get('content-type'), 'application/octet-stream');
});

test('язык ошибки — по Accept-Language, английский, когда неясно', async (t) => {
  const { url } = await openExample(t);
  const messageIn = async (language: string) =>
    (await ask(`${url}/api/v1/things?limit=0`, { headers: { 'accept-language': language } })).body.error;
  const russian = await messageIn('ru-RU,ru;q=0.9,en;q=0.8');
  assert.equal(russian.message, 'Запрос заполнен неверно.');
  assert.deepEqual(russian.details, [{ field: 'query.limit', message: 'не меньше 1' }]);
  assert.equal((await messageIn('de, en;q=0.5, ru;q=0.4')).message, 'The request is not valid.');
  assert.equal((await messageIn('de')).message, 'The request is not valid.');
});

test('ошибка таблицы несёт свои заголовки, Retry-After и подробности', async (t) => {
  const { url } = await openExample(t, {
    getThing: async () => {
      throw new ArtError('ACCOUNT_LOCKED', { retryAfterSeconds: 12.3, fileId: 'f', headers: { 'x-extra': '1' } });
    },
  });
  const { status, headers, body } = await ask(`${url}/api/v1/things/a`, {
    headers: { authorization: 'Bearer files:read' },
  });
  assert.deepEqual(
    [status, headers.get('retry-after'), headers.get('x-extra'), body.error.file_id],
    [423, '13', '1', 'f'],
  );
});

test('неизвестная ошибка: клиент видит только номер запроса, журнал — причину, один раз', async (t) => {
  const { url, records } = await openExample(t, {
    listThings: async () => {
      throw new TypeError('пароль hunter2 в /var/lib/artstore');
    },
  });
  const { status, headers, body } = await ask(`${url}/api/v1/things`, { headers: { 'x-request-id': 'my-id.1' } });
  assert.equal(status, 500);
  assert.deepEqual(body, { error: { code: 'INTERNAL_ERROR', message: 'Internal error.', request_id: 'my-id.1' } });
  assert.equal(headers.get('x-request-id'), 'my-id.1');
  const errors = records.filter(({ level }) => Number(level) >= 50);
  assert.equal(errors.length, 1);
  assert.match(JSON.stringify(errors[0]), /hunter2.*open-example|hunter2.*bind-operations/);
});

test('чужой статус у ошибки обработчика доверия не вызывает', async (t) => {
  const { url } = await openExample(t, {
    listThings: async () => {
      throw Object.assign(new Error('teapot'), { statusCode: 418, code: 'E_TEA' });
    },
  });
  assert.equal((await ask(`${url}/api/v1/things`)).status, 500);
});

test('негодный X-Request-Id заменяется своим', async (t) => {
  const { url } = await openExample(t);
  for (const id of ['a b', 'x'.repeat(129), '"><script>']) {
    const { headers } = await ask(`${url}/health/live`, { headers: { 'x-request-id': id } });
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  }
});

test('битый адрес — ошибка запроса в единой форме', async (t) => {
  const { url } = await openExample(t);
  const { status, body } = await ask(`${url}/api/v1/things/%zz`);
  assert.deepEqual([status, body.error.code, typeof body.error.request_id], [400, 'VALIDATION_ERROR', 'string']);
});

test('сверка ответов: обещанное проходит, остальное — внутренняя ошибка с объяснением в журнале', async (t) => {
  const answers = [
    { status: 200, body: {} },
    { status: 299, body: {} },
    { status: 200, body: [] },
  ];
  const { url, records } = await openExample(
    t,
    { listThings: async () => answers.shift() ?? { status: 200 } },
    { checkAnswers: true },
  );
  const statuses: number[] = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await ask(`${url}/api/v1/things`)).status);
  assert.deepEqual(statuses, [200, 500, 500]);
  assert.match(JSON.stringify(records), /статуса 299 нет в контракте[\s\S]*ответ 200 не по контракту/);
});

test('приложение не поднимается, если контракт и обработчики разошлись; названы все расхождения', async (t) => {
  const folder = await temporaryDirectory(t);
  const contract = JSON.parse(await readFile(CONTRACT_FILE, 'utf8'));
  delete contract.paths['/api/v1/token'].post.security;
  contract.paths['/api/v1/upload'].post.operationId = 'listThings';
  contract.paths['/api/v1/things'].post.security = [{ serviceToken: ['files:fly'] }];
  const file = join(folder, 'contract.json');
  await writeFile(file, JSON.stringify(contract));
  const { getThing: _left, ...rest } = HANDLERS;
  const operations = { ...rest, flyAway: async () => ({ status: 200 }) } as never;
  const { log } = memoryLog();
  await assert.rejects(
    createApp(exampleOptions(log, { contract: pathToFileURL(file), operations })),
    (error: Error) => {
      for (const fault of [
        'exchangeToken: в контракте нет security',
        'listThings: в контракте две операции',
        'createThing: непонятная строка security',
        'getThing: нет обработчика',
        'flyAway: нет операции',
        'uploadForm: нет операции',
      ]) {
        assert.ok(error.message.includes(fault), `${fault} — нет в «${error.message}»`);
      }
      return true;
    },
  );
});
