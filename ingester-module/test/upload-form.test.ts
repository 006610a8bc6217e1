// Разбор формы через настоящий сокет: строгость, пределы, обрывы на любом байте.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { ArtError } from '@artstore/contracts';
import { readUploadForm } from '../src/routes/files/upload-form.ts';

const BOUNDARY = 'x'.repeat(70);
const FILE_BYTES_MAX = 1024 * 1024;

interface Seen {
  readonly fields: Record<string, string>;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

/** Чем кончилась последняя форма: содержимым или ошибкой. */
let outcome: PromiseWithResolvers<Seen>;
const server = createServer((request, response) => {
  const current = outcome;
  read(request).then(
    (seen) => {
      current.resolve(seen);
      response.end('ok');
    },
    (error: unknown) => {
      current.reject(error);
      response.writeHead(400, { connection: 'close' }).end();
    },
  );
});

async function read(request: IncomingMessage): Promise<Seen> {
  const form = await readUploadForm(request, FILE_BYTES_MAX);
  const chunks: Buffer[] = [];
  for await (const chunk of form.body) chunks.push(chunk);
  return {
    fields: Object.fromEntries(form.fields),
    filename: form.file.filename,
    contentType: form.file.contentType,
    bytes: Buffer.concat(chunks),
  };
}

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => {
  server.closeAllConnections();
  server.close();
});

interface Raw {
  readonly body: string | Buffer;
  readonly contentType?: string;
  readonly length?: number | 'chunked';
  /** Послать столько байт тела и оборвать. */
  readonly cutAt?: number;
  readonly chunkBytes?: number;
}

async function post({ body, contentType, length, cutAt, chunkBytes }: Raw): Promise<Seen> {
  outcome = Promise.withResolvers<Seen>();
  outcome.promise.catch(() => undefined);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const framing = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length ?? bytes.length}`;
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType ?? `multipart/form-data; boundary=${BOUNDARY}`}\r\n${framing}\r\n\r\n`,
  );
  const sent = bytes.subarray(0, cutAt ?? bytes.length);
  const step = chunkBytes ?? Math.max(sent.length, 1);
  for (let at = 0; at < sent.length; at += step) {
    const piece = sent.subarray(at, at + step);
    if (length === 'chunked')
      socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
    else socket.write(piece);
    if (chunkBytes !== undefined) await new Promise(setImmediate);
  }
  if (cutAt !== undefined) socket.destroy();
  else if (length === 'chunked') socket.write('0\r\n\r\n');
  try {
    return await outcome.promise;
  } finally {
    socket.destroy();
  }
}

function part(headers: string, content: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${headers}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
}
function field(name: string, value: string): Buffer {
  return part(`Content-Disposition: form-data; name="${name}"`, value);
}
function file(content: string | Buffer, name = 'a.txt'): Buffer {
  return part(`Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain`, content);
}
const end = Buffer.from(`--${BOUNDARY}--\r\n`);

function refusedAt(fieldName: string) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof ArtError, String(error));
    assert.equal(error.code, 'VALIDATION_ERROR');
    assert.equal(error.options.details?.[0]?.field, fieldName);
    return true;
  };
}

test('поля и файл читаются, имя в UTF-8 не портится', async () => {
  const content = Buffer.from('содержимое');
  const body = Buffer.concat([
    field('description', 'Скан'),
    field('tags', '["а"]'),
    file(content, 'Договор №7_скан (копия).pdf'),
    end,
  ]);
  const seen = await post({ body });
  assert.deepEqual(seen.fields, { description: 'Скан', tags: '["а"]' });
  assert.equal(seen.filename, 'Договор №7_скан (копия).pdf');
  assert.equal(seen.contentType, 'text/plain');
  assert.deepEqual(seen.bytes, content);
});

test('пустой файл и пустое поле допустимы', async () => {
  const seen = await post({ body: Buffer.concat([field('description', ''), file(''), end]) });
  assert.deepEqual(seen.fields, { description: '' });
  assert.equal(seen.bytes.length, 0);
});

test('проценты в имени остаются как есть, экранированные кавычки раскрываются', async () => {
  assert.equal((await post({ body: Buffer.concat([file('x', 'a b%20c.txt'), end]) })).filename, 'a b%20c.txt');
  assert.equal((await post({ body: Buffer.concat([file('x', 'a\\"b.txt'), end]) })).filename, 'a"b.txt');
});

test('содержимое с переводами строк и похожими на границу строками не режется', async () => {
  const content = Buffer.from(`\r\n--${'x'.repeat(69)}\r\n\r\n--\r\n--${BOUNDARY.slice(0, 60)}--\r\n\r\n`);
  assert.deepEqual((await post({ body: Buffer.concat([file(content), end]) })).bytes, content);
});

test('порции по одному байту дают то же, что одна порция, и с Content-Length, и без', async () => {
  const body = Buffer.concat([field('description', 'д'), file('слово'), end]);
  for (const length of [undefined, 'chunked'] as const) {
    const seen = await post({ body, chunkBytes: 1, ...(length ? { length } : {}) });
    assert.equal(seen.bytes.toString(), 'слово');
    assert.equal(seen.fields['description'], 'д');
  }
});

test('файл больше буферов проходит целиком', async () => {
  const content = Buffer.alloc(900 * 1024, 'абвгд');
  assert.ok((await post({ body: Buffer.concat([file(content), end]) })).bytes.equals(content));
});

test('негодный Content-Type и длинная граница отвергаются сразу', async () => {
  for (const contentType of [
    'application/json',
    'multipart/form-data',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/mixed; boundary=x',
  ]) {
    await assert.rejects(post({ body: 'x', contentType }), refusedAt('header.Content-Type'), contentType);
  }
});

test('без файла, с чужим полем, с повтором поля, с вложенным файлом вместо поля — понятный отказ', async () => {
  await assert.rejects(post({ body: Buffer.concat([field('description', 'x'), end]) }), refusedAt('body.file'));
  await assert.rejects(post({ body: end }), refusedAt('body.file'));
  await assert.rejects(post({ body: Buffer.concat([field('colour', 'x'), file('x'), end]) }), refusedAt('body.colour'));
  await assert.rejects(
    post({ body: Buffer.concat([field('__proto__', 'x'), file('x'), end]) }),
    refusedAt('body.__proto__'),
  );
  await assert.rejects(
    post({ body: Buffer.concat([field('description', 'x'), field('description', 'y'), file('x'), end]) }),
    refusedAt('body.description'),
  );
  const disguised = part('Content-Disposition: form-data; name="tags"; filename="t.json"', '[]');
  await assert.rejects(post({ body: Buffer.concat([disguised, file('x'), end]) }), refusedAt('body.tags'));
});

test('поле или второй файл после файла отвергаются, хотя файл уже читают', async () => {
  await assert.rejects(post({ body: Buffer.concat([file('x'), field('description', 'x'), end]) }), refusedAt('body'));
  await assert.rejects(post({ body: Buffer.concat([file('x'), file('y'), end]) }), refusedAt('body'));
  const big = Buffer.alloc(600 * 1024, 'z');
  await assert.rejects(post({ body: Buffer.concat([file(big), file('y'), end]) }), refusedAt('body'));
});

test('часть без заголовков, без имени, с негодным заголовком или кодировкой отвергается', async () => {
  for (const headers of [
    'X-Nothing: 1',
    'Content-Disposition: attachment; name="file"; filename="a"',
    'Content-Disposition: form-data; filename="a"',
    'Content-Disposition: form-data; name="file"; filename="a" trailing',
    'Content-Disposition: form-data; name="file"; name="tags"; filename="a"',
    'Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: base64',
    'no colon here',
  ]) {
    await assert.rejects(post({ body: Buffer.concat([part(headers, 'x'), end]) }), refusedAt('body'), headers);
  }
  const headless = Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="description"\r\n`);
  await assert.rejects(post({ body: Buffer.concat([headless, file('x'), end]) }), refusedAt('body'));
});

test('байты имени, негодные в UTF-8, отвергаются, а не подменяются', async () => {
  const bad = Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="`),
    Buffer.from([0xd0, 0xff]),
    Buffer.from('"\r\n\r\nx\r\n'),
  ]);
  await assert.rejects(post({ body: Buffer.concat([bad, end]) }), refusedAt('body'));
});

test('длинные заголовки части и длинное поле отвергаются, а не обрезаются', async () => {
  const wide = part(`Content-Disposition: form-data; name="file"; filename="${'f'.repeat(9000)}"`, 'x');
  await assert.rejects(post({ body: Buffer.concat([wide, end]) }), refusedAt('body'));
  const many = part(
    `${Array.from({ length: 20 }, (_, i) => `X-${i}: 1`).join('\r\n')}\r\nContent-Disposition: form-data; name="file"; filename="a"`,
    'x',
  );
  await assert.rejects(post({ body: Buffer.concat([many, end]) }), refusedAt('body'));
  await assert.rejects(
    post({ body: Buffer.concat([field('metadata', 'm'.repeat(70_000)), file('x'), end]) }),
    refusedAt('body.metadata'),
  );
});

test('файл больше предела отвергается по счёту, а заведомо большой запрос — до чтения', async () => {
  const over = Buffer.alloc(FILE_BYTES_MAX + 1, 'x');
  await assert.rejects(post({ body: Buffer.concat([file(over), end]) }), { code: 'FILE_TOO_LARGE' });
  await assert.rejects(post({ body: Buffer.concat([file(over), end]), length: 'chunked' }), { code: 'FILE_TOO_LARGE' });
  await assert.rejects(post({ body: '', length: 10 * FILE_BYTES_MAX }), { code: 'FILE_TOO_LARGE' });
  const exact = Buffer.alloc(FILE_BYTES_MAX, 'x');
  assert.equal((await post({ body: Buffer.concat([file(exact), end]) })).bytes.length, FILE_BYTES_MAX);
});

test('запрос короче формы и мусор вокруг частей — не чистый конец', async () => {
  const body = Buffer.concat([field('description', 'x'), file('содержимое'), end]);
  await assert.rejects(post({ body: body.subarray(0, body.length - 5) }), refusedAt('body'));
  await assert.rejects(post({ body: Buffer.concat([Buffer.alloc(200_000, 'p'), body]) }), refusedAt('body'));
  await assert.rejects(post({ body: Buffer.concat([body, Buffer.alloc(200_000, 'p')]) }), refusedAt('body'));
});

test('запрос, оборванный раньше, чем его начали читать, — ошибка, а не вечное ожидание', async () => {
  for (const reason of [
    undefined,
    new ArtError('VALIDATION_ERROR', { details: [{ field: 'http', message: 'cut' }] }),
  ]) {
    const request = new IncomingMessage(new Socket());
    request.headers['content-type'] = `multipart/form-data; boundary=${BOUNDARY}`;
    request.on('error', () => undefined).destroy(reason);
    await new Promise((resolve) => request.once('close', resolve));
    await assert.rejects(readUploadForm(request, FILE_BYTES_MAX), refusedAt(reason === undefined ? 'body' : 'http'));
  }
});

test('обрыв на любом байте — ошибка, и никогда не целый файл', async () => {
  const body = Buffer.concat([field('description', 'x'), file('содержимое'), end]);
  for (let cutAt = 0; cutAt < body.length; cutAt += 1) {
    await assert.rejects(post({ body, cutAt }), Error, `обрыв на ${cutAt}`);
  }
});

test('та же форма без последних байт, но с честной длиной, тоже ошибка на любом байте до границы', async () => {
  const body = Buffer.concat([field('description', 'x'), file('содержимое'), Buffer.from(`--${BOUNDARY}--`)]);
  for (let length = 0; length < body.length; length += 1) {
    await assert.rejects(post({ body: body.subarray(0, length) }), Error, `длина ${length}`);
  }
  assert.equal((await post({ body })).bytes.toString(), 'содержимое');
});
