// Приём файла по TLS: что сохраняется, что отвергается и что остаётся на диске после отказа.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import type { Reply } from './send.ts';
import {
  type Element,
  type ElementFile,
  type FilePage,
  intentOf,
  metadata,
  newId,
  sha256,
  startElement,
} from './start-element.ts';

/** Дольше простоя, который терпит сервер: медленная машина — не повод для провала. */
const PATIENCE_MS = 60_000;
const DIGEST_OF = (bytes: Uint8Array) => `sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`;

/**
 * Начатое и брошенное. У сохранённого файла до контрольной точки два имени, у брошенного — одно. Второе имя даёт
 * раскладка, а ответ её не ждёт: о только что сохранённом спрашивать надо до сходимости.
 */
async function abandoned(element: Element): Promise<string[]> {
  const dir = join(element.dataDir, 'staging');
  const names = await readdir(dir);
  // Пока читается список, имя могут и убрать: такое уже не брошено.
  const links = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        ({ nlink }) => nlink,
        () => 0,
      ),
    ),
  );
  return names.filter((_, index) => links[index] === 1);
}

const nothingAbandoned = (element: Element): Promise<void> =>
  waitUntil('в staging нет брошенного', async () => (await abandoned(element)).length === 0, PATIENCE_MS);

/** После отказа не остаётся ничего: ни начатой загрузки, ни строки в списке. */
async function assertNothingLeft(element: Element, fileId: string): Promise<void> {
  await nothingAbandoned(element);
  assert.equal((await element.call('GET', `/api/v1/files/${fileId}`)).code(), 'FILE_NOT_FOUND');
}

async function chunked(bytes: Uint8Array, size = 65_536): Promise<Readable> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return Readable.from(parts);
}

test('приём файла', async (t) => {
  const element = await startElement(t);
  const { put, call } = element;

  await t.test('файл сохраняется: 201, описание и метка; чтение возвращает те же байты', async () => {
    const bytes = randomBytes(1000);
    const id = newId();
    const name = 'Договор №7_скан (копия).pdf';
    const intent = {
      original_filename: name,
      content_type: 'application/pdf',
      tags: ['договор', '2026'],
      metadata: { дело: 42 },
      description: 'Скан',
    };
    const reply = await put(id, bytes, { intent });
    assert.equal(reply.status, 201);
    assert.equal(reply.headers['artstore-storage-id'], element.storageId);
    assert.equal(reply.headers.etag, `"${sha256(bytes)}"`);
    const file = reply.json<ElementFile>();
    assert.equal(file.file_id, id);
    assert.equal(file.original_filename, name);
    assert.equal(file.size, 1000);
    assert.equal(file.checksum, sha256(bytes));
    assert.deepEqual(file.tags, ['договор', '2026']);
    assert.deepEqual(file.metadata, { дело: 42 });
    assert.equal(file.status, 'active');
    assert.equal(file.version, 1);
    assert.equal(Date.parse(file.expires_at ?? '') - Date.parse(file.uploaded_at), 30 * 86_400_000);
    assert.deepEqual((await call('GET', `/api/v1/files/${id}`)).json(), file);
    assert.deepEqual((await call('GET', `/api/v1/files/${id}/download`)).bytes, bytes);
  });

  for (const size of [0, 1, 65_536, 65_537, 3 << 20]) {
    await t.test(`файл в ${size} байт возвращается без потерь, целиком и без Content-Length`, async () => {
      const bytes = randomBytes(size);
      for (const body of [bytes, await chunked(bytes)]) {
        const id = newId();
        assert.equal((await put(id, body)).status, 201);
        const back = await call('GET', `/api/v1/files/${id}/download`);
        assert.equal(back.status, 200);
        assert.equal(back.headers['content-length'], String(size));
        assert.equal(sha256(back.bytes), sha256(bytes));
      }
    });
  }

  await t.test('повтор с тем же содержимым — 200 и прежнее описание, с другим — 409', async () => {
    const id = newId();
    const first = await put(id, 'раз');
    const again = await put(id, 'раз', { intent: { description: 'второе' } });
    assert.equal(again.status, 200);
    assert.deepEqual(again.json(), first.json());
    const other = await put(id, 'два');
    assert.equal(other.status, 409);
    assert.equal(other.code(), 'CONFLICT');
    assert.equal((await call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), 'раз');
  });

  await t.test('одновременный повтор одной загрузки даёт один файл: один ответ 201, прочие 200', async () => {
    const id = newId();
    const bytes = randomBytes(300_000);
    const replies = await Promise.all(Array.from({ length: 8 }, () => put(id, bytes)));
    assert.deepEqual(
      replies.map((reply) => reply.status).sort((a, b) => a - b),
      [200, 200, 200, 200, 200, 200, 200, 201],
    );
    await nothingAbandoned(element);
  });

  await t.test('верная сумма принимается, неверная — 422, и на диске ничего не остаётся', async () => {
    for (const size of [10, 200_000]) {
      const bytes = randomBytes(size);
      assert.equal((await put(newId(), bytes, { headers: { 'repr-digest': DIGEST_OF(bytes) } })).status, 201);
      const id = newId();
      const reply = await put(id, bytes, { headers: { 'repr-digest': DIGEST_OF(randomBytes(size)) } });
      assert.equal(reply.status, 422);
      assert.equal(reply.code(), 'CHECKSUM_MISMATCH');
      await assertNothingLeft(element, id);
    }
  });

  await t.test('негодная запись суммы — 400', async () => {
    const reply = await put(newId(), 'x', { headers: { 'repr-digest': 'sha-256=abc' } });
    assert.equal(reply.code(), 'VALIDATION_ERROR');
  });

  await t.test('тело длиннее обещанного в Artstore-Length-Max отвергается', async () => {
    const id = newId();
    const reply = await put(id, await chunked(randomBytes(300_000)), { headers: { 'artstore-length-max': '100000' } });
    assert.equal(reply.code(), 'FILE_TOO_LARGE');
    await assertNothingLeft(element, id);
  });

  await t.test('кто загрузил: sub токена, а доверенная служба называет отправителя сама', async () => {
    const own = await put(newId(), 'x', { intent: { uploaded_by: 'ivan' }, token: element.token('files:write') });
    assert.equal(own.json<ElementFile>().uploaded_by, 'sa_test_1');
    const trusted = await put(newId(), 'x', {
      intent: { uploaded_by: 'ivan' },
      token: element.token('files:write storage:write'),
    });
    assert.equal(trusted.json<ElementFile>().uploaded_by, 'ivan');
  });

  await t.test('черновик без названного срока живёт 30 дней', async () => {
    const file = (await put(newId(), 'x', { intent: { ttl_days: null } })).json<ElementFile>();
    assert.equal(file.ttl_days, 30);
  });

  await t.test('имя в 255 байт кириллицы принимается, в 257 — нет', async () => {
    const fits = `${'Я'.repeat(127)}x`;
    const reply = await put(newId(), 'x', { intent: { original_filename: fits } });
    assert.equal(reply.json<ElementFile>().original_filename, fits);
    assert.equal(
      (await put(newId(), 'x', { intent: { original_filename: 'Я'.repeat(128) } })).code(),
      'VALIDATION_ERROR',
    );
  });

  await t.test('заголовок метаданных больше 16 КиБ проходит', async () => {
    const value = { note: 'ё'.repeat(3900) };
    const description = 'Ж'.repeat(1000);
    const tags = Array.from({ length: 50 }, (_, index) => `${'метка'.repeat(18)}${index}`);
    assert.ok(metadata({ metadata: value, tags, description }).length > 16_384);
    const reply = await put(newId(), 'x', { intent: { metadata: value, tags, description } });
    assert.equal(reply.status, 201, reply.bytes.toString());
    assert.deepEqual(reply.json<ElementFile>().metadata, value);
    assert.deepEqual(reply.json<ElementFile>().tags, tags);
  });

  await t.test('список показывает ровно принятое', async () => {
    const page = (await call('GET', '/api/v1/files?limit=1000')).json<FilePage>();
    assert.equal(page.total, page.items.length);
    assert.ok(page.items.every((file) => file.status === 'active'));
  });
});

test('негодные метаданные отвергаются с кодом VALIDATION_ERROR и ничего не оставляют', async (t) => {
  const element = await startElement(t);
  const raw = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
  const without = (field: string) => Object.fromEntries(Object.entries(intentOf()).filter(([name]) => name !== field));
  const CASES: readonly (readonly [title: string, header: string])[] = [
    ['не base64url', '!!!'],
    ['не JSON', raw('{')],
    ['JSON не объект', raw([1])],
    ['null', raw('null')],
    ['неизвестное поле', raw({ ...intentOf(), extra: 1 })],
    ['нет имени', raw(without('original_filename'))],
    ['пустое имя', metadata({ original_filename: '' })],
    ['NUL в имени', metadata({ original_filename: 'a\0b' })],
    ['перевод строки в имени', metadata({ original_filename: 'a\nb' })],
    ['bidi-знак в имени', metadata({ original_filename: 'a\u202Etxt.exe' })],
    [
      'одинокий суррогат в имени',
      raw(
        '{"original_filename":"\\ud800","content_type":"a/b","description":"","tags":[],"metadata":{},"retention_policy":"temporary","ttl_days":1}',
      ),
    ],
    ['NUL в описании', metadata({ description: 'a\0' })],
    ['описание длиннее 1000', metadata({ description: 'x'.repeat(1001) })],
    ['51 метка', metadata({ tags: Array.from({ length: 51 }, (_, index) => String(index)) })],
    ['метка длиннее 100', metadata({ tags: ['x'.repeat(101)] })],
    ['пустая метка', metadata({ tags: [''] })],
    ['повтор метки', metadata({ tags: ['a', 'a'] })],
    ['метки не массив', raw({ ...intentOf(), tags: 'a' })],
    ['метаданные не объект', raw({ ...intentOf(), metadata: [] })],
    ['метаданные больше 8 КиБ', metadata({ metadata: { a: 'x'.repeat(8200) } })],
    ['глубина больше 5', metadata({ metadata: deep(6) as never })],
    ['NUL в метаданных', metadata({ metadata: { a: '\0' } })],
    ['ttl 0', metadata({ ttl_days: 0 })],
    ['ttl 366', metadata({ ttl_days: 366 })],
    ['ttl дробный', metadata({ ttl_days: 1.5 })],
    ['permanent со сроком', metadata({ retention_policy: 'permanent', ttl_days: 30 })],
    ['политика неизвестна', raw({ ...intentOf(), retention_policy: 'forever' })],
    ['тип содержимого с переводом строки', metadata({ content_type: 'text/plain\r\nx: y' })],
    ['отправитель с NUL', metadata({ uploaded_by: 'a\0' })],
  ];
  for (const [title, header] of CASES) {
    await t.test(title, async () => {
      const id = newId();
      const reply = await element.put(id, 'x', { headers: { 'artstore-metadata': header } });
      assert.equal(reply.status, 400, reply.bytes.toString());
      assert.equal(reply.code(), 'VALIDATION_ERROR');
      await assertNothingLeft(element, id);
    });
  }

  await t.test('нет заголовка Artstore-Metadata', async () => {
    const reply = await element.call('PUT', `/api/v1/files/${newId()}`, {
      body: 'x',
      headers: { 'content-type': 'application/octet-stream' },
    });
    assert.equal(reply.code(), 'VALIDATION_ERROR');
  });

  for (const id of [
    '1',
    'A'.repeat(36),
    '0197A3F2-6C1E-7D53-9B0A-2F1F5E0C9A41',
    '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41%00',
    '..%2f..%2fetc',
  ]) {
    await t.test(`негодный file_id ${id}`, async () => {
      const reply = await element.put(id, 'x');
      assert.deepEqual([reply.status, fieldsOf(reply)], [400, ['path.file_id']]);
      assert.equal(reply.code(), 'VALIDATION_ERROR');
    });
  }

  await t.test('две точки вместо file_id — уже другой адрес, и там ничего нет', async () => {
    const reply = await element.put('..', 'x');
    assert.deepEqual([reply.status, reply.code()], [404, 'NOT_FOUND']);
  });

  await t.test('чужой тип тела не принимается', async () => {
    const reply = await element.put(newId(), '{}', { headers: { 'content-type': 'application/json' } });
    assert.deepEqual([reply.status, fieldsOf(reply)], [400, ['header.content-type']]);
    assert.equal(reply.code(), 'VALIDATION_ERROR');
  });
});

test('режим и политика', async (t) => {
  await t.test('edit не принимает постоянные файлы', async (s) => {
    const element = await startElement(s);
    const reply = await element.put(newId(), 'x', { intent: { retention_policy: 'permanent', ttl_days: null } });
    assert.equal(reply.code(), 'MODE_NOT_ALLOWED');
    assert.equal(reply.status, 409);
  });
  await t.test('rw не принимает черновики; ro и ar не принимают ничего', async (s) => {
    const element = await startElement(s, { env: { SE_MODE: 'rw' } });
    const permanent = { retention_policy: 'permanent', ttl_days: null } as const;
    assert.equal((await element.put(newId(), 'x')).code(), 'MODE_NOT_ALLOWED');
    assert.equal((await element.put(newId(), 'x', { intent: permanent })).status, 201);
    for (const target_mode of ['ro', 'ar']) {
      const body = JSON.stringify({ target_mode });
      const moved = await element.call('POST', '/api/v1/mode/transition', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(moved.status, 200, moved.bytes.toString());
      const id = newId();
      assert.equal((await element.put(id, 'x', { intent: permanent })).code(), 'MODE_NOT_ALLOWED');
      await assertNothingLeft(element, id);
    }
  });
});

test('пределы размера и места', async (t) => {
  const element = await startElement(t, { env: { SE_MAX_FILE_SIZE: '1MiB', SE_MAX_CAPACITY: '2MiB' } });

  await t.test('файл ровно в предел принимается', async () => {
    assert.equal((await element.put(newId(), randomBytes(1 << 20))).status, 201);
  });
  await t.test('больше предела по Content-Length — 413 до чтения тела', async () => {
    const id = newId();
    const reply = await withoutBody(element, id, { 'content-length': String(2 ** 40) });
    assert.equal(reply.status, 413);
    assert.equal(reply.code, 'FILE_TOO_LARGE');
    await assertNothingLeft(element, id);
  });
  await t.test('больше предела без Content-Length — 413 по счёту', async () => {
    const id = newId();
    const reply = await element.put(id, await chunked(randomBytes((1 << 20) + 1)));
    assert.equal(reply.code(), 'FILE_TOO_LARGE');
    await assertNothingLeft(element, id);
  });
  await t.test('нет места — 507 до чтения тела, по Content-Length и по Artstore-Length-Max', async () => {
    assert.equal((await element.put(newId(), randomBytes(900_000))).status, 201);
    for (const headers of [
      { 'content-length': '1000000' },
      { 'artstore-length-max': '1000000', 'transfer-encoding': 'chunked' },
    ]) {
      const id = newId();
      const reply = await withoutBody(element, id, headers);
      assert.equal(reply.status, 507);
      assert.equal(reply.code, 'STORAGE_FULL');
      await assertNothingLeft(element, id);
    }
    assert.equal((await element.put(newId(), randomBytes(1000))).status, 201);
  });
});

/** Отправляет заголовки, но ни байта тела: ответ обязан прийти и так. */
function withoutBody(
  element: Element,
  id: string,
  headers: Record<string, string>,
): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`${element.url}/api/v1/files/${id}`, {
      method: 'PUT',
      ca: element.ca,
      agent: false,
      timeout: PATIENCE_MS,
      headers: {
        authorization: `Bearer ${element.token()}`,
        'content-type': 'application/octet-stream',
        'artstore-metadata': metadata(),
        ...headers,
      },
    });
    call.on('timeout', () => call.destroy(new Error('ответа нет, сервер ждёт тело')));
    call.on('error', reject);
    call.on('response', async (response) => {
      const body = await response.toArray();
      resolve({ status: response.statusCode ?? 0, code: JSON.parse(Buffer.concat(body).toString()).error.code });
      call.destroy();
    });
    call.flushHeaders();
  });
}

test('обрывы и ожидание', async (t) => {
  const element = await startElement(t);

  for (const sent of [0, 1000, 100_000, 2 << 20]) {
    await t.test(`клиент оборвал передачу после ${sent} байт: на диске ничего`, async () => {
      const id = newId();
      const abort = new AbortController();
      const body = new Readable({ read() {} });
      if (sent > 0) body.push(Buffer.alloc(sent));
      const sending = element.put(id, body, { signal: abort.signal, headers: { 'content-length': String(4 << 20) } });
      await sleep(100);
      abort.abort();
      await assert.rejects(sending);
      await assertNothingLeft(element, id);
    });
  }

  await t.test('Expect: 100-continue: отказ приходит без тела, согласие — перед телом', async () => {
    const refused = await expectContinue(element, element.token('files:read'));
    assert.deepEqual(refused, { continued: false, status: 403 });
    const accepted = await expectContinue(element, element.token());
    assert.deepEqual(accepted, { continued: true, status: 201 });
  });
});

test('длина и куски, записанные в сокет как попало', async (t) => {
  const element = await startElement(t);
  const head = (id: string, framing: string) =>
    [
      `PUT /api/v1/files/${id} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${element.token()}`,
      'Content-Type: application/octet-stream',
      `Artstore-Metadata: ${metadata()}`,
      framing,
      '',
      '',
    ].join('\r\n');

  const BROKEN: readonly (readonly [title: string, framing: string, body: string])[] = [
    ['Content-Length больше тела', 'Content-Length: 10', 'abc'],
    ['куски без завершающего', 'Transfer-Encoding: chunked', '3\r\nabc\r\n'],
    ['длина куска — не число', 'Transfer-Encoding: chunked', 'zz\r\nabc\r\n0\r\n\r\n'],
    ['кусок длиннее объявленного', 'Transfer-Encoding: chunked', '3\r\nabcdef\r\n0\r\n\r\n'],
    ['обе длины сразу', 'Transfer-Encoding: chunked\r\nContent-Length: 3', '3\r\nabc\r\n0\r\n\r\n'],
    ['две разные длины', 'Content-Length: 3\r\nContent-Length: 4', 'abcd'],
    ['отрицательная длина', 'Content-Length: -1', 'abc'],
    ['длина больше 2^53', 'Content-Length: 9007199254740993', 'abc'],
  ];
  for (const [title, framing, body] of BROKEN) {
    await t.test(`${title}: не 201 и ничего не осталось`, async () => {
      const id = newId();
      const answer = await exchangeRaw(element, head(id, framing) + body);
      assert.doesNotMatch(answer, /^HTTP\/1\.1 20[01]/);
      await assertNothingLeft(element, id);
    });
  }

  await t.test('Content-Length меньше тела: лишнее — не запрос; файла нет или в нём ровно объявленное', async () => {
    const id = newId();
    const answer = await exchangeRaw(element, `${head(id, 'Content-Length: 3')}abcdef`);
    assert.ok(answer === '' || /^HTTP\/1\.1 (201|400)/.test(answer), answer);
    await nothingAbandoned(element);
    const stored = await element.call('GET', `/api/v1/files/${id}/download`);
    assert.ok(stored.status === 404 || stored.bytes.toString() === 'abc');
  });
});

/** Пишет байты в защищённый сокет, закрывает свою сторону и возвращает всё, что ответил сервер. */
function exchangeRaw(element: Element, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(element.url).port), ca: element.ca }, () =>
      socket.end(text),
    );
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('сервер не закрыл соединение')));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on('error', (error) =>
      answer === '' && !/ECONNRESET/.test(String(error)) ? reject(error) : resolve(answer),
    );
    socket.on('close', () => resolve(answer));
  });
}

function expectContinue(element: Element, token: string): Promise<{ continued: boolean; status: number }> {
  return new Promise((resolve, reject) => {
    let continued = false;
    const call = request(`${element.url}/api/v1/files/${newId()}`, {
      method: 'PUT',
      ca: element.ca,
      agent: false,
      timeout: PATIENCE_MS,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'artstore-metadata': metadata(),
        'content-length': '3',
        expect: '100-continue',
      },
    });
    call.on('timeout', () => call.destroy(new Error('ответа нет')));
    call.on('continue', () => {
      continued = true;
      call.end('abc');
    });
    call.on('error', reject);
    call.on('response', (response) => {
      response.resume();
      response.on('end', () => {
        call.destroy();
        resolve({ continued, status: response.statusCode ?? 0 });
      });
    });
    call.flushHeaders();
  });
}

/** Какие поля назвал отказ. */
function fieldsOf(reply: Reply): string[] {
  return reply.json<{ error: { details?: { field: string }[] } }>().error.details?.map(({ field }) => field) ?? [];
}
