// Соединения: ответ раньше тела, приглашение слать тело, медленные и уходящие клиенты, битый HTTP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { ArtError } from '@artstore/contracts';
import { waitUntil } from '@artstore/testing';
import type { UntypedHandler } from '../src/bind-operation.ts';
import { stateOf } from '../src/app-state.ts';
import { type Example, openExample } from './open-example.ts';
import { bodyOf, exchangeRaw, openRaw, readRaw } from './raw-http.ts';

const GIB = 1024 ** 3;

function putHead(headers: Record<string, string | number>): string {
  const lines = Object.entries({
    Host: 'x',
    'Artstore-Metadata': 'm',
    'Content-Type': 'application/octet-stream',
    ...headers,
  });
  return `PUT /api/v1/things/a HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
}

const ALLOWED = { Authorization: 'Bearer files:read,files:write' };

function codeOf(body: unknown): string {
  return (body as { error: { code: string } }).error.code;
}

test('401 приходит по заголовкам: гигабайт обещан, ни одного байта не прислано', async (t) => {
  const { port } = await openExample(t);
  const reply = await exchangeRaw(port, putHead({ 'Content-Length': GIB }));
  assert.match(reply.text, /^HTTP\/1\.1 401 /);
  assert.match(reply.text, /connection: close/i);
  assert.ok(reply.elapsedMs < 1_000);
});

test('отказ по заголовкам виден клиенту, который уже шлёт тело: ответ, а не обрыв', async (t) => {
  const { port } = await openExample(t);
  const socket = await openRaw(port, putHead({ 'Content-Length': GIB }));
  const sending = setInterval(() => socket.write(Buffer.alloc(32 * 1024)), 5);
  t.after(() => clearInterval(sending));
  const reply = await readRaw(socket);
  assert.match(reply.text, /^HTTP\/1\.1 401 /);
  assert.equal(reply.error, undefined);
  assert.equal(codeOf(bodyOf(reply)), 'UNAUTHORIZED');
});

test('тот, кто и после ответа шлёт без конца, теряет соединение в пределах байт и времени', async (t) => {
  const { port, app } = await openExample(t);
  const socket = await openRaw(port, putHead({ 'Content-Length': GIB }));
  const source = Readable.from(endless());
  source.pipe(socket);
  socket.on('close', () => source.destroy());
  const startedMs = performance.now();
  await new Promise((resolve) => socket.once('close', resolve));
  assert.ok(performance.now() - startedMs < 5_000);
  await waitUntil('запросов нет', () => (stateOf(app)?.exchanges.size ?? 1) === 0);
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024);
}

test('обработчик, который упал посреди тела, отвечает клиенту, даже если уничтожил поток', async (t) => {
  const failing = new Writable({
    highWaterMark: 1024,
    write: (_chunk, _encoding, done) => done(new ArtError('STORAGE_FULL')),
  });
  const { port } = await openExample(t, {
    putThing: async ({ raw }) => {
      await pipeline(raw, failing);
      return { status: 201, body: {} };
    },
  });
  const socket = await openRaw(port, putHead({ ...ALLOWED, 'Content-Length': 50_000_000 }));
  const body = Readable.from(endless());
  body.pipe(socket);
  t.after(() => body.destroy());
  const reply = await readRaw(socket);
  assert.match(reply.text, /^HTTP\/1\.1 507 /);
  assert.equal(codeOf(bodyOf(reply)), 'STORAGE_FULL');
});

test('обработчик, который ответил, не дочитав, отвечает клиенту', async (t) => {
  const { url } = await openExample(t, {
    putThing: async ({ raw }) => {
      await once(raw, 'readable');
      raw.read();
      return { status: 201, body: { early: true } };
    },
  });
  const headers = {
    authorization: ALLOWED.Authorization,
    'artstore-metadata': 'm',
    'content-type': 'application/octet-stream',
  };
  const response = await fetch(`${url}/api/v1/things/a`, { method: 'PUT', body: Buffer.alloc(700_000), headers });
  assert.deepEqual([response.status, await response.json()], [201, { early: true }]);
});

test('непрочитанное, но целиком пришедшее тело не мешает следующему запросу в том же соединении', async (t) => {
  const { port } = await openExample(t);
  const small = `${putHead({ 'Content-Length': 3 })}abc`;
  const reply = await exchangeRaw(port, `${small}GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  assert.match(reply.text, /^HTTP\/1\.1 401 [\s\S]*HTTP\/1\.1 200 /);
});

test('короткое тело, прочитанное не до конца, не портит соединение', async (t) => {
  const { port } = await openExample(t, {
    putThing: async ({ raw }) => {
      await once(raw, 'readable');
      raw.read(1);
      return { status: 201, body: {} };
    },
  });
  const socket = await openRaw(port, `${putHead({ ...ALLOWED, 'Content-Length': 30_000 })}${'a'.repeat(10_000)}`);
  await readRaw(socket, /^HTTP\/1\.1 201 /);
  socket.write(`${'a'.repeat(20_000)}GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  assert.match((await readRaw(socket)).text, /HTTP\/1\.1 200 /);
});

test('Expect: 100-continue — приглашения нет, пока обработчик не читает', async (t) => {
  const { port } = await openExample(t, {
    putThing: async () => {
      throw new ArtError('STORAGE_FULL');
    },
  });
  const expect = { Expect: '100-continue', 'Content-Length': GIB };
  const refused = await exchangeRaw(port, putHead(expect));
  assert.match(refused.text, /^HTTP\/1\.1 401 /);
  const full = await exchangeRaw(port, putHead({ ...ALLOWED, ...expect }));
  assert.match(full.text, /^HTTP\/1\.1 507 /);
  assert.doesNotMatch(refused.text + full.text, /100 Continue/);
});

test('Expect: 100-continue — приглашение приходит, когда обработчик читает, и тело доходит', async (t) => {
  const { port } = await openExample(t);
  const socket = await openRaw(
    port,
    putHead({ ...ALLOWED, Expect: '100-continue', 'Content-Length': 5, Connection: 'close' }),
  );
  const invited = await readRaw(socket, /100 Continue/);
  assert.match(invited.text, /^HTTP\/1\.1 100 Continue/);
  socket.write('hello');
  assert.deepEqual(bodyOf(await readRaw(socket)), { bytes: 5 });
});

test('Expect: 100-continue у JSON: слишком большое тело отвергнуто до приглашения', async (t) => {
  const { port } = await openExample(t, {}, { limits: { jsonBytesMax: 100 } });
  const head = [
    'POST /api/v1/things HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    'Authorization: Bearer files:write',
  ];
  const reply = await exchangeRaw(port, [...head, 'Content-Length: 1000', 'Expect: 100-continue', '', ''].join('\r\n'));
  assert.match(reply.text, /^HTTP\/1\.1 413 /);
});

test('клиент, который тянет с заголовками, получает 408 и освобождает соединение', async (t) => {
  const { port, app } = await openExample(t, {}, { limits: { headersTimeoutMs: 300 } });
  const reply = await exchangeRaw(port, 'GET /health/live HTTP/1.1\r\nHost: x\r\n');
  assert.match(reply.text, /^HTTP\/1\.1 408 /);
  assert.equal(codeOf(bodyOf(reply)), 'VALIDATION_ERROR');
  assert.ok(reply.elapsedMs < 3_000);
  await waitUntil('соединений нет', async () => (await connections(app)) === 0);
});

test('тот, кто и после 408 не закрывается, теряет соединение', async (t) => {
  const { port, app } = await openExample(t, {}, { limits: { headersTimeoutMs: 200 } });
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\n');
  await waitUntil('соединение есть', async () => (await connections(app)) === 1);
  await waitUntil('соединений нет', async () => (await connections(app)) === 0);
});

async function connections(app: Example['app']): Promise<number> {
  return await new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

test('тело, которое замолчало, отвергается, соединение освобождается', async (t) => {
  const { port, app } = await openExample(t, {}, { limits: { idleTimeoutMs: 300 } });
  const socket = await openRaw(port, `${putHead({ ...ALLOWED, 'Content-Length': 1000 })}abc`);
  const reply = await readRaw(socket);
  assert.match(reply.text, /^HTTP\/1\.1 400 /);
  assert.match(reply.text, /too slowly/);
  socket.destroy();
  await waitUntil('соединений нет', async () => (await connections(app)) === 0);
});

test('тело по капле отвергается по средней скорости, хотя никогда не молчит', async (t) => {
  const { port } = await openExample(t, {}, { limits: { rateWindowMs: 600, minBytesPerSecond: 1_000 } });
  const socket = await openRaw(port, putHead({ ...ALLOWED, 'Content-Length': GIB }));
  const drip = setInterval(() => socket.write('x'), 20);
  t.after(() => clearInterval(drip));
  const reply = await readRaw(socket);
  assert.match(reply.text, /^HTTP\/1\.1 400 [\s\S]*too slowly/);
});

test('пока медлит сам обработчик, клиент не виноват', async (t) => {
  const { url } = await openExample(
    t,
    {
      putThing: async ({ raw }) => {
        await new Promise((resolve) => setTimeout(resolve, 900));
        let bytes = 0;
        for await (const chunk of raw) bytes += (chunk as Buffer).length;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return { status: 201, body: { bytes } };
      },
    },
    { limits: { idleTimeoutMs: 200, rateWindowMs: 300, minBytesPerSecond: 1_000 } },
  );
  const headers = {
    authorization: ALLOWED.Authorization,
    'artstore-metadata': 'm',
    'content-type': 'application/octet-stream',
  };
  const response = await fetch(`${url}/api/v1/things/a`, { method: 'PUT', body: Buffer.alloc(1_000_000), headers });
  assert.deepEqual(await response.json(), { bytes: 1_000_000 });
});

test('клиент, который перестал читать ответ, теряет соединение, источник закрывается', async (t) => {
  const source = Readable.from(endless(), { highWaterMark: 1 });
  const { port } = await openExample(
    t,
    { readContent: async () => ({ status: 200, body: source }) },
    { limits: { idleTimeoutMs: 300 } },
  );
  const socket = await openRaw(port, 'GET /api/v1/things/a/content HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  t.after(() => socket.destroy());
  await once(source, 'close');
});

test('уход клиента посреди ответа закрывает источник и срабатывает сигнал', async (t) => {
  const source = new PassThrough();
  let signal: AbortSignal | undefined;
  const { url, app } = await openExample(t, {
    readContent: async (call) => {
      signal = call.signal;
      source.write('начало');
      return { status: 200, body: source };
    },
  });
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/things/a/content`, { signal: abort.signal });
  assert.equal(response.status, 200);
  assert.equal(signal?.aborted, false);
  abort.abort();
  await once(source, 'close');
  assert.equal(signal?.aborted, true);
  assert.equal(stateOf(app)?.exchanges.size, 0);
});

test('после полного ответа сигнал не срабатывает', async (t) => {
  let signal: AbortSignal | undefined;
  const listThings: UntypedHandler = async (call) => {
    signal = call.signal;
    return { status: 200, body: {} };
  };
  const { port } = await openExample(t, { listThings });
  await exchangeRaw(port, 'GET /api/v1/things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.equal(signal?.aborted, false);
});

test('уход клиента посреди тела: обработчик узнаёт, ошибкой службы это не считается', async (t) => {
  const outcome = Promise.withResolvers<unknown>();
  const { port, app, records } = await openExample(t, {
    putThing: async ({ raw, signal }) => {
      try {
        for await (const _chunk of raw);
      } catch (error) {
        outcome.resolve(signal.aborted);
        throw error;
      }
      return { status: 201, body: {} };
    },
  });
  const socket = await openRaw(port, `${putHead({ ...ALLOWED, 'Content-Length': 1000 })}abc`);
  setTimeout(() => socket.resetAndDestroy(), 50);
  assert.equal(await outcome.promise, true);
  await waitUntil('запросов нет', () => stateOf(app)?.exchanges.size === 0);
  await waitUntil('запись в журнале', () => records.some(({ event }) => event === 'request_abandoned'));
  assert.deepEqual(
    records.filter(({ level }) => Number(level) >= 40),
    [],
  );
});

test('клиент, который кончил раньше обещанной длины, получает ошибку запроса', async (t) => {
  const { port } = await openExample(t);
  const socket = await openRaw(port, `${putHead({ ...ALLOWED, 'Content-Length': 1000 })}abc`);
  setTimeout(() => socket.end(), 50);
  const reply = await readRaw(socket);
  assert.match(reply.text, /^HTTP\/1\.1 400 /);
  assert.equal(codeOf(bodyOf(reply)), 'VALIDATION_ERROR');
});

test('источник, который упал после начала ответа, обрывает его, а не кончает', async (t) => {
  const { url } = await openExample(t, {
    readContent: async () => {
      const source = new PassThrough();
      source.write('половина');
      setTimeout(() => source.destroy(new Error('диск')), 30);
      return { status: 200, body: source };
    },
  });
  const response = await fetch(`${url}/api/v1/things/a/content`);
  await assert.rejects(response.text());
});

test('источник, который упал до первого байта, становится ошибкой единой формы', async (t) => {
  const { url } = await openExample(t, {
    readContent: async () => ({
      status: 200,
      headers: { 'content-length': '1000', etag: '"x"' },
      body: new Readable({ read: () => undefined, construct: (done) => done(new ArtError('SE_UNAVAILABLE')) }),
    }),
  });
  const response = await fetch(`${url}/api/v1/things/a/content`);
  assert.equal(response.status, 502);
  assert.equal(codeOf(await response.json()), 'SE_UNAVAILABLE');
});

const MALFORMED: [string, string, RegExp][] = [
  ['мусор вместо запроса', 'ЫЫЫ\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['TLS на порту HTTP', '\x16\x03\x01\x02\x00', /^HTTP\/1\.1 400 /],
  ['нет Host', 'GET /health/live HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  [
    'длина и chunked вместе',
    `${putHead({ 'Content-Length': 3, 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`,
    /^HTTP\/1\.1 400 /,
  ],
  [
    'две разные длины',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    /^HTTP\/1\.1 400 /,
  ],
  ['длина — не число', putHead({ 'Content-Length': 'abc' }), /^HTTP\/1\.1 400 /],
  ['заголовки больше предела', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
];

for (const [what, bytes, expected] of MALFORMED) {
  test(`битый HTTP получает ответ в единой форме и не роняет службу: ${what}`, async (t) => {
    const { port, url } = await openExample(t);
    const reply = await exchangeRaw(port, Buffer.from(bytes, 'latin1'));
    assert.match(reply.text, expected);
    assert.equal(reply.error, undefined);
    if (/request_id/.test(reply.text)) assert.equal(codeOf(bodyOf(reply)), 'VALIDATION_ERROR');
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
  });
}

test('битые куски chunked посреди тела — ошибка запроса, ответ доходит', async (t) => {
  const { port } = await openExample(t);
  const socket = await openRaw(port, `${putHead({ ...ALLOWED, 'Transfer-Encoding': 'chunked' })}3\r\nabc\r\n`);
  setTimeout(() => socket.write('zz\r\n'), 50);
  const reply = await readRaw(socket);
  assert.match(reply.text, /^HTTP\/1\.1 400 /);
  assert.equal(codeOf(bodyOf(reply)), 'VALIDATION_ERROR');
});

test('тело, испорченное, пока его никто не читает, не роняет процесс', async (t) => {
  const { port, url } = await openExample(t, {
    putThing: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { status: 201, body: { aborted: signal.aborted } };
    },
  });
  const socket = await openRaw(port, putHead({ ...ALLOWED, 'Transfer-Encoding': 'chunked' }));
  setTimeout(() => socket.write('zz\r\n'), 50);
  assert.match((await readRaw(socket)).text, /^HTTP\/1\.1 201 /);
  assert.equal((await fetch(`${url}/health/live`)).status, 200);
});

test('лишние байты после тела не отнимают ответа на сам запрос', async (t) => {
  const { port } = await openExample(t);
  const reply = await exchangeRaw(port, `${putHead({ ...ALLOWED, 'Content-Length': 3 })}abcdefghij`);
  assert.match(reply.text, /^HTTP\/1\.1 201 /);
  assert.equal(reply.closed, true);
});

test('соединений не больше предела', async (t) => {
  const { port } = await openExample(t, {}, { limits: { connectionsMax: 2 } });
  const held = [await openRaw(port, ''), await openRaw(port, '')];
  t.after(() => held.forEach((socket) => socket.destroy()));
  const extra = await exchangeRaw(port, 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => ({ text: '' }));
  assert.equal(extra.text, '');
});

test('сто прерванных загрузок не оставляют ни запросов, ни соединений', async (t) => {
  const { port, app } = await openExample(t);
  await Promise.all(Array.from({ length: 100 }, (_, index) => abortUpload(t, port, index)));
  await waitUntil(
    'ничего не осталось',
    async () => stateOf(app)?.exchanges.size === 0 && (await connections(app)) === 0,
  );
});

async function abortUpload(t: TestContext, port: number, index: number): Promise<void> {
  const headers = { ...ALLOWED, 'Artstore-Metadata': 'm', 'Content-Type': 'application/octet-stream' };
  const upload = request({ port, host: '127.0.0.1', method: 'PUT', path: '/api/v1/things/a', headers });
  t.after(() => upload.destroy());
  upload.on('error', () => undefined);
  upload.write(Buffer.alloc(1000 * index));
  await new Promise((resolve) => setTimeout(resolve, index % 20));
  upload.destroy();
}
