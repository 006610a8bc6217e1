// Скачивание через Query с настоящего элемента хранения.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { fileRow, insertFiles } from './registry-fixture.ts';
import { startAdmin } from './start-admin.ts';
import { type Element, startElement } from './start-element.ts';
import { type ErrorReply, type QueryStand, startQuery } from './start-query.ts';

async function startPair(t: TestContext): Promise<{ query: QueryStand; element: Element }> {
  const admin = await startAdmin(t);
  const element = await startElement(t, admin);
  admin.elements = [{ id: element.id, url: element.url, mode: 'edit' }];
  return { query: await startQuery(t, { admin }), element };
}

const path = (fileId: string): string => `/api/v1/files/${fileId}/download`;

test('файл отдаётся целиком, участком и по условию, а заголовки годятся браузеру', async (t) => {
  const { query, element } = await startPair(t);
  const bytes = randomBytes(3_000_000);
  const row = await element.put(bytes, { original_filename: 'Договор №7_скан (копия).pdf' });
  await insertFiles(query.registry, [row]);

  await t.test('целиком', async () => {
    const reply = await query.call('GET', path(row.file_id));
    assert.equal(reply.status, 200);
    assert.ok(reply.bytes.equals(bytes));
    assert.equal(reply.headers['content-length'], '3000000');
    assert.equal(reply.headers['content-type'], 'application/pdf');
    assert.equal(reply.headers.etag, `"${row.checksum}"`);
    assert.equal(reply.headers['accept-ranges'], 'bytes');
    assert.equal(reply.headers['repr-digest'], `sha-256=:${Buffer.from(row.checksum, 'hex').toString('base64')}:`);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    assert.match(String(reply.headers['content-security-policy']), /sandbox/);
    const disposition = String(reply.headers['content-disposition']);
    assert.match(disposition, /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''/);
    assert.ok(disposition.includes(encodeURIComponent('Договор')));
  });

  await t.test('ничего об элементе в ответе нет', async () => {
    const reply = await query.call('GET', path(row.file_id));
    const text = JSON.stringify(reply.headers);
    assert.ok(!text.includes(element.id) && !text.includes(element.url) && !('artstore-storage-id' in reply.headers));
  });

  await t.test('участком', async () => {
    const reply = await query.call('GET', path(row.file_id), { headers: { range: 'bytes=100-299' } });
    assert.equal(reply.status, 206);
    assert.equal(reply.headers['content-range'], 'bytes 100-299/3000000');
    assert.ok(reply.bytes.equals(bytes.subarray(100, 300)));
    const tail = await query.call('GET', path(row.file_id), { headers: { range: 'bytes=-5' } });
    assert.ok(tail.bytes.equals(bytes.subarray(-5)));
  });

  await t.test('участком, если содержимое то же, иначе целиком', async () => {
    const same = await query.call('GET', path(row.file_id), {
      headers: { range: 'bytes=0-9', 'if-range': `"${row.checksum}"` },
    });
    assert.equal(same.status, 206);
    const other = await query.call('GET', path(row.file_id), { headers: { range: 'bytes=0-9', 'if-range': '"x"' } });
    assert.equal(other.status, 200);
    assert.equal(other.bytes.length, 3_000_000);
  });

  await t.test('304, когда содержимое уже у клиента', async () => {
    const reply = await query.call('GET', path(row.file_id), { headers: { 'if-none-match': `"${row.checksum}"` } });
    assert.equal(reply.status, 304);
    assert.equal(reply.bytes.length, 0);
    assert.equal(reply.headers.etag, `"${row.checksum}"`);
  });

  await t.test('416 с Content-Range, когда такого участка нет', async () => {
    const reply = await query.call('GET', path(row.file_id), { headers: { range: 'bytes=3000000-' } });
    assert.equal(reply.status, 416);
    assert.equal(reply.headers['content-range'], 'bytes */3000000');
    assert.equal(reply.json<ErrorReply>().error.code, 'INVALID_RANGE');
  });

  await t.test('HEAD даёт те же заголовки без тела', async () => {
    const reply = await query.call('HEAD', path(row.file_id));
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-length'], '3000000');
    assert.equal(reply.bytes.length, 0);
    const part = await query.call('HEAD', path(row.file_id), { headers: { range: 'bytes=0-0' } });
    assert.equal(part.status, 200);
    const same = await query.call('HEAD', path(row.file_id), { headers: { 'if-none-match': `"${row.checksum}"` } });
    assert.equal(same.status, 304);
  });
});

test('пустой файл скачивается', async (t) => {
  const { query, element } = await startPair(t);
  const row = await element.put(Buffer.alloc(0), { original_filename: 'a b%20c.txt' });
  await insertFiles(query.registry, [row]);
  const reply = await query.call('GET', path(row.file_id));
  assert.equal(reply.status, 200);
  assert.equal(reply.bytes.length, 0);
  assert.equal(reply.headers['content-length'], '0');
});

test('истёкшего, удалённого и неизвестного файла нет, и элемент об этом не спрашивают', async (t) => {
  const query = await startQuery(t);
  const expired = fileRow({
    retention_policy: 'temporary',
    ttl_days: 1,
    expires_at: new Date(Date.now() - 1000).toISOString(),
  });
  const marked = fileRow({ status: 'expired' });
  const deleted = fileRow({ status: 'deleted', deleted_at: new Date().toISOString() });
  await insertFiles(query.registry, [expired, marked, deleted]);
  for (const [fileId, status, code] of [
    [expired.file_id, 410, 'FILE_EXPIRED'],
    [marked.file_id, 410, 'FILE_EXPIRED'],
    [deleted.file_id, 404, 'FILE_NOT_FOUND'],
    [randomUUID(), 404, 'FILE_NOT_FOUND'],
  ] as const) {
    const reply = await query.call('GET', path(fileId));
    assert.equal(reply.status, status);
    assert.equal(reply.json<ErrorReply>().error.code, code);
  }
  assert.equal((await query.call('GET', path('не-uuid'))).status, 400);
  assert.deepEqual(query.admin.reported, []);
});

test('архивный элемент — 409, выключенный или неизвестный — 502 за ограниченное время', async (t) => {
  const admin = await startAdmin(t);
  const [row, lost, archived] = [
    fileRow(),
    fileRow({ storage_element_id: randomUUID() }),
    fileRow({ storage_element_id: randomUUID() }),
  ];
  admin.elements = [
    { id: row.storage_element_id, url: 'http://127.0.0.1:1', mode: 'rw' },
    { id: archived.storage_element_id, url: 'http://127.0.0.1:1', mode: 'ar' },
  ];
  const query = await startQuery(t, { admin, env: { QM_OPEN_TIMEOUT: '1s' } });
  await insertFiles(query.registry, [row, lost, archived]);
  const startedAt = performance.now();
  for (const fileId of [row.file_id, lost.file_id]) {
    const reply = await query.call('GET', path(fileId));
    assert.equal(reply.status, 502);
    assert.equal(reply.json<ErrorReply>().error.code, 'SE_UNAVAILABLE');
    assert.ok(!reply.bytes.includes(row.storage_element_id) && !reply.bytes.includes('127.0.0.1'));
  }
  assert.ok(performance.now() - startedAt < 5_000);

  const reply = await query.call('GET', path(archived.file_id));
  assert.equal(reply.status, 409);
  assert.equal(reply.json<ErrorReply>().error.code, 'MODE_NOT_ALLOWED');
});

test('файл, которого элемент не знает, становится 404, и об этом узнаёт Admin', async (t) => {
  const { query, element } = await startPair(t);
  const row = fileRow({ storage_element_id: element.id });
  await insertFiles(query.registry, [row]);
  const reply = await query.call('GET', path(row.file_id));
  assert.equal(reply.status, 404);
  assert.equal(reply.json<ErrorReply>().error.code, 'FILE_NOT_FOUND');
  assert.ok(!reply.bytes.includes(element.id));
  assert.deepEqual(query.admin.reported, [row.file_id]);

  // Admin пометил строку: следующий ответ Query берёт из базы, а не из памяти.
  await query.registry.pool.query(`UPDATE files SET original_filename = 'другое.pdf' WHERE file_id = $1`, [
    row.file_id,
  ]);
  const metadata = await query.call('GET', `/api/v1/files/${row.file_id}`);
  assert.equal(metadata.json<{ original_filename: string }>().original_filename, 'другое.pdf');
});

test('содержимое, не совпавшее с реестром, клиент не получает', async (t) => {
  const { query, element } = await startPair(t);
  const row = await element.put(randomBytes(1000));
  const wrong = createHash('sha256').update('другое').digest('hex');
  await insertFiles(query.registry, [{ ...row, checksum: wrong }]);
  const reply = await query.call('GET', path(row.file_id));
  assert.equal(reply.status, 502);
});
