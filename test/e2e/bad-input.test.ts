// Плохой ввод: верный код в единой форме, ничего не осталось на диске, ничего не утекло, никто не упал.

import assert from 'node:assert/strict';
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { contentOf, generatedContent } from './lib/content.ts';
import { BOUNDARY, buildForm, type Form } from './lib/multipart.ts';
import { useStand } from './lib/use-stand.ts';

const TOKEN_SECONDS = 10;
/** Столько часы соседей могут расходиться: на столько же токен принимают и после срока. */
const SKEW_SECONDS = 5;
const stand = useStand({ env: { IM_MAX_FILE_SIZE: '8MiB', AM_TOKEN_TTL: `${TOKEN_SECONDS}s` } });

/** Чего клиент видеть не должен: имена, адреса и идентификаторы элементов хранения. */
const secrets: string[] = [];

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly text: string;
}

/** Отправляет тело как есть и проверяет единую форму ошибки и отсутствие внутренних подробностей. */
async function send(body: Form | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { caller } = stand();
  const isForm = !Buffer.isBuffer(body);
  const answer = await request(`${caller.stand.urls.ingester}/api/v1/files/upload`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await caller.token()}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      ...(isForm ? { 'content-length': String(body.bytes) } : {}),
      ...headers,
    },
    body: isForm ? body.stream() : body,
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, code: checkErrorForm(answer.statusCode, text), text };
}

function checkErrorForm(status: number, text: string): string {
  assert.doesNotMatch(
    text,
    /https?:|127\.0\.0\.1|localhost|\.attr\.json|staging|elements\/|node_modules|at .*\.ts:/,
    `утечка: ${text}`,
  );
  for (const secret of secrets) assert.ok(!text.includes(secret), `утечка ${secret}: ${text}`);
  if (status < 400) return '';
  const body: { error: { code: string; message: string } } = JSON.parse(text);
  assert.deepEqual(Object.keys(body), ['error']);
  assert.ok(body.error.message.length > 0);
  return body.error.code;
}

/** Имена всех файлов, какие лежат у элементов хранения, кроме журнала и указателя. */
async function storedFiles(): Promise<string[]> {
  const elements = join(stand().launched.home, 'elements');
  const names = await readdir(elements, { recursive: true });
  return names
    .filter((name) => /\/(files|staging)\/.+\.(bin|attr\.json|part|tmp)$|\/staging\/[^/]+$/.test(name))
    .toSorted();
}

const small = contentOf(Buffer.from('содержимое'));
const file = { filename: 'a.txt', content: small };

let early: { readonly token: string; readonly takenAt: number } | undefined;
test('токен на короткий срок выдан, секреты элементов известны', async () => {
  const { caller } = stand();
  early = { token: await caller.token(), takenAt: performance.now() };
  for (const [name, url] of Object.entries(caller.stand.urls.elements)) {
    const info: { storage_id: string } = JSON.parse((await caller.get(`${url}/api/v1/info`)).text);
    secrets.push(name, info.storage_id, `:${new URL(url).port}`);
  }
  assert.equal(new Set(secrets).size, 6);
});

test('без токена, с испорченным, чужим и не тем токеном — 401 или 403, тело не читается', async () => {
  const { caller } = stand();
  const form = buildForm({}, [file]);
  const foreign = foreignToken();
  const cases: readonly (readonly [string, Record<string, string>, number, string])[] = [
    ['нет токена', { authorization: '' }, 401, 'UNAUTHORIZED'],
    ['не Bearer', { authorization: 'Basic YTpi' }, 401, 'UNAUTHORIZED'],
    ['мусор', { authorization: 'Bearer a.b.c' }, 401, 'UNAUTHORIZED'],
    ['чужой ключ', { authorization: `Bearer ${foreign}` }, 401, 'UNAUTHORIZED'],
    ['alg none', { authorization: `Bearer ${unsignedToken(await caller.token())}` }, 401, 'UNAUTHORIZED'],
    ['не то право', { authorization: `Bearer ${await caller.token('files:read')}` }, 403, 'FORBIDDEN'],
  ];
  for (const [title, headers, status, code] of cases) {
    const answer = await send(form, headers);
    assert.deepEqual([answer.status, answer.code], [status, code], `${title}: ${answer.text}`);
  }
});

function unsignedToken(token: string): string {
  const [, claims] = token.split('.');
  return `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${claims}.`;
}

function foreignToken(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const { admin } = stand().caller.stand.urls;
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: admin,
    aud: 'artstore',
    sub: 'x',
    client_id: 'x',
    scope: 'files:write',
    iat: now,
    exp: now + 600,
    jti: 'x',
  };
  const text = `${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'чужой' })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), createPrivateKey(privateKey)).toString('base64url')}`;
}

test('неверные поля формы — VALIDATION_ERROR, и ничего не сохранено', async () => {
  const before = await storedFiles();
  const deep = JSON.stringify({ a: { b: { c: { d: { e: { f: 1 } } } } } });
  const cases: readonly (readonly [string, Form])[] = [
    ['нет части с файлом', buildForm({ description: 'x' }, [])],
    ['два файла', buildForm({}, [file, file])],
    ['файл под чужим именем', buildForm({}, [{ ...file, field: 'document' }])],
    ['незнакомое поле', buildForm({ colour: 'red' }, [file])],
    ['метки не JSON', buildForm({ tags: 'договор, 2026' }, [file])],
    ['метки не массив', buildForm({ tags: '{"a":1}' }, [file])],
    ['метаданные не объект', buildForm({ metadata: '[1]' }, [file])],
    ['метаданные слишком глубоки', buildForm({ metadata: deep }, [file])],
    ['метаданные слишком велики', buildForm({ metadata: JSON.stringify({ a: 'x'.repeat(9000) }) }, [file])],
    ['срок 0', buildForm({ ttl_days: '0' }, [file])],
    ['срок 366', buildForm({ ttl_days: '366' }, [file])],
    ['срок не число', buildForm({ ttl_days: '1e2' }, [file])],
    ['срок у постоянного', buildForm({ retention_policy: 'permanent', ttl_days: '5' }, [file])],
    ['незнакомая политика', buildForm({ retention_policy: 'forever' }, [file])],
    ['длинное описание', buildForm({ description: 'я'.repeat(1001) }, [file])],
    ['имя длиннее 255 байт', buildForm({}, [{ ...file, filename: `${'ы'.repeat(128)}.t` }])],
    ['имя — путь', buildForm({}, [{ ...file, filename: '../../etc/passwd' }])],
    ['имя с NUL', buildForm({}, [{ ...file, filename: 'a\0b.txt' }])],
    ['имя с управлением направлением', buildForm({}, [{ ...file, filename: 'a\u202efdp.exe' }])],
  ];
  for (const [title, form] of cases) {
    const answer = await send(form);
    assert.deepEqual([answer.status, answer.code], [400, 'VALIDATION_ERROR'], `${title}: ${answer.text}`);
  }
  assert.deepEqual(await storedFiles(), before);
});

test('испорченная форма — VALIDATION_ERROR', async () => {
  const whole = await new Response(buildForm({}, [file]).stream() as never).arrayBuffer();
  const bytes = Buffer.from(whole);
  const cases: readonly (readonly [string, Buffer, Record<string, string>])[] = [
    ['нет закрывающей границы', bytes.subarray(0, -8), {}],
    ['тело не форма', Buffer.from('hello'), {}],
    ['пустое тело', Buffer.alloc(0), {}],
    ['нет boundary', bytes, { 'content-type': 'multipart/form-data' }],
    ['чужой boundary', bytes, { 'content-type': 'multipart/form-data; boundary=zzz' }],
    ['длинный boundary', bytes, { 'content-type': `multipart/form-data; boundary=${'z'.repeat(71)}` }],
  ];
  for (const [title, body, headers] of cases) {
    const answer = await send(body, headers);
    assert.deepEqual([answer.status, answer.code], [400, 'VALIDATION_ERROR'], `${title}: ${answer.text}`);
  }
  const wrongType = await send(Buffer.from('{}'), { 'content-type': 'application/json' });
  assert.ok([400, 415].includes(wrongType.status), wrongType.text);
});

test('сумма не та — CHECKSUM_MISMATCH, файла нет', async () => {
  const before = await storedFiles();
  const wrong = createHash('sha256').update('другое').digest('base64');
  const answer = await send(buildForm({}, [file]), { 'repr-digest': `sha-256=:${wrong}:` });
  assert.deepEqual([answer.status, answer.code], [422, 'CHECKSUM_MISMATCH'], answer.text);
  const large = await send(buildForm({}, [{ filename: 'b.bin', content: generatedContent('digest', 2 ** 20) }]), {
    'repr-digest': `sha-256=:${wrong}:`,
  });
  assert.deepEqual([large.status, large.code], [422, 'CHECKSUM_MISMATCH'], large.text);
  assert.deepEqual(await storedFiles(), before);
});

test('больше предела — FILE_TOO_LARGE: по Content-Length сразу, без него — по счёту', async () => {
  const before = await storedFiles();
  const form = buildForm({}, [{ filename: 'big.bin', content: generatedContent('big', 9 * 2 ** 20) }]);
  const declared = await rawUpload({ 'content-length': String(form.bytes) }, [], 'keep-open');
  assert.deepEqual([declared.status, declared.code], [413, 'FILE_TOO_LARGE']);
  const chunked = await rawUpload({ 'transfer-encoding': 'chunked' }, chunks(form), 'half-close');
  assert.deepEqual([chunked.status, chunked.code], [413, 'FILE_TOO_LARGE']);
  await settled();
  assert.deepEqual(await storedFiles(), before);
});

async function* chunks(form: Form): AsyncGenerator<Buffer> {
  for await (const part of form.stream()) {
    const piece = Buffer.from(part);
    yield Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  }
  yield Buffer.from('0\r\n\r\n');
}

/** Сырой запрос: можно солгать о длине, оборвать на любом байте и не закрывать соединение. */
async function rawUpload(
  headers: Readonly<Record<string, string>>,
  body: Iterable<Buffer> | AsyncIterable<Buffer>,
  ending: 'half-close' | 'keep-open' | 'abort',
): Promise<Answer> {
  const { caller } = stand();
  const { hostname, port } = new URL(caller.stand.urls.ingester);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const received: Buffer[] = [];
  const bytes = (): Buffer => Buffer.concat(received);
  socket.on('data', (part: Buffer) => received.push(part));
  const lines = [
    'POST /api/v1/files/upload HTTP/1.1',
    `Host: ${hostname}:${port}`,
    `Authorization: Bearer ${await caller.token()}`,
    ...(headers['content-type'] === undefined ? [`Content-Type: multipart/form-data; boundary=${BOUNDARY}`] : []),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  for await (const part of body) {
    if (socket.destroyed || received.length > 0) break;
    if (!socket.write(part)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
  }
  if (ending === 'abort') {
    socket.destroy();
    return NO_ANSWER;
  }
  if (ending === 'half-close') socket.end();
  const deadline = performance.now() + 15_000;
  let answer = parseAnswer(bytes());
  while (answer === undefined && performance.now() < deadline && !socket.destroyed) {
    await sleep(20);
    answer = parseAnswer(bytes());
  }
  socket.destroy();
  return answer ?? { ...NO_ANSWER, text: `не ответ, а «${bytes().toString('utf8')}»` };
}

const NO_ANSWER: Answer = { status: 0, code: '', text: '' };

/** Разбирает ответ целиком, вместе с заголовками: утечка не должна найтись и в них. undefined — пришёл не весь. */
function parseAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, Math.max(0, end)).toString('utf8');
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (end < 0 || length === undefined || bytes.length < end + 4 + Number(length)) return undefined;
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
  const text = bytes.subarray(end + 4, end + 4 + Number(length)).toString('utf8');
  for (const secret of secrets) assert.ok(!head.includes(secret), `утечка ${secret}: ${head}`);
  return { status, code: checkErrorForm(status, text), text };
}

test('Content-Length больше тела или меньше формы — VALIDATION_ERROR, файла нет', async () => {
  const before = await storedFiles();
  for (const size of [300, 300_000]) {
    const form = buildForm({}, [{ filename: 'length.bin', content: generatedContent('length', size) }]);
    const whole = Buffer.concat(await form.stream().toArray());
    // Форма целая, но обещано больше: клиент закрывает свою сторону и ждёт ответа.
    const long = await rawUpload({ 'content-length': String(form.bytes + 1000) }, [whole], 'half-close');
    assert.deepEqual([long.status, long.code], [400, 'VALIDATION_ERROR'], `больше тела, ${size}: ${long.text}`);
    // Обещано и прислано меньше, чем занимает форма: соединение целое, обрывается сама форма.
    // Последние два байта — перевод строки после закрывающей границы, он необязателен.
    for (const missing of [4, 20, 200]) {
      const cut = whole.subarray(0, form.bytes - missing);
      const short = await rawUpload({ 'content-length': String(cut.length) }, [cut], 'keep-open');
      assert.deepEqual(
        [short.status, short.code],
        [400, 'VALIDATION_ERROR'],
        `без ${missing} байт, ${size}: ${short.text}`,
      );
    }
  }
  await settled();
  assert.deepEqual(await storedFiles(), before);
});

test('лишние байты после обрезанной формы: отказ или обрыв соединения, файла нет', async () => {
  const before = await storedFiles();
  const form = buildForm({}, [{ filename: 'garbage.bin', content: generatedContent('garbage', 300_000) }]);
  const whole = Buffer.concat(await form.stream().toArray());
  // Лишнее — уже не этот запрос, а мусор на соединении: ответ на форму без конца может и не успеть уйти.
  const answer = await rawUpload({ 'content-length': String(form.bytes - 1000) }, [whole], 'half-close');
  if (answer.status !== 0) assert.deepEqual([answer.status, answer.code], [400, 'VALIDATION_ERROR'], answer.text);
  await settled();
  assert.deepEqual(await storedFiles(), before);
});

test('обрыв клиента на любом байте не оставляет следов', async () => {
  const before = await storedFiles();
  const form = buildForm({ description: 'обрыв' }, [
    { filename: 'abort.bin', content: generatedContent('abort', 400_000) },
  ]);
  const whole = Buffer.concat(await form.stream().toArray());
  const points = [
    0,
    1,
    60,
    150,
    260,
    300,
    400,
    1_000,
    65_000,
    66_000,
    200_000,
    form.bytes - 60,
    form.bytes - 10,
    form.bytes - 1,
  ];
  for (const point of points) {
    const half = Math.floor(point / 2);
    const pieces = [whole.subarray(0, half), whole.subarray(half, point)];
    await rawUpload({ 'content-length': String(form.bytes) }, pieces, 'abort');
  }
  await settled();
  assert.deepEqual(await storedFiles(), before);
  assert.equal((await stand().caller.search({ query: 'abort.bin', mode: 'exact' })).body.total, 0);
});

/** Ждёт, пока элементы уберут недописанное. */
async function settled(): Promise<void> {
  const deadline = performance.now() + 5_000;
  let before = '';
  while (performance.now() < deadline) {
    await sleep(300);
    const now = (await storedFiles()).join('\n');
    if (now === before && !now.includes('/staging/')) return;
    before = now;
  }
}

test('незнакомые поля и параметры поиска и скачивания — VALIDATION_ERROR', async () => {
  const { caller } = stand();
  const bodies: readonly object[] = [
    { query: 'x', colour: 1 },
    { limit: 0 },
    { limit: 1001 },
    { offset: -1 },
    { mode: 'regex' },
    { min_size: 10, max_size: 1 },
    { query: 'a\0b' },
    { sort_by: 'path' },
  ];
  for (const body of bodies) {
    const answer = await caller.search(body);
    assert.deepEqual(
      [answer.status, answer.body.error?.code],
      [400, 'VALIDATION_ERROR'],
      JSON.stringify([body, answer.body]),
    );
  }
  const missing = await caller.file('00000000-0000-7000-8000-000000000000');
  assert.deepEqual([missing.status, missing.body.error.code], [404, 'FILE_NOT_FOUND']);
  const invalid = await caller.file('не-uuid');
  assert.deepEqual([invalid.status, invalid.body.error.code], [400, 'VALIDATION_ERROR']);
});

test('незнакомый путь и не тот метод отвечают в единой форме у всех модулей и обоих элементов', async () => {
  const { caller } = stand();
  const { admin, ingester, query, elements } = caller.stand.urls;
  for (const url of [admin, ingester, query, ...Object.values(elements)]) {
    const unknown = await caller.get(`${url}/api/v1/nothing`);
    assert.equal(unknown.status, 404, url);
    assert.equal(checkErrorForm(404, unknown.text), 'NOT_FOUND', url);
    const health = await caller.get(`${url}/health/live`, { method: 'DELETE' });
    assert.ok([404, 405].includes(health.status), `${url}: ${health.status}`);
    checkErrorForm(health.status, health.text);
  }
});

test('истёкший токен — UNAUTHORIZED', async () => {
  assert.ok(early);
  const leftMs = (TOKEN_SECONDS + SKEW_SECONDS + 1) * 1000 - (performance.now() - early.takenAt);
  if (leftMs > 0) await sleep(leftMs);
  const answer = await send(buildForm({}, [file]), { authorization: `Bearer ${early.token}` });
  assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHORIZED'], answer.text);
  const { urls } = stand().caller.stand;
  const search = await request(`${urls.query}/api/v1/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${early.token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(search.statusCode, 401, await search.body.text());
});

test('после всего этого система жива и здорова', async () => {
  const { caller, launched } = stand();
  for (const url of [caller.stand.urls.admin, caller.stand.urls.ingester, caller.stand.urls.query]) {
    const ready = await request(`${url}/health/ready`);
    assert.equal(ready.statusCode, 200, await ready.body.text());
  }
  const pids = (await launched.standFile()).parts.map(({ name, pid }) => `${name} ${pid}`);
  assert.deepEqual(
    pids,
    caller.stand.parts.map(({ name, pid }) => `${name} ${pid}`),
    'ни одна часть не перезапускалась',
  );
  assert.equal((await caller.upload({ file })).status, 201);
});
