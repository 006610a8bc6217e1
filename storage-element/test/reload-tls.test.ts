// Смена сертификата под работающим элементом: открытые соединения живут, новые берут новый, негодная пара ничего не меняет.
import assert from 'node:assert/strict';
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type TestCertificate, makeCertificate, waitUntil } from '@artstore/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';
import { cleanUp } from './clean-up.ts';
import { startTokenIssuer } from './issue-tokens.ts';
import { send } from './send.ts';
import { newId, prepareEnv, temporaryDir } from './start-element.ts';
import { type ElementProcess, spawnMain, startProcess } from './start-process.ts';

interface Room {
  readonly element: ElementProcess;
  readonly secret: string;
  readonly port: number;
  readonly first: TestCertificate;
}

const RELOAD_MS = 100;
const SETTLE_MS_MAX = 60_000;

/** Элемент, чей сертификат лежит так, как его кладёт Kubernetes: имена — ссылки через `..data`. */
async function openRoom(t: TestContext): Promise<Room> {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env } = await prepareEnv(dir, tokens);
  const first = makeCertificate();
  const secret = join(dir, 'secret');
  await mkdir(secret);
  await renew(secret, first);
  for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(secret, name));
  const element = await startProcess(t, {
    env: {
      ...env,
      SE_TLS_CERT: join(secret, 'tls.crt'),
      SE_TLS_KEY: join(secret, 'tls.key'),
      SE_TLS_RELOAD: `${RELOAD_MS}ms`,
      SE_LOG_LEVEL: 'info',
    },
    ca: first.cert,
    tokens,
  });
  return { element, secret, port: Number(new URL(element.url).port), first };
}

let generation = 0;

/** Как kubelet: новый каталог, ссылка рядом, одно переименование, прежний каталог убран. */
async function renew(secret: string, { cert, key }: TestCertificate): Promise<void> {
  generation += 1;
  const fresh = `..2026_11_23_${generation}`;
  await mkdir(join(secret, fresh));
  await writeFile(join(secret, fresh, 'tls.crt'), cert);
  await writeFile(join(secret, fresh, 'tls.key'), key, { mode: 0o600 });
  await symlink(fresh, join(secret, '..data_tmp'));
  await rename(join(secret, '..data_tmp'), join(secret, '..data'));
  await rm(join(secret, `..2026_11_23_${generation - 1}`), { recursive: true, force: true });
}

const fingerprintOf = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256;

function openTls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Какой сертификат показывают новому соединению. */
async function presented(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = await openTls(port, options);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function waitForCertificate(port: number, expected: string): Promise<void> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  while ((await presented(port)) !== expected) {
    assert.ok(performance.now() < deadline, 'новый сертификат не появился');
    await sleep(RELOAD_MS / 2);
  }
}

/** Сколько часов осталось сертификату, если верить метрике. */
async function expiryHours({ element }: Room, { cert }: TestCertificate): Promise<number> {
  const text = (await send({ method: 'GET', url: `${element.url}/metrics`, ca: cert })).bytes.toString();
  const seconds = /^se_certificate_expiry_timestamp_seconds\{[^}]*\} (\S+)/m.exec(text)?.[1];
  return (Number(seconds) - Date.now() / 1000) / 3600;
}

const timesLogged = (element: ElementProcess, event: string): number =>
  element.output().split(`"event":"${event}"`).length - 1;

function get(url: string, options: { agent: Agent; ca: string; token: string }): Promise<IncomingMessage> {
  const { agent, ca, token } = options;
  return new Promise((resolve, reject) => {
    request(url, { agent, ca, headers: { authorization: `Bearer ${token}` } }, resolve)
      .on('error', reject)
      .end();
  });
}

test('смена сертификата каталогом `..data`: начатые скачивания и соединения keep-alive не рвутся, новые видят новый', async (t) => {
  const room = await openRoom(t);
  const { element, secret, port, first } = room;
  const id = newId();
  const bytes = randomBytes(24 << 20);
  assert.equal((await element.put(id, bytes)).status, 201);
  const url = `${element.url}/api/v1/files/${id}/download`;
  const ask = { ca: first.cert, token: element.token() };

  const downloading = new Agent({ keepAlive: false });
  const downloads = await Promise.all(Array.from({ length: 4 }, () => get(url, { agent: downloading, ...ask })));
  for (const download of downloads) download.pause();
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanUp(t, () => kept.destroy());
  const sockets = new Set<unknown>();
  const askAgain = async (): Promise<void> => {
    const reply = await get(`${element.url}/health/live`, { agent: kept, ...ask });
    sockets.add(reply.socket);
    assert.equal((await reply.toArray()).length > 0 && reply.statusCode, 200);
  };
  await askAgain();
  const earlier = await openTls(port, { maxVersion: 'TLSv1.2' });
  const session = earlier.getSession();
  earlier.destroy();

  const last = makeCertificate(96);
  const renewed = [makeCertificate(48), makeCertificate(72), last];
  for (const certificate of renewed) {
    await renew(secret, certificate);
    await waitForCertificate(port, fingerprintOf(certificate));
    await askAgain();
  }
  const resumed = await presented(port, { maxVersion: 'TLSv1.2', ...(session ? { session } : {}) });
  assert.equal(resumed, fingerprintOf(last), 'и с прежним билетом сеанса');
  assert.equal(sockets.size, 1, 'соединение keep-alive одно и то же');
  const sum = createHash('sha256').update(bytes).digest('hex');
  for (const download of downloads) {
    const hash = createHash('sha256');
    for await (const chunk of download) hash.update(chunk as Buffer);
    assert.equal(hash.digest('hex'), sum);
  }
  assert.equal(timesLogged(element, 'tls_reloaded'), renewed.length);
  const hours = await expiryHours(room, last);
  assert.ok(hours > 95 && hours < 97, `метрика говорит о ${hours} ч`);
});

test('наполовину обновлённая пара: работает прежняя, в журнале tls_reload_failed, пока пара не сойдётся', async (t) => {
  const room = await openRoom(t);
  const { element, secret, port, first } = room;
  const fresh = makeCertificate(200);
  const failures = (): number => timesLogged(element, 'tls_reload_failed');
  const waitForFailure = async (what: string): Promise<void> => {
    const before = failures();
    const deadline = performance.now() + SETTLE_MS_MAX;
    while (failures() === before) {
      assert.ok(performance.now() < deadline, `${what}: отказ не записан`);
      await sleep(RELOAD_MS / 2);
    }
    assert.equal(await presented(port), fingerprintOf(first), what);
  };
  assert.equal(failures(), 0);
  await writeFile(join(secret, 'tls.crt'), fresh.cert.slice(0, 200));
  await waitForFailure('сертификат записан не до конца');
  await writeFile(join(secret, 'tls.crt'), fresh.cert);
  await waitForFailure('сертификат новый, ключ прежний');
  await writeFile(join(secret, 'tls.key'), '');
  await waitForFailure('ключ пуст');
  await rm(join(secret, '..data'));
  await waitForFailure('файлов нет');
  assert.equal(timesLogged(element, 'tls_reloaded'), 0);
  const before = await expiryHours(room, first);
  assert.ok(before > 23 && before < 25, `метрика говорит о ${before} ч`);

  await renew(secret, fresh);
  await waitForCertificate(port, fingerprintOf(fresh));
  // Запись об успехе идёт тем же каналом, что и об отказах: прочитана она — прочитаны и они.
  await waitUntil('успех записан', () => timesLogged(element, 'tls_reloaded') === 1, SETTLE_MS_MAX);
  const failed = failures();
  await sleep(RELOAD_MS * 4);
  assert.equal(failures(), failed, 'пара сошлась — отказов больше нет');
  assert.equal(timesLogged(element, 'tls_reloaded'), 1);
  const after = await expiryHours(room, fresh);
  assert.ok(after > 199 && after < 201, `метрика говорит о ${after} ч`);
});

test('TLS 1.2 и 1.3 принимаются, 1.1 нет, и смена сертификата этого не меняет', async (t) => {
  const { secret, port } = await openRoom(t);
  const check = async (): Promise<void> => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await openTls(port, { minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    }
    // Клиент согласен на старые шифры: отказывает именно сервер и называет причиной версию.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await assert.rejects(openTls(port, old), /protocol version/);
  };
  await check();
  const fresh = makeCertificate();
  await renew(secret, fresh);
  await waitForCertificate(port, fingerprintOf(fresh));
  await check();
});

test('чужой ключ при запуске — отказ с кодом 1, и названы оба файла', async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env } = await prepareEnv(dir, tokens);
  await writeFile(join(dir, 'tls.key'), makeCertificate().key);
  const { ended, output } = spawnMain(t, env);
  assert.equal(await ended, 1);
  assert.match(output(), /tls\.crt и ключ .*tls\.key не годятся или не подходят друг к другу/);
});
