// Загрузка, когда вокруг что-то сломано: модуль управления молчит, элемент отказал, упал или переполнен; повторы с ключом.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { startAdminDouble } from './support/admin-double.ts';
import { startElement } from './support/start-element.ts';
import { BOUNDARY, form, sha256, startIngester } from './support/start-ingester.ts';

test('модуль управления недоступен: загрузки идут по последнему списку и отвечают 202', async (t) => {
  const admin = await startAdminDouble(t);
  const edit = await startElement(t, admin, { mode: 'edit' });
  admin.elements = [edit.row];
  const ingester = await startIngester(t, admin);
  assert.equal((await ingester.upload({ file: 'до' })).status, 201);
  for (const state of ['down', 'silent'] as const) {
    admin.state = state;
    const reply = await ingester.upload({ file: randomBytes(200_000) });
    assert.deepEqual([reply.status, reply.body.registration], [202, 'pending'], reply.text);
  }
  admin.state = 'up';
  admin.registration = 'conflicts';
  assert.equal((await ingester.upload({ file: 'x' })).status, 202);
  admin.registration = 'fails';
  const slow = ingester.upload({ file: 'y' });
  setTimeout(() => (admin.registration = 'works'), 150);
  assert.equal((await slow).status, 201, 'реестр ожил раньше, чем кончилось терпение');
});

test('без единого списка элементов — ADMIN_UNAVAILABLE и готовность fail; пустой список — NO_STORAGE_AVAILABLE', async (t) => {
  const admin = await startAdminDouble(t);
  admin.listing = 'fails';
  const ingester = await startIngester(t, admin, { IM_ELEMENTS_INTERVAL: '50ms' });
  const unlisted = await ingester.upload({ file: 'x' });
  assert.deepEqual([unlisted.status, unlisted.body.error?.code], [502, 'ADMIN_UNAVAILABLE'], unlisted.text);
  assert.deepEqual(await ingester.ready(), { status: 503, state: 'fail' });
  admin.listing = 'works';
  await waitUntil('список получен', async () =>
    /NO_STORAGE_AVAILABLE/.test((await ingester.upload({ file: 'x' })).text),
  );
});

test('готовность: обе политики — ok, одна — degraded, и файл другой политики — NO_STORAGE_AVAILABLE', async (t) => {
  const admin = await startAdminDouble(t);
  const edit = await startElement(t, admin, { mode: 'edit' });
  admin.elements = [edit.row];
  const ingester = await startIngester(t, admin);
  assert.deepEqual(await ingester.ready(), { status: 200, state: 'degraded' });
  const reply = await ingester.upload({ file: 'x', fields: { retention_policy: 'permanent' } });
  assert.deepEqual([reply.status, reply.body.error?.code], [502, 'NO_STORAGE_AVAILABLE']);
  const rw = await startElement(t, admin, { mode: 'rw' });
  admin.elements = [edit.row, rw.row];
  await waitUntil('новый элемент замечен', async () => (await ingester.ready()).state === 'ok', 5_000);
});

test('отказ элемента до тела: файл уходит следующему, и маленький, и большой', async (t) => {
  const admin = await startAdminDouble(t);
  const [first, second, dead] = await Promise.all([
    startElement(t, admin, { mode: 'rw', availableBytes: 1e15 }),
    startElement(t, admin, { mode: 'rw', availableBytes: 1e6 }),
    startElement(t, admin, { mode: 'rw', availableBytes: 1e15 }),
  ]);
  admin.elements = [first.row, second.row, dead.row];
  const ingester = await startIngester(t, admin);
  await first.setMode('ro');
  await dead.kill();
  for (const size of [10, 3_000_000]) {
    const file = randomBytes(size);
    const reply = await ingester.upload({ file, fields: { retention_policy: 'permanent' } });
    assert.deepEqual([reply.status, reply.body.checksum], [201, sha256(file)], reply.text);
    assert.equal(admin.registered.get(reply.body.file_id)?.storage_element_id, second.row.id);
  }
  await second.setMode('ro');
  const none = await ingester.upload({ file: randomBytes(3_000_000), fields: { retention_policy: 'permanent' } });
  assert.deepEqual([none.status, none.body.error?.code], [502, 'NO_STORAGE_AVAILABLE'], none.text);
});

test('элемент убит посреди тела: 502 SE_UPLOAD_FAILED без подробностей об элементе', async (t) => {
  const admin = await startAdminDouble(t);
  const edit = await startElement(t, admin, { mode: 'edit' });
  admin.elements = [edit.row];
  const ingester = await startIngester(t, admin);
  const body = form({ file: randomBytes(2_000_000) });
  const { promise, resolve } = Promise.withResolvers<{ status: number; text: string }>();
  const request = httpRequest(
    `${ingester.url}/api/v1/files/upload`,
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ingester.token}`,
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': String(body.length),
      },
    },
    async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode ?? 0, text });
    },
  );
  request.on('error', () => undefined);
  request.write(body.subarray(0, 1_000_000));
  await sleep(200);
  await edit.kill();
  const reply = await promise;
  assert.equal(reply.status, 502, reply.text);
  assert.match(reply.text, /SE_UPLOAD_FAILED/);
  for (const secret of [edit.row.id, edit.row.url, 'ECONN', '127.0.0.1']) assert.ok(!reply.text.includes(secret));
  request.destroy();
});

test('повтор с ключом находит тот же файл, другое содержимое — 409', async (t) => {
  const admin = await startAdminDouble(t);
  const edit = await startElement(t, admin, { mode: 'edit' });
  admin.elements = [edit.row];
  const ingester = await startIngester(t, admin);
  const file = randomBytes(300_000);
  const headers = { 'idempotency-key': 'ключ-1'.replace('ключ', 'key') };
  const first = await ingester.upload({ file, headers });
  const again = await ingester.upload({ file, headers });
  assert.deepEqual([first.status, again.status, again.body.file_id], [201, 201, first.body.file_id]);
  const other = await ingester.upload({ file: randomBytes(300_000), headers });
  assert.deepEqual([other.status, other.body.error?.code], [409, 'CONFLICT'], other.text);
  // Без реестра то же решает сам элемент.
  admin.registered.clear();
  assert.equal((await ingester.upload({ file, headers })).body.file_id, first.body.file_id);
  admin.registered.clear();
  assert.equal((await ingester.upload({ file: randomBytes(300_000), headers })).status, 409);
  assert.equal((await edit.content()).counts.active, 1);
  const stranger = await ingester.upload({
    file,
    headers,
    token: admin.token('artstore', 'files:write', { sub: 'sa_other' }),
  });
  assert.notEqual(stranger.body.file_id, first.body.file_id, 'чужой ключ — другой файл');
});

test('повтор с ключом не создаёт второго файла, даже когда веса элементов поменялись или режим сменился', async (t) => {
  const admin = await startAdminDouble(t);
  const [a, b] = await Promise.all([startElement(t, admin, { mode: 'rw' }), startElement(t, admin, { mode: 'rw' })]);
  admin.elements = [a.row, b.row];
  const ingester = await startIngester(t, admin, { IM_ELEMENTS_INTERVAL: '50ms' });
  const files = Array.from({ length: 12 }, () => randomBytes(70_000));
  const send = (file: Buffer, i: number) =>
    ingester.upload({ file, headers: { 'idempotency-key': `k${i}` }, fields: { retention_policy: 'permanent' } });
  for (const [i, file] of files.entries()) assert.equal((await send(file, i)).status, 201);
  const total = async () => (await a.content()).counts.active + (await b.content()).counts.active;
  assert.equal(await total(), 12);
  for (const known of [true, false]) {
    for (const heavy of [a, b]) {
      admin.elements = [a, b].map(({ row }) => ({ ...row, available_bytes: row.id === heavy.row.id ? 1e15 : 1 }));
      await sleep(400);
      if (!known) admin.registered.clear();
      for (const [i, file] of files.entries()) assert.equal((await send(file, i)).status, 201);
      assert.equal(await total(), 12, `второй файл: реестр ${known}, тяжелее ${heavy.row.name}`);
    }
  }
  await a.setMode('ro');
  admin.elements = [{ ...a.row, mode: 'ro' }, b.row];
  await sleep(400);
  admin.registered.clear();
  for (const [i, file] of files.entries()) assert.equal((await send(file, i)).status, 201);
  assert.equal(await total(), 12);
});

test('предел элемента меньше предела модуля: 413, а не сбой', async (t) => {
  const admin = await startAdminDouble(t);
  const edit = await startElement(t, admin, { mode: 'edit', fileBytesMax: '100KiB' });
  admin.elements = [edit.row];
  const ingester = await startIngester(t, admin);
  const reply = await ingester.upload({ file: randomBytes(500_000) });
  assert.deepEqual([reply.status, reply.body.error?.code], [413, 'FILE_TOO_LARGE'], reply.text);
  const small = await ingester.upload({ file: randomBytes(50_000) });
  assert.equal(small.status, 201, small.text);
});
