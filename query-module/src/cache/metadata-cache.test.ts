import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArtError } from '@artstore/contracts';
import type { FileRow } from '../registry/file-row.ts';
import { type CacheResult, type MetadataCache, createMetadataCache } from './metadata-cache.ts';

function row(fileId: string): FileRow {
  return {
    file_id: fileId,
    storage_element_id: randomUUID(),
    original_filename: 'имя.pdf',
    content_type: 'application/pdf',
    size: 1,
    checksum: 'a'.repeat(64),
    uploaded_by: 'sa',
    uploaded_at: '2026-01-01T00:00:00.000Z',
    description: 'я'.repeat(200),
    tags: [],
    metadata: {},
    status: 'active',
    retention_policy: 'permanent',
    ttl_days: null,
    expires_at: null,
    deleted_at: null,
    version: 1,
  };
}

interface Room {
  readonly cache: MetadataCache;
  readonly results: CacheResult[];
  loads: number;
  failure: Error | undefined;
}

function room(o: { ttlMs?: number; bytesMax?: number } = {}): Room {
  const results: CacheResult[] = [];
  const state: Omit<Room, 'cache'> = { results, loads: 0, failure: undefined };
  const cache = createMetadataCache({
    ttlMs: o.ttlMs ?? 60_000,
    bytesMax: o.bytesMax ?? 1_000_000,
    onRequest: (result) => results.push(result),
    load: async (fileId) => {
      state.loads += 1;
      await sleep(5);
      if (state.failure !== undefined) throw state.failure;
      return fileId === 'нет' ? undefined : row(fileId);
    },
  });
  return Object.assign(state, { cache });
}

test('сколько бы клиентов ни спросило разом, в базу идут один раз', async () => {
  const place = room();
  await Promise.all(Array.from({ length: 100 }, () => place.cache.get('а')));
  assert.equal(place.loads, 1);
  await place.cache.get('а');
  assert.deepEqual(place.results.at(-1), 'hit');
});

test('неизвестный файл не запоминается: он может появиться через миг', async () => {
  const place = room();
  assert.equal(await place.cache.get('нет'), undefined);
  assert.equal(await place.cache.get('нет'), undefined);
  assert.equal(place.loads, 2);
});

test('объём ограничен байтами, давно не нужное вытесняется', async () => {
  const place = room({ bytesMax: 20_000 });
  for (let index = 0; index < 100; index += 1) await place.cache.get(`файл${index}`);
  assert.ok(place.cache.bytes() <= 20_000);
});

test('забытое читается заново', async () => {
  const place = room();
  await place.cache.get('а');
  place.cache.evict('а');
  await place.cache.get('а');
  assert.equal(place.loads, 2);
});

test('база пропала: известное отдаётся и после срока, неизвестное — ошибка, а не «нет файла»', async () => {
  const place = room({ ttlMs: 10 });
  await place.cache.get('а');
  await sleep(20);
  place.failure = new ArtError('NOT_READY');
  assert.equal((await place.cache.get('а'))?.file_id, 'а');
  assert.equal(place.results.at(-1), 'stale');
  await assert.rejects(place.cache.get('б'), { code: 'NOT_READY' });
  await place.cache.get('а');
  assert.equal(place.loads, 3, 'упавшую базу не спрашивают на каждый запрос');
});

test('ошибка базы, кроме недоступности, не прячется за устаревшим', async () => {
  const place = room({ ttlMs: 10 });
  await place.cache.get('а');
  await sleep(20);
  place.failure = new Error('поломка');
  await assert.rejects(place.cache.get('а'), /поломка/);
});
