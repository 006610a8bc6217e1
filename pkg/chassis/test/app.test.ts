// Общее для всех модулей: здоровье, метрики, пределы, заголовки безопасности, документация, TLS.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { type TLSSocket, connect } from 'node:tls';
import { temporaryDirectory } from '@artstore/testing';
import { type Check, type TlsPair, createMetrics, reloadTls } from '../index.ts';
import { CONTRACT_FILE, openExample } from './open-example.ts';

async function ready(t: Parameters<typeof openExample>[0], readiness: () => Promise<Record<string, Check>>) {
  const { url } = await openExample(t, {}, { readiness });
  const response = await fetch(`${url}/health/ready`);
  const body = (await response.json()) as {
    status: string;
    checks: Record<string, Check>;
    service: string;
    version: string;
  };
  return { status: response.status, body };
}

test('живость: общая форма', async (t) => {
  const { url } = await openExample(t);
  const response = await fetch(`${url}/health/live`);
  const { timestamp, ...rest } = (await response.json()) as { timestamp: string };
  assert.deepEqual([response.status, rest], [200, { status: 'ok', version: '1.2.3', service: 'example' }]);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 10_000);
});

test('готовность: решает худшая проверка; ok и degraded — 200, fail — 503', async (t) => {
  const ok: Check = { status: 'ok' };
  const degraded: Check = { status: 'degraded', message: 'half' };
  const fail: Check = { status: 'fail', message: 'gone' };
  const cases: [Record<string, Check>, number, string][] = [
    [{}, 200, 'ok'],
    [{ a: ok }, 200, 'ok'],
    [{ a: ok, b: degraded }, 200, 'degraded'],
    [{ a: degraded, b: fail, c: ok }, 503, 'fail'],
  ];
  for (const [checks, status, word] of cases) {
    const reply = await ready(t, async () => checks);
    assert.deepEqual([reply.status, reply.body.status, reply.body.checks], [status, word, checks]);
  }
});

test('готовность: упавшая проверка — fail без подробностей наружу', async (t) => {
  const { status, body } = await ready(t, async () => {
    throw new Error('postgres://user:secret@db');
  });
  assert.equal(status, 503);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
});

test('метрики: метка маршрута — образец контракта, неизвестные адреса рядов не плодят', async (t) => {
  const { url } = await openExample(t);
  for (const path of [
    '/api/v1/things/one/content',
    '/api/v1/things/two/content',
    '/x/1',
    '/x/2',
    '/api/v1/things?limit=0',
  ]) {
    await (await fetch(url + path)).text();
  }
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const counted = text
    .split('\n')
    .filter((line) => line.startsWith('http_requests_total{'))
    .sort();
  assert.deepEqual(counted, [
    'http_requests_total{route="/api/v1/things",method="GET",status="400",service="example"} 1',
    'http_requests_total{route="/api/v1/things/{thing_id}/content",method="GET",status="200",service="example"} 2',
    'http_requests_total{route="unmatched",method="ANY",status="404",service="example"} 2',
  ]);
  assert.match(text, /http_request_duration_seconds_bucket\{[^}]*le="0\.005"/);
  assert.match(text, /process_resident_memory_bytes/);
});

test('метрики: комната заводит свои счётчики, и они видны рядом с общими', async (t) => {
  const metrics = createMetrics('example');
  const { url } = await openExample(t, {}, { metrics });
  metrics.counter({ name: 'uploads_total', help: 'Загрузки.', labelNames: ['policy'] }).inc({ policy: 'temporary' });
  metrics.gauge({ name: 'free_bytes', help: 'Свободно.' }).set(7);
  metrics.histogram({ name: 'sync_seconds', help: 'Сброс.', buckets: [1] }).observe(0.5);
  const text = await (await fetch(`${url}/metrics`)).text();
  assert.match(text, /uploads_total\{policy="temporary",service="example"\} 1/);
  assert.match(text, /free_bytes\{service="example"\} 7/);
  assert.match(text, /sync_seconds_count\{service="example"\} 1/);
});

test('предел запросов с адреса: RATE_LIMITED с Retry-After, до опознания; здоровье не считается', async (t) => {
  const { url } = await openExample(t, {}, { limits: { requestsPerMinutePerAddress: 3 } });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i += 1) statuses.push((await fetch(`${url}/api/v1/things/a`)).status);
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  const limited = await fetch(`${url}/api/v1/things/a`);
  const { error } = (await limited.json()) as { error: { code: string } };
  assert.equal(error.code, 'RATE_LIMITED');
  const seconds = Number(limited.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 60);
  assert.equal((await fetch(`${url}/health/live`)).status, 200);
  assert.equal((await fetch(`${url}/no/such`)).status, 429);
});

test('X-Forwarded-For верят только доверенному посреднику', async (t) => {
  const listThings = async ({ remoteAddress }: { remoteAddress: string }) => ({ status: 200, body: { remoteAddress } });
  const addressSeenBy = async (trustedProxies: readonly string[] | undefined) => {
    const { url } = await openExample(t, { listThings }, { trustedProxies });
    const response = await fetch(`${url}/api/v1/things`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    return ((await response.json()) as { remoteAddress: string }).remoteAddress;
  };
  assert.equal(await addressSeenBy(undefined), '127.0.0.1');
  assert.equal(await addressSeenBy(['10.0.0.0/8']), '127.0.0.1');
  assert.equal(await addressSeenBy(['127.0.0.1']), '203.0.113.7');
});

test('у каждого ответа заголовки безопасности, обработчик может заменить их своими', async (t) => {
  const { url } = await openExample(t, {
    readContent: async () => ({
      status: 200,
      body: 'x',
      headers: { 'content-security-policy': 'sandbox', 'cache-control': 'private' },
    }),
  });
  for (const path of ['/health/live', '/no/such', '/api/v1/things/%zz']) {
    const { headers } = await fetch(url + path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.equal(headers.get('cache-control'), 'no-store');
  }
  const { headers } = await fetch(`${url}/api/v1/things/a/content`);
  assert.deepEqual([headers.get('content-security-policy'), headers.get('cache-control')], ['sandbox', 'private']);
});

test('документация: страница и всё, что она просит, отдаются с этого же адреса под строгой политикой', async (t) => {
  const { url } = await openExample(t);
  const page = await fetch(`${url}/docs`);
  const html = await page.text();
  assert.doesNotMatch(html, /https?:|<script>|<style|\son\w+=|style=/);
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(assets.length >= 4);
  for (const path of ['/docs', ...assets]) {
    const response = await fetch(url + path);
    assert.deepEqual([path, response.status], [path, 200]);
    assert.ok((await response.arrayBuffer()).byteLength > 100);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /script-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
  }
  assert.match(html, /<title>Пример<\/title>/);
  const slash = await fetch(`${url}/docs/`, { redirect: 'manual' });
  assert.deepEqual([slash.status, slash.headers.get('location')], [308, '/docs']);
  assert.equal((await fetch(`${url}/docs/../package.json`)).status, 404);
  assert.equal((await fetch(`${url}/docs/package.json`)).status, 404);
});

test('неизвестный адрес отвечает, где описание', async (t) => {
  const { url } = await openExample(t);
  for (const [language, text] of [
    ['ru', 'Такого адреса здесь нет; описание API — /docs.'],
    ['en', 'There is nothing at this address; the API is described at /docs.'],
  ] as const) {
    const reply = await fetch(url, { headers: { 'accept-language': language } });
    const { error } = (await reply.json()) as { error: { code: string; message: string } };
    assert.deepEqual([reply.status, error.code, error.message], [404, 'NOT_FOUND', text]);
  }
});

test('документация: контракт отдаётся целиком, с примерами', async (t) => {
  const { url } = await openExample(t);
  const served: unknown = await (await fetch(`${url}/docs/openapi.json`)).json();
  assert.deepEqual(served, JSON.parse(await readFile(CONTRACT_FILE, 'utf8')));
});

function makePair(folder: string, name: string): TlsPair & { folder: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...options, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const read = (file: string) => execFileSync('cat', [file], { encoding: 'utf8' });
  return { key: read(key), cert: read(cert), folder };
}

async function namePresented(port: number): Promise<string> {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

test('TLS: не ниже 1.2, сертификат меняется без перезапуска, HSTS стоит, отказ доходит до клиента', async (t) => {
  const folder = await temporaryDirectory(t);
  const { folder: _folder, ...first } = makePair(folder, 'first');
  const { app, port } = await openExample(t, {}, { tls: first });
  assert.equal(await namePresented(port), 'first');
  const { folder: _second, ...second } = makePair(folder, 'second');
  reloadTls(app, second);
  assert.equal(await namePresented(port), 'second');

  const old = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  const refused = await new Promise<boolean>((resolve) => {
    old.once('secureConnect', () => resolve(false));
    old.once('error', () => resolve(true));
  });
  assert.equal(refused, true);

  const reply = await new Promise<{
    status: number | undefined;
    hsts: string | undefined;
    connection: string | undefined;
  }>((resolve, reject) => {
    const upload = request({
      port,
      host: '127.0.0.1',
      ca: second.cert,
      method: 'PUT',
      path: '/api/v1/things/a',
      headers: { 'content-length': 50_000_000 },
    });
    upload.once('response', (response) => {
      response.resume();
      resolve({
        status: response.statusCode,
        hsts: response.headers['strict-transport-security'],
        connection: response.headers.connection,
      });
      upload.destroy();
    });
    upload.once('error', reject);
    upload.write(Buffer.alloc(2_000_000));
  });
  assert.deepEqual(reply, { status: 401, hsts: 'max-age=31536000', connection: 'close' });
});

test('app.inject годится для быстрых проверок без порта', async (t) => {
  const { app } = await openExample(t);
  const reply = await app.inject({
    method: 'POST',
    url: '/api/v1/things',
    payload: { name: 'x' },
    headers: { authorization: 'Bearer files:write' },
  });
  assert.equal(reply.statusCode, 201);
});
