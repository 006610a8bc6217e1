// Элемент как процесс: настройки, остановка, перезапуск, большие файлы и память.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { cleanUp } from './clean-up.ts';
import { startTokenIssuer } from './issue-tokens.ts';
import { type ElementFile, type FilePage, metadata, newId, prepareEnv, sha256, temporaryDir } from './start-element.ts';
import { type ElementProcess, spawnMain, startProcess } from './start-process.ts';

test('перезапуск хранит файлы, режим и идентификатор', async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env, ca } = await prepareEnv(dir, tokens);
  const room = { env: { ...env, SE_MODE: 'rw' }, ca, tokens };
  const intent = { retention_policy: 'permanent', ttl_days: null } as const;

  const first = await startProcess(t, room);
  const small = randomBytes(5000);
  const large = randomBytes(500_000);
  const [smallId, largeId] = [newId(), newId()];
  const stored = (await first.put(smallId, small, { intent })).json<ElementFile>();
  assert.equal((await first.put(largeId, large, { intent })).status, 201);
  const ro = await first.call('POST', '/api/v1/mode/transition', {
    body: '{"target_mode":"ro"}',
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(ro.status, 200);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);

  // Другой SE_MODE молча ничего не меняет: действует записанный режим.
  const second = await startProcess(t, { ...room, env: { ...room.env, SE_MODE: 'edit', SE_LOG_LEVEL: 'warn' } });
  assert.match(second.output(), /mode_differs.*"configured":"edit","mode":"ro"/);
  assert.equal(second.storageId, first.storageId);
  assert.deepEqual((await second.call('GET', `/api/v1/files/${smallId}`)).json(), stored);
  for (const [id, bytes] of [
    [smallId, small],
    [largeId, large],
  ] as const) {
    assert.ok((await second.call('GET', `/api/v1/files/${id}/download`)).bytes.equals(bytes));
  }
  assert.equal((await second.put(newId(), small, { intent })).code(), 'MODE_NOT_ALLOWED');

  await t.test('второй процесс на том же каталоге не запускается и говорит почему', async (s) => {
    const rival = spawnMain(s, room.env);
    assert.notEqual(await rival.ended, 0);
    assert.match(rival.output(), /занят другим процессом/);
  });

  await t.test('чужой SE_STORAGE_ID не запускается', async (s) => {
    second.child.kill('SIGTERM');
    await second.ended;
    const other = spawnMain(s, { ...room.env, SE_STORAGE_ID: newId() });
    assert.notEqual(await other.ended, 0);
    assert.match(other.output(), new RegExp(first.storageId));
  });
});

test('негодный запуск кончается понятными словами и кодом', async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env } = await prepareEnv(dir, tokens);

  await t.test('ошибки настроек — все разом, код 2', async (s) => {
    const bad = spawnMain(s, { SE_PORT: 'x', SE_MODE: 'y' });
    assert.equal(await bad.ended, 2);
    for (const name of ['SE_PORT', 'SE_MODE', 'SE_DATA_DIR', 'SE_JWKS_URL', 'SE_ISSUER'])
      assert.match(bad.output(), new RegExp(name));
  });

  await t.test('порт занят — одно предложение, код 1', async (s) => {
    const busy = createServer().listen(0, '127.0.0.1');
    cleanUp(s, () => busy.close());
    await new Promise((resolve) => busy.once('listening', resolve));
    const address = busy.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const late = spawnMain(s, { ...env, SE_PORT: port });
    assert.equal(await late.ended, 1);
    assert.match(late.output(), new RegExp(port));
  });

  await t.test('нет сертификата — не запускается', async (s) => {
    const bare = spawnMain(s, { ...env, SE_TLS_CERT: '/nonexistent/tls.crt' });
    assert.equal(await bare.ended, 1);
    assert.match(bare.output(), /nonexistent/);
  });
});

test('обычный HTTP — только по явной настройке и с предупреждением', async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env, ca } = await prepareEnv(dir, tokens);
  const { SE_TLS_CERT: _cert, SE_TLS_KEY: _key, ...plain } = env;
  const element = await startProcess(t, { env: { ...plain, SE_PLAIN_HTTP: 'true', SE_LOG_LEVEL: 'warn' }, ca, tokens });
  assert.match(element.output(), /plain_http/);
  assert.equal((await element.put(newId(), 'x')).status, 201);
});

test('файл в 300 МиБ: сумма верна, память не растёт с размером', async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env, ca } = await prepareEnv(dir, tokens);
  const element = await startProcess(t, { env: { ...env, SE_PLAIN_HTTP: 'true' }, ca, tokens });
  await element.put(newId(), randomBytes(1 << 20));
  const idle = await element.residentBytes();
  let peak = idle;
  const watch = setInterval(() => void element.residentBytes().then((bytes) => (peak = Math.max(peak, bytes))), 50);
  cleanUp(t, () => clearInterval(watch));

  const block = randomBytes(1 << 20);
  const expected = createHash('sha256');
  async function* body() {
    for (let index = 0; index < 300; index += 1) {
      block.writeUInt32LE(index);
      expected.update(block);
      yield Buffer.from(block);
    }
  }
  const id = newId();
  const started = performance.now();
  const reply = await element.put(id, Readable.from(body(), { objectMode: false }));
  const putSeconds = (performance.now() - started) / 1000;
  assert.equal(reply.status, 201, reply.bytes.toString());
  const file = reply.json<ElementFile>();
  assert.equal(file.size, 300 << 20);
  assert.equal(file.checksum, expected.digest('hex'));
  const { sum, seconds } = await downloadSum(element, id);
  assert.equal(sum, file.checksum);
  t.diagnostic(
    `PUT ${(300 / putSeconds).toFixed()} МиБ/с, GET ${(300 / seconds).toFixed()} МиБ/с, память ${(idle / 2 ** 20).toFixed()} → ${(peak / 2 ** 20).toFixed()} МиБ`,
  );
  assert.ok(peak < 300 * 2 ** 20, `${(peak / 2 ** 20).toFixed()} МиБ`);

  await t.test('медленный читатель не растит память: поток ждёт его', async () => {
    const before = await element.residentBytes();
    const slow = await Promise.all(Array.from({ length: 16 }, () => openSlowly(element, id)));
    await sleep(1000);
    const grown = (await element.residentBytes()) - before;
    for (const stop of slow) stop();
    assert.ok(grown < 100 * 2 ** 20, `${(grown / 2 ** 20).toFixed()} МиБ на 16 читателей`);
  });
});

async function downloadSum(element: ElementProcess, id: string): Promise<{ sum: string; seconds: number }> {
  const started = performance.now();
  const hash = createHash('sha256');
  await new Promise<void>((resolve, reject) => {
    const call = request(`${element.url}/api/v1/files/${id}/download`, {
      headers: { authorization: `Bearer ${element.token()}` },
    });
    call.on('response', (response) => pipeline(response, hash).then(resolve, reject));
    call.on('error', reject);
    call.end();
  });
  return { sum: hash.digest('hex'), seconds: (performance.now() - started) / 1000 };
}

/** Начинает скачивание и не читает его; возвращает, как бросить. */
function openSlowly(element: ElementProcess, id: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const call = request(`${element.url}/api/v1/files/${id}/download`, {
      agent: false,
      headers: { authorization: `Bearer ${element.token()}` },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      response.pause();
      response.on('error', () => undefined);
      resolve(() => call.destroy());
    });
    call.end();
  });
}

test('остановка: начатая загрузка доводится до конца, новые не принимаются', async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env, ca } = await prepareEnv(dir, tokens);
  const element = await startProcess(t, { env, ca, tokens });
  const id = newId();
  const bytes = randomBytes(400_000);
  const body = new Readable({ read() {} });
  body.push(bytes.subarray(0, 200_000));
  const sending = element.put(id, body, { headers: { 'content-length': '400000', 'artstore-metadata': metadata() } });
  const staging = join(dir, 'data', 'staging');
  await waitUntil('загрузка начата', async () => (await readdir(staging)).length > 0, 60_000);
  element.child.kill('SIGTERM');
  const isClosed = () =>
    element.call('GET', '/health/live').then(
      () => false,
      () => true,
    );
  await waitUntil('новых не принимает', isClosed, 60_000);
  body.push(bytes.subarray(200_000));
  body.push(null);
  assert.equal((await sending).status, 201);
  assert.equal(await element.ended, 0);
  const again = await startProcess(t, { env, ca, tokens });
  assert.equal(sha256((await again.call('GET', `/api/v1/files/${id}/download`)).bytes), sha256(bytes));
  assert.equal((await again.call('GET', '/api/v1/files')).json<FilePage>().total, 1);
});
