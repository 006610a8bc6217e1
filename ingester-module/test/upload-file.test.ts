// Загрузка через настоящий Ingester на настоящие элементы хранения: что принято, что отвергнуто, что осталось на диске.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { startAdminDouble } from './support/admin-double.ts';
import type { AdminDouble } from './support/admin-double.ts';
import { startElement } from './support/start-element.ts';
import type { ElementProcess } from './support/start-element.ts';
import { BOUNDARY, filePart, form, sha256, startIngester } from './support/start-ingester.ts';
import type { Ingester, Sending } from './support/start-ingester.ts';

interface System {
  readonly admin: AdminDouble;
  readonly edit: ElementProcess;
  readonly rw: ElementProcess;
  readonly ingester: Ingester;
}

async function startSystem(t: TestContext, env: Record<string, string> = {}): Promise<System> {
  const admin = await startAdminDouble(t);
  const [edit, rw] = await Promise.all([
    startElement(t, admin, { mode: 'edit' }),
    startElement(t, admin, { mode: 'rw' }),
  ]);
  admin.elements = [edit.row, rw.row];
  return { admin, edit, rw, ingester: await startIngester(t, admin, env) };
}

/** Хуки describe не дают контекста с уборкой; здесь уборка копится и делается в after. */
function contextFor(): TestContext & { cleanUp: () => Promise<void> } {
  const jobs: (() => unknown)[] = [];
  return {
    after: (job: () => unknown) => void jobs.push(job),
    cleanUp: async () => {
      for (const job of jobs.toReversed()) await job();
    },
  } as never;
}

describe('загрузка', () => {
  const context = contextFor();
  let system: System;
  before(async () => {
    system = await startSystem(context, { IM_MAX_FILE_SIZE: '4MiB' });
  });
  after(() => context.cleanUp());

  test('черновик уходит на edit, постоянный — на rw; ответ полон и ничего не говорит об элементах', async () => {
    const { ingester, admin, edit, rw } = system;
    const draft = await ingester.upload({ file: 'черновик', filename: 'Договор №7_скан (копия).pdf' });
    assert.equal(draft.status, 201, draft.text);
    assert.equal(draft.body['original_filename'], 'Договор №7_скан (копия).pdf');
    assert.equal(draft.body['retention_policy'], 'temporary');
    assert.equal(draft.body['ttl_days'], 30);
    assert.equal(draft.body['uploaded_by'], 'sa_test_1');
    assert.equal(draft.body.registration, 'done');
    assert.equal(draft.body.checksum, sha256('черновик'));
    assert.equal(admin.registered.get(draft.body.file_id)?.storage_element_id, edit.row.id);
    const kept = await ingester.upload({
      file: 'навсегда',
      fields: { retention_policy: 'permanent', description: 'д', tags: '["а","б"]', metadata: '{"k":{"v":1}}' },
    });
    assert.equal(kept.status, 201, kept.text);
    assert.deepEqual(
      [kept.body['tags'], kept.body['metadata'], kept.body['ttl_days']],
      [['а', 'б'], { k: { v: 1 } }, null],
    );
    assert.equal(admin.registered.get(kept.body.file_id)?.storage_element_id, rw.row.id);
    for (const text of [draft.text, kept.text]) {
      for (const secret of [edit.row.id, rw.row.id, edit.row.url, rw.row.url, 'revision', 'storage']) {
        assert.ok(!text.includes(secret), `в ответе есть ${secret}`);
      }
    }
  });

  test('размеры вокруг всех порогов приходят теми же байтами', async () => {
    for (const size of [0, 1, 65_535, 65_536, 65_537, 262_144, 1_048_577, 4 * 1024 * 1024]) {
      const file = randomBytes(size);
      const reply = await system.ingester.upload({ file, fields: { retention_policy: 'permanent' } });
      assert.equal(reply.status, 201, `${size}: ${reply.text}`);
      assert.deepEqual([reply.body.size, reply.body.checksum], [size, sha256(file)]);
    }
  });

  test('Repr-Digest проверяется до сохранения', async () => {
    const file = randomBytes(300_000);
    const digest = `sha-256=:${Buffer.from(sha256(file), 'hex').toString('base64')}:`;
    const good = await system.ingester.upload({ file, headers: { 'repr-digest': digest } });
    assert.equal(good.status, 201);
    for (const content of [randomBytes(300_000), randomBytes(10)]) {
      const before = await system.edit.content();
      const bad = await system.ingester.upload({ file: content, headers: { 'repr-digest': digest } });
      assert.deepEqual([bad.status, bad.body.error?.code], [422, 'CHECKSUM_MISMATCH']);
      assert.deepEqual(await system.edit.content(), before);
    }
    const wrong = await system.ingester.upload({ file, headers: { 'repr-digest': 'sha-256=:abc:' } });
    assert.equal(wrong.body.error?.code, 'VALIDATION_ERROR');
  });

  const big = Buffer.alloc(200_000, 'x');
  const refused: [string, Sending, number, string][] = [
    ['без токена', { file: big, token: null }, 401, 'UNAUTHORIZED'],
    ['без файла', { fields: { description: 'x' } }, 400, 'VALIDATION_ERROR'],
    ['два файла', { raw: Buffer.concat([filePart(big), filePart('b'), form({})]) }, 400, 'VALIDATION_ERROR'],
    [
      'поле после файла',
      { raw: Buffer.concat([filePart(big), form({ fields: { description: 'x' } })]) },
      400,
      'VALIDATION_ERROR',
    ],
    ['оборванная форма', { raw: form({ file: big }).subarray(0, -10) }, 400, 'VALIDATION_ERROR'],
    ['не форма', { raw: Buffer.from('{}'), headers: { 'content-type': 'application/json' } }, 400, 'VALIDATION_ERROR'],
    ['метки не JSON', { file: big, fields: { tags: 'a,b' } }, 400, 'VALIDATION_ERROR'],
    ['срок 0', { file: big, fields: { ttl_days: '0' } }, 400, 'VALIDATION_ERROR'],
    ['срок 366', { file: big, fields: { ttl_days: '366' } }, 400, 'VALIDATION_ERROR'],
    [
      'срок у постоянного',
      { file: big, fields: { retention_policy: 'permanent', ttl_days: '1' } },
      400,
      'VALIDATION_ERROR',
    ],
    ['незнакомая политика', { file: big, fields: { retention_policy: 'forever' } }, 400, 'VALIDATION_ERROR'],
    ['незнакомое поле', { file: big, fields: { colour: 'red' } }, 400, 'VALIDATION_ERROR'],
    [
      'глубокие метаданные',
      { file: big, fields: { metadata: '{"a":{"b":{"c":{"d":{"e":{}}}}}}' } },
      400,
      'VALIDATION_ERROR',
    ],
    ['имя-путь', { file: big, filename: '../../etc/passwd' }, 400, 'VALIDATION_ERROR'],
    ['имя длиннее 255 байт', { file: big, filename: 'ж'.repeat(128) }, 400, 'VALIDATION_ERROR'],
    ['больше предела', { file: Buffer.alloc(4 * 1024 * 1024 + 1) }, 413, 'FILE_TOO_LARGE'],
    ['незнакомый параметр', { file: big, headers: { 'idempotency-key': '' } }, 400, 'VALIDATION_ERROR'],
  ];
  for (const [name, sending, status, code] of refused) {
    test(`отказ: ${name} → ${status} ${code}, на диске ничего`, async () => {
      const { ingester, edit, rw } = system;
      const before = [await edit.content(), await rw.content()];
      const staged = await stagedIn(edit, rw);
      const reply = await ingester.upload(sending);
      assert.deepEqual([reply.status, reply.body.error?.code], [status, code], reply.text);
      assert.deepEqual([await edit.content(), await rw.content()], before);
      await nothingNewStaged(staged, edit, rw);
      assert.equal((await ingester.upload({ file: 'жив' })).status, 201);
    });
  }

  test('чужое право, роль и просроченный токен: 403, 201, 403, 401', async () => {
    const { ingester, admin } = system;
    const user = (role: string) => admin.token('artstore', '', { username: 'anna', role, uid: 'u', sub: 'anna' });
    const expected: [string, number][] = [
      [admin.token('artstore', 'files:read storage:write'), 403],
      [user('admin'), 201],
      [user('readonly'), 403],
      [admin.token('artstore', 'files:write', { exp: Math.floor(Date.now() / 1000) - 60 }), 401],
      [admin.token('other', 'files:write'), 401],
    ];
    for (const [token, status] of expected) {
      assert.equal((await ingester.upload({ file: 'x', token })).status, status);
    }
  });

  test('обрыв клиента в разных местах не оставляет ни файла, ни недописанного', async () => {
    const { ingester, edit, rw, admin } = system;
    const body = form({ file: randomBytes(1_500_000), fields: { description: 'обрыв' } });
    const before = [await edit.content(), await rw.content()];
    const staged = await stagedIn(edit, rw);
    const { registerCalls } = admin;
    const places = [
      1,
      60,
      200,
      300,
      1000,
      65_536,
      70_000,
      262_144,
      700_000,
      1_400_000,
      body.length - 3,
      body.length - 1,
    ];
    for (const reset of [false, true]) {
      for (const place of places) {
        const socket = connect(Number(new URL(ingester.url).port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(
          `POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ingester.token}\r\n` +
            `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        socket.write(body.subarray(0, place));
        await sleep(15);
        if (reset) socket.resetAndDestroy();
        else socket.destroy();
      }
    }
    await sleep(300);
    assert.deepEqual([await edit.content(), await rw.content()], before);
    assert.equal(admin.registerCalls, registerCalls);
    await nothingNewStaged(staged, edit, rw);
  });

  test('Content-Length больше тела: ответа об успехе нет и файла нет', async () => {
    const { ingester, edit } = system;
    const before = await edit.content();
    const body = form({ file: randomBytes(100_000) });
    const socket = connect(Number(new URL(ingester.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(
      `POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ingester.token}\r\n` +
        `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${body.length + 10}\r\n\r\n`,
    );
    socket.write(body);
    await sleep(200);
    socket.end();
    await once(socket, 'close');
    assert.ok(!answer.includes(' 201 '), answer);
    assert.deepEqual(await edit.content(), before);
  });

  test('файл без объявленной длины (chunked) принимается', async () => {
    const { ingester } = system;
    const content = randomBytes(500_000);
    const data = new FormData();
    data.set('retention_policy', 'permanent');
    data.set('file', new File([content], 'Отчёт.bin'));
    const reply = await fetch(`${ingester.url}/api/v1/files/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ingester.token}` },
      body: data,
    });
    const body = (await reply.json()) as { checksum: string; original_filename: string };
    assert.equal(reply.status, 201);
    assert.deepEqual([body.checksum, body.original_filename], [sha256(content), 'Отчёт.bin']);
  });

  test('40 одновременных загрузок не мешают друг другу', async () => {
    const files = Array.from({ length: 40 }, () => randomBytes(400_000));
    const replies = await Promise.all(files.map((file) => system.ingester.upload({ file })));
    assert.deepEqual(
      replies.map((reply) => reply.body.checksum),
      files.map((file) => sha256(file)),
    );
  });
});

async function stagedIn(...elements: ElementProcess[]): Promise<Set<string>> {
  return new Set((await Promise.all(elements.map((element) => element.staged()))).flat());
}

async function nothingNewStaged(before: Set<string>, ...elements: ElementProcess[]): Promise<void> {
  await waitUntil(
    'недописанное убрано',
    async () => [...(await stagedIn(...elements))].every((name) => before.has(name)),
    3_000,
  );
}
