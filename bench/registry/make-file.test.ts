import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFile, type Registry } from './make-file.ts';
import { makeWorkload, QUERIES_PER_KIND } from './search-workload.ts';

const registry: Registry = { seed: 1, files: 2_000, nowMs: Date.parse('2026-11-20T00:00:00Z') };
const files = Array.from({ length: registry.files }, (_, index) => makeFile(registry, index));

test('одно зерно — один набор: идентификаторы не повторяются, время не убегает вперёд', () => {
  assert.deepEqual(makeFile(registry, 77), files[77]);
  assert.notDeepEqual(makeFile({ ...registry, seed: 2 }, 77), files[77]);
  assert.equal(new Set(files.map((file) => file.fileId)).size, files.length);
  assert.ok(files.every((file) => Date.parse(file.uploadedAt) <= registry.nowMs));
});

test('перекос как в жизни: первый автор грузит на порядок больше среднего, имена — на двух языках', () => {
  const byAuthor = Map.groupBy(files, (file) => file.uploadedBy);
  const largest = Math.max(...[...byAuthor.values()].map((group) => group.length));
  assert.ok(largest > (10 * files.length) / byAuthor.size / 2);
  assert.ok(files.some((file) => /^[а-яё]/i.test(file.name)) && files.some((file) => /^[a-z]/i.test(file.name)));
});

test('запросов двести, и все разные', () => {
  const workload = makeWorkload(registry);
  for (const queries of Object.values(workload)) assert.equal(queries.length, QUERIES_PER_KIND);
});
