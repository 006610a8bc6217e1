// Набор ключей по настоящему HTTP и с настоящим диском: ротация, недоступность соседа, перезапуск, устаревание.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isArtError } from '@artstore/contracts';
import { type JwksCache, type JwksCacheOptions, openJwksCache } from '../index.ts';
import { type JwksServer, serveJwks, signingKeys } from './issue-token.ts';

const keys = signingKeys('one', 'two');
const log = { info: () => undefined, warn: () => undefined };

function openCache(t: TestContext, url: string, changes: Partial<JwksCacheOptions> = {}): JwksCache {
  const cache = openJwksCache({ url, staleMaxMs: 60_000, refreshMs: 60_000, log, ...changes });
  t.after(() => cache.close());
  return cache;
}

async function started(t: TestContext, jwks: JwksServer, changes: Partial<JwksCacheOptions> = {}): Promise<JwksCache> {
  const cache = openCache(t, jwks.url, changes);
  await cache.start();
  await cache.key('one');
  return cache;
}

async function temporaryFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jwks-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'state'));
  return join(folder, 'state', 'jwks.json');
}

async function savedAtOf(cacheFile: string): Promise<string> {
  return /"saved_at":"([^"]+)"/.exec(await readFile(cacheFile, 'utf8'))?.[1] ?? '';
}

test('ключ находится по kid, набор спрашивают один раз', async (t) => {
  const jwks = await serveJwks(t, keys[0]!);
  const cache = openCache(t, jwks.url);
  await cache.start();
  await Promise.all(Array.from({ length: 20 }, () => cache.key('one')));
  assert.equal(jwks.asked, 1);
  assert.equal(cache.loaded(), true);
  assert.ok(cache.ageMs() < 5_000);
});

test('новый ключ после ротации находится сразу, и номер набора меняется', async (t) => {
  const jwks = await serveJwks(t, keys[0]!);
  const cache = await started(t, jwks);
  const before = cache.generation();
  jwks.publish(keys[0]!, keys[1]!);
  await cache.key('two');
  assert.notEqual(cache.generation(), before);
  assert.equal(jwks.asked, 2);
});

test('незнакомый kid спрашивает соседа не чаще раза в тридцать секунд', async (t) => {
  const jwks = await serveJwks(t, keys[0]!);
  const cache = await started(t, jwks);
  for (let i = 0; i < 50; i += 1) {
    await assert.rejects(cache.key(`unknown-${i}`), (error) => isArtError(error, 'UNAUTHORIZED'));
  }
  assert.equal(jwks.asked, 2);
});

test('пока набора нет, ответ — NOT_READY с Retry-After, и никогда не пропуск', async (t) => {
  const jwks = await serveJwks(t, keys[0]!);
  await jwks.stop();
  const cache = openCache(t, jwks.url);
  await cache.start();
  await assert.rejects(
    cache.key('one'),
    (error) => isArtError(error, 'NOT_READY') && (error.options.retryAfterSeconds ?? 0) > 0,
  );
  assert.equal(cache.loaded(), false);
  assert.equal(cache.ageMs(), Number.POSITIVE_INFINITY);
});

const BROKEN: Readonly<Record<string, { status: number; body: string }>> = {
  'отказ 500': { status: 500, body: '{"keys":[]}' },
  перенаправление: { status: 302, body: '' },
  'не JSON': { status: 200, body: '<html>' },
  'пустой набор': { status: 200, body: '{"keys":[]}' },
  'набор без годных ключей': { status: 200, body: '{"keys":[{"kty":"oct","kid":"one","k":"AAAA"}]}' },
  'мегабайты мусора': { status: 200, body: `{"keys":[],"x":"${'a'.repeat(400_000)}"}` },
};

for (const [what, reply] of Object.entries(BROKEN)) {
  test(`испорченный ответ не заменяет хороший набор: ${what}`, async (t) => {
    const jwks = await serveJwks(t, keys[0]!);
    const cache = await started(t, jwks);
    jwks.reply = reply;
    await assert.rejects(cache.key('two'), (error) => isArtError(error, 'NOT_READY'));
    await cache.key('one');
  });
}

test('последний удачный набор переживает перезапуск без соседа', async (t) => {
  const cacheFile = await temporaryFile(t);
  const jwks = await serveJwks(t, keys[0]!);
  const first = await started(t, jwks, { cacheFile });
  await first.close();
  await jwks.stop();
  const second = openCache(t, jwks.url, { cacheFile });
  await second.start();
  await second.key('one');
  assert.doesNotMatch(await readFile(cacheFile, 'utf8'), /"d"|"p"|"q"/);
});

test('устаревший набор не применяется ни с диска, ни из памяти', async (t) => {
  const cacheFile = await temporaryFile(t);
  const jwks = await serveJwks(t, keys[0]!);
  const first = await started(t, jwks, { cacheFile, staleMaxMs: 50 });
  await jwks.stop();
  await new Promise((resolve) => setTimeout(resolve, 80));
  await assert.rejects(first.key('one'), (error) => isArtError(error, 'NOT_READY'));
  const second = openCache(t, jwks.url, { cacheFile, staleMaxMs: 50 });
  await second.start();
  await assert.rejects(second.key('one'), (error) => isArtError(error, 'NOT_READY'));
});

test('возраст набора идёт через перезапуски, даже если часы при каждом возвращаются назад', async (t) => {
  const cacheFile = await temporaryFile(t);
  const jwks = await serveJwks(t, keys[0]!);
  const staleMaxMs = 400;
  let cache = await started(t, jwks, { cacheFile, staleMaxMs });
  await jwks.stop();
  let restarts = 0;
  do {
    await sleep(60);
    await cache.close();
    // Машина без часов: просыпается в тот же миг, в какой уснула, и простоя не видит.
    const text = await readFile(cacheFile, 'utf8');
    await writeFile(cacheFile, text.replace(await savedAtOf(cacheFile), new Date().toISOString()));
    cache = openCache(t, jwks.url, { cacheFile, staleMaxMs });
    await cache.start();
    restarts += 1;
  } while (cache.loaded() && restarts < 50);
  assert.ok(restarts > 1, 'первый перезапуск ещё работает на сохранённом');
  assert.ok(restarts <= 8, `перезапусков ${restarts} по 60 мс, а набор всё ещё свежий`);
});

test('пока сосед молчит, возраст набора на диске не отстаёт и без остановки по порядку', async (t) => {
  const cacheFile = await temporaryFile(t);
  const jwks = await serveJwks(t, keys[0]!);
  await started(t, jwks, { cacheFile, staleMaxMs: 10_000, refreshMs: 20 });
  await jwks.stop();
  await sleep(1_000);
  const { age_ms: ageMs } = JSON.parse(await readFile(cacheFile, 'utf8')) as { age_ms: number };
  assert.ok(ageMs > 300, `возраст на диске ${ageMs} мс`);
});

test('каталога нет на месте: набор не пишется, каталог не заводится, ключи работают', async (t) => {
  const cacheFile = await temporaryFile(t);
  await rm(dirname(cacheFile), { recursive: true });
  const jwks = await serveJwks(t, keys[0]!);
  const cache = await started(t, jwks, { cacheFile, refreshMs: 20 });
  const asked = jwks.asked;
  while (jwks.asked < asked + 3) await sleep(5);
  await cache.close();
  assert.deepEqual(await readdir(dirname(dirname(cacheFile))), []);
});

test('пока хранить нельзя, в каталог не пишется ничего', async (t) => {
  const cacheFile = await temporaryFile(t);
  const jwks = await serveJwks(t, keys[0]!);
  let mayKeep = false;
  const cache = await started(t, jwks, { cacheFile, refreshMs: 20, mayKeep: () => mayKeep });
  const asked = jwks.asked;
  while (jwks.asked < asked + 3) await sleep(5);
  assert.deepEqual(await readdir(dirname(cacheFile)), []);
  mayKeep = true;
  while ((await readdir(dirname(cacheFile))).length === 0) await sleep(5);
  await cache.close();
  assert.deepEqual(await readdir(dirname(cacheFile)), ['jwks.json']);
});

test('каталог подменили, пока набор записывался: на новом месте не остаётся ничего', async (t) => {
  const cacheFile = await temporaryFile(t);
  const folder = dirname(cacheFile);
  const jwks = await serveJwks(t, keys[0]!);
  let asked = 0;
  // Подмена приходится ровно между разрешением и записью.
  const mayKeep = (): boolean => {
    asked += 1;
    if (asked > 1) return false;
    renameSync(folder, `${folder}.kept`);
    mkdirSync(folder);
    return true;
  };
  const cache = await started(t, jwks, { cacheFile, mayKeep });
  await cache.close();
  assert.ok(asked > 1);
  assert.deepEqual([await readdir(folder), await readdir(`${folder}.kept`)], [[], []]);
});

const BAD_FILES: Readonly<Record<string, (text: string) => string>> = {
  обрезан: (text) => text.slice(0, text.length / 2),
  'от другого адреса': (text) => text.replace('127.0.0.1', '127.0.0.9'),
  'из будущего': (text) => text.replace(/"saved_at":"\d{4}/, '"saved_at":"2999'),
  'без времени': (text) => text.replace('saved_at', 'x'),
  'без возраста': (text) => text.replace('age_ms', 'x'),
  'с возрастом меньше нуля': (text) => text.replace('"age_ms":', '"age_ms":-1'),
  устарел: (text) => text.replace('"age_ms":', '"age_ms":6000'),
  пустой: () => '',
};

for (const [what, spoil] of Object.entries(BAD_FILES)) {
  test(`негодный файл набора — то же, что его отсутствие: ${what}`, async (t) => {
    const cacheFile = await temporaryFile(t);
    const jwks = await serveJwks(t, keys[0]!);
    await (await started(t, jwks, { cacheFile })).close();
    await writeFile(cacheFile, spoil(await readFile(cacheFile, 'utf8')));
    await jwks.stop();
    const cache = openCache(t, jwks.url, { cacheFile });
    await cache.start();
    await assert.rejects(cache.key('one'), (error) => isArtError(error, 'NOT_READY'));
  });
}

test('сосед, который молчит, не держит закрытие', async (t) => {
  const jwks = await serveJwks(t, keys[0]!);
  const cache = openCache(t, jwks.url.replace('127.0.0.1', '192.0.2.1'));
  await cache.start();
  const startedMs = performance.now();
  await cache.close();
  assert.ok(performance.now() - startedMs < 1_000);
});

test('набор обновляется сам', async (t) => {
  const jwks = await serveJwks(t, keys[0]!);
  const cache = await started(t, jwks, { refreshMs: 20 });
  jwks.publish(keys[1]!);
  const before = cache.generation();
  while (cache.generation() === before) await new Promise((resolve) => setTimeout(resolve, 5));
  await cache.key('two');
});
