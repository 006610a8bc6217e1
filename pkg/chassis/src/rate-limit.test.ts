import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateLimit } from './rate-limit.ts';

test('минутный запас можно взять разом, дальше — по одному шагу; ждать сказано столько, сколько надо', () => {
  let now = 0;
  const limit = createRateLimit({ perMinute: 7, nowMs: () => now });
  for (let i = 0; i < 7; i += 1) assert.equal(limit.take('a'), undefined, `обращение ${i}`);
  assert.equal(limit.take('a'), 9);
  now += 9_000;
  assert.equal(limit.take('a'), undefined);
  assert.equal(limit.take('a'), 9);
  now += 600_000;
  for (let i = 0; i < 7; i += 1) assert.equal(limit.take('a'), undefined);
  assert.notEqual(limit.take('a'), undefined);
});

test('отказ запаса не тратит, ключи друг другу не мешают, ноль — без предела', () => {
  let now = 0;
  const limit = createRateLimit({ perMinute: 1, nowMs: () => now });
  assert.equal(limit.take('a'), undefined);
  for (let i = 0; i < 100; i += 1) assert.equal(limit.take('a'), 60);
  assert.equal(limit.take('b'), undefined);
  now += 60_000;
  assert.equal(limit.take('a'), undefined);
  const free = createRateLimit({ perMinute: 0 });
  for (let i = 0; i < 1_000; i += 1) assert.equal(free.take('a'), undefined);
});

test('память ограничена: вытесняется тот, о ком дольше всех не слышно, а настойчивый помнится', () => {
  const limit = createRateLimit({ perMinute: 1, keysMax: 3, nowMs: () => 0 });
  for (const key of ['a', 'b', 'c']) assert.equal(limit.take(key), undefined);
  assert.equal(limit.take('a'), 60);
  assert.equal(limit.take('d'), undefined);
  assert.equal(limit.take('a'), 60);
  assert.equal(limit.take('b'), undefined, 'забыт, потому что молчал дольше всех');
});
