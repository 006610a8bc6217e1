// Скачивание по TLS: участки, условия, HEAD и имена — через Node и через curl.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { glob, readFile, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse as parseDisposition } from 'content-disposition';
import { type Element, newId, sha256, startElement, temporaryDir } from './start-element.ts';

const run = promisify(execFile);

test('скачивание', async (t) => {
  const element = await startElement(t);
  const bytes = randomBytes(3_000_000);
  const id = newId();
  const path = `/api/v1/files/${id}/download`;
  const etag = `"${sha256(bytes)}"`;
  assert.equal(
    (
      await element.put(id, bytes, {
        intent: { original_filename: 'Отчёт «итог».txt', content_type: 'text/plain; charset=utf-8' },
      })
    ).status,
    201,
  );
  const get = (headers: Record<string, string> = {}, method = 'GET') => element.call(method, path, { headers });

  await t.test('целиком: все заголовки на месте', async () => {
    const reply = await get();
    assert.equal(reply.status, 200);
    assert.ok(reply.bytes.equals(bytes));
    assert.equal(reply.headers.etag, etag);
    assert.equal(reply.headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(reply.headers['accept-ranges'], 'bytes');
    assert.equal(reply.headers['repr-digest'], `sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    assert.match(String(reply.headers['content-security-policy']), /sandbox/);
    assert.equal(reply.headers['artstore-storage-id'], element.storageId);
    assert.equal(
      parseDisposition(String(reply.headers['content-disposition'])).parameters['filename'],
      'Отчёт «итог».txt',
    );
  });

  for (const [range, start, end] of [
    ['bytes=0-0', 0, 0],
    ['bytes=1000-1999', 1000, 1999],
    ['bytes=1048570-1048580', 1_048_570, 1_048_580],
    ['bytes=2999999-', 2_999_999, 2_999_999],
    ['bytes=-5', 2_999_995, 2_999_999],
    ['bytes=0-99999999', 0, 2_999_999],
  ] as const) {
    await t.test(`участок ${range}`, async () => {
      const reply = await get({ range });
      assert.equal(reply.status, 206);
      assert.equal(reply.headers['content-range'], `bytes ${start}-${end}/3000000`);
      assert.equal(reply.headers['content-length'], String(end - start + 1));
      assert.ok(reply.bytes.equals(bytes.subarray(start, end + 1)));
    });
  }

  await t.test('участка нет — 416 с длиной и единой ошибкой', async () => {
    const reply = await get({ range: 'bytes=3000000-' });
    assert.equal(reply.status, 416);
    assert.equal(reply.code(), 'INVALID_RANGE');
    assert.equal(reply.headers['content-range'], 'bytes */3000000');
    assert.match(String(reply.headers['content-type']), /application\/json/);
  });

  for (const range of ['bytes=0-1,5-6', 'bytes=5-2', 'items=0-1', 'bytes=abc', 'bytes=']) {
    await t.test(`непонятный Range (${range}) — файл целиком`, async () => {
      const reply = await get({ range });
      assert.equal(reply.status, 200);
      assert.equal(reply.bytes.length, bytes.length);
    });
  }

  await t.test('условия: If-None-Match и If-Range', async () => {
    for (const value of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const reply = await get({ 'if-none-match': value });
      assert.equal(reply.status, 304, value);
      assert.equal(reply.bytes.length, 0);
      assert.equal(reply.headers.etag, etag);
    }
    assert.equal((await get({ 'if-none-match': '"x"' })).status, 200);
    assert.equal((await get({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
    assert.equal((await get({ range: 'bytes=0-9', 'if-range': `W/${etag}` })).status, 200);
    assert.equal((await get({ range: 'bytes=0-9', 'if-range': 'Sat, 21 Feb 2026 09:30:00 GMT' })).status, 200);
  });

  await t.test('HEAD: те же заголовки, без тела; Range не действует', async () => {
    const reply = await get({ range: 'bytes=0-9' }, 'HEAD');
    assert.equal(reply.status, 200);
    assert.equal(reply.bytes.length, 0);
    assert.equal(reply.headers['content-length'], '3000000');
    assert.equal(reply.headers.etag, etag);
    assert.equal((await get({ 'if-none-match': etag }, 'HEAD')).status, 304);
    assert.equal((await element.call('HEAD', `/api/v1/files/${newId()}/download`)).status, 404);
  });

  await t.test('неизвестный файл — 404, и ответ называет элемент и файл', async () => {
    const unknown = newId();
    const reply = await element.call('GET', `/api/v1/files/${unknown}/download`);
    assert.equal(reply.status, 404);
    const { error } = reply.json<{ error: { code: string; file_id: string; storage_id: string } }>();
    assert.equal(error.code, 'FILE_NOT_FOUND');
    assert.equal(error.file_id, unknown);
    assert.equal(error.storage_id, element.storageId);
  });

  await t.test('пустой файл скачивается; участок в нём — 416', async () => {
    const empty = newId();
    await element.put(empty, '');
    const whole = await element.call('GET', `/api/v1/files/${empty}/download`);
    assert.equal(whole.status, 200);
    assert.equal(whole.headers['content-length'], '0');
    const part = await element.call('GET', `/api/v1/files/${empty}/download`, { headers: { range: 'bytes=0-' } });
    assert.equal(part.status, 416);
    assert.equal(part.headers['content-range'], 'bytes */0');
  });

  await t.test('64 одновременных участка верны', async () => {
    await Promise.all(
      Array.from({ length: 64 }, async (_, index) => {
        const start = index * 40_000;
        const reply = await get({ range: `bytes=${start}-${start + 65_535}` });
        assert.ok(reply.bytes.equals(bytes.subarray(start, start + 65_536)));
      }),
    );
  });

  await t.test('curl: докачка и имя файла', { skip: (await hasCurl()) ? false : 'нет curl' }, async (s) => {
    const dir = await temporaryDir(s);
    const curl = (...args: string[]) =>
      run(
        'curl',
        [
          '-sS',
          '--http1.1',
          '--cacert',
          element.caFile,
          '-H',
          `Authorization: Bearer ${element.token()}`,
          ...args,
          element.url + path,
        ],
        { cwd: dir },
      );
    const part = join(dir, 'part.bin');
    await curl('-r', '0-999999', '-o', part);
    await curl('-C', '-', '-o', part);
    assert.ok((await readFile(part)).equals(bytes));
    const { stdout } = await curl('-I');
    assert.match(stdout, /^HTTP\/1\.1 200/);
    assert.match(stdout, /content-length: 3000000/i);
    const ranges = await curl('-r', '0-1,4-5', '-o', join(dir, 'many.bin'), '-w', '%{http_code}');
    assert.equal(ranges.stdout, '200');
  });
});

test('пропавшее или укороченное содержимое — авария, а не «файла нет»', async (t) => {
  const element = await startElement(t);
  const id = newId();
  await element.put(id, randomBytes(100_000));
  const blob = await blobOf(element, id);
  await truncate(blob, 50_000);
  const cut = await element.call('GET', `/api/v1/files/${id}/download`).then(
    (reply) => reply.status,
    () => 'оборвано',
  );
  assert.ok(cut === 500 || cut === 'оборвано', String(cut));
  await unlink(blob);
  const gone = await element.call('GET', `/api/v1/files/${id}/download`);
  assert.equal(gone.status, 500);
  assert.equal(gone.code(), 'INTERNAL_ERROR');
  assert.ok(!gone.bytes.toString().includes(element.dataDir));
});

async function blobOf(element: Element, id: string): Promise<string> {
  for await (const path of glob(join(element.dataDir, 'files', '**', `${id}.bin`))) return path;
  throw new Error('содержимого на диске нет');
}

async function hasCurl(): Promise<boolean> {
  try {
    await run('curl', ['--version']);
    return true;
  } catch {
    return false;
  }
}
