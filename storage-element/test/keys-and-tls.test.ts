// Ключи и сертификат: недоступный сосед не открывает дверь, последний удачный набор работает, новый сертификат берётся на ходу.
import assert from 'node:assert/strict';
import { request as plainRequest } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate, waitUntil } from '@artstore/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { send } from './send.ts';
import { newId, startElement, temporaryDir } from './start-element.ts';

test('ключей нет и взять их негде: отказ 503, готовность fail, открытое открыто', async (t) => {
  const element = await startElement(t, { env: { SE_JWKS_URL: 'http://127.0.0.1:9/jwks' } });
  const reply = await element.call('GET', '/api/v1/files');
  assert.equal(reply.status, 503);
  assert.equal(reply.code(), 'NOT_READY');
  assert.equal((await element.put(newId(), 'x')).status, 503);
  const ready = await element.call('GET', '/health/ready', { token: null });
  assert.equal(ready.status, 503);
  const { checks } = ready.json<{ checks: Record<string, { status: string }> }>();
  assert.deepEqual([checks['keys']?.status, checks['reads']?.status], ['fail', 'ok']);
  assert.equal((await element.call('GET', '/api/v1/info', { token: null })).status, 200);
  assert.equal((await element.call('GET', '/health/live', { token: null })).status, 200);
});

test('последний удачный набор ключей переживает перезапуск без модуля управления', async (t) => {
  const dir = await temporaryDir(t);
  const first = await startElement(t, { dir });
  const id = newId();
  assert.equal((await first.put(id, 'тело')).status, 201);
  await first.stop();
  const second = await startElement(t, { dir, tokens: first.tokens });
  assert.equal((await second.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), 'тело');
});

test('модуль управления недоступен при запуске: свежий набор с диска работает, устаревший — 503', async (t) => {
  const dir = await temporaryDir(t);
  const first = await startElement(t, { dir });
  assert.equal((await first.put(newId(), 'тело')).status, 201);
  await first.stop();
  const fresh = await startElement(t, { dir, tokens: first.tokens });
  assert.equal((await fresh.call('GET', '/api/v1/files')).status, 200, 'набор свежий');
  await fresh.stop();
  await sleep(150);
  const env = { SE_JWKS_STALE_MAX: '100ms', SE_LOG_LEVEL: 'fatal' };
  const stale = await startElement(t, { dir, tokens: first.tokens, env });
  const reply = await stale.call('GET', '/api/v1/files');
  assert.deepEqual([reply.status, reply.code()], [503, 'NOT_READY']);
});

test('обновлённый сертификат действует без перезапуска, негодная пара ничего не ломает', async (t) => {
  const dir = await temporaryDir(t);
  const element = await startElement(t, { dir, env: { SE_TLS_RELOAD: '100ms', SE_LOG_LEVEL: 'fatal' } });
  const fresh = makeCertificate();
  await writeFile(join(dir, 'tls.crt'), fresh.cert);
  await sleep(400);
  assert.equal(
    (await element.call('GET', '/health/live', { token: null })).status,
    200,
    'пока ключ прежний, работает прежняя пара',
  );
  await writeFile(join(dir, 'tls.key'), fresh.key);
  const adopted = () =>
    send({ method: 'GET', url: `${element.url}/health/live`, ca: fresh.cert }).then(
      ({ status }) => status === 200,
      () => false,
    );
  await waitUntil('новый сертификат действует', adopted, 60_000);
  await assert.rejects(element.call('GET', '/health/live', { token: null }), 'прежнему сертификату больше не верят');
});

test('TLS 1.1 и обычный HTTP в защищённый порт не проходят', async (t) => {
  const element = await startElement(t);
  const port = Number(new URL(element.url).port);
  await assert.rejects(
    new Promise((resolve, reject) => {
      const socket = connect(
        {
          host: '127.0.0.1',
          port,
          ca: element.ca,
          minVersion: 'TLSv1.1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => resolve(socket.end()),
      );
      socket.on('error', reject);
    }),
  );
  await assert.rejects(
    new Promise((resolve, reject) => {
      plainRequest({ host: '127.0.0.1', port, path: '/api/v1/info' }, resolve).on('error', reject).end();
    }),
  );
});

test('заголовки больше предела — отказ, и сервер жив', async (t) => {
  const element = await startElement(t);
  const refused = await element.put(newId(), 'x', { headers: { 'artstore-metadata': 'A'.repeat(49_153) } });
  assert.equal(refused.code(), 'VALIDATION_ERROR');
  const longButFine = await element.put(newId(), 'x', { headers: { 'x-junk': 'A'.repeat(16 << 10) } });
  assert.equal(longButFine.status, 201);
  const huge = await element.call('GET', '/api/v1/info', { headers: { 'x-junk': 'A'.repeat(70_000) } });
  assert.deepEqual([huge.status, huge.code(), huge.headers.connection], [431, 'VALIDATION_ERROR', 'close']);
  assert.equal((await element.put(newId(), 'x')).status, 201);
});
