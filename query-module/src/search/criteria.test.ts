import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { type SearchRequest, readCriteria } from './criteria.ts';

/** Поля, названные в ошибке. */
function faultsOf(request: SearchRequest): string[] {
  try {
    readCriteria(request);
    return [];
  } catch (error) {
    assert.ok(isArtError(error, 'VALIDATION_ERROR'));
    return (error.options.details ?? []).map((detail) => detail.field);
  }
}

test('по умолчанию ищутся действующие файлы по части имени, новейшие первыми', () => {
  const criteria = readCriteria({});
  assert.deepEqual(
    [criteria.mode, criteria.status, criteria.sortBy, criteria.descending, criteria.limit, criteria.offset],
    ['partial', 'active', 'uploaded_at', true, 100, 0],
  );
  assert.equal(readCriteria({ mode: 'fulltext', query: 'а' }).sortBy, 'relevance');
  assert.equal(readCriteria({ mode: 'fulltext' }).sortBy, 'uploaded_at');
  assert.equal(readCriteria({ sort_by: 'relevance' }).sortBy, 'uploaded_at');
});

test('строки приводятся к NFC, расширение — к виду без точки, время — к UTC', () => {
  const criteria = readCriteria({
    query: 'и\u0306',
    file_extension: '..PDF',
    uploaded_after: '2026-01-01T03:00:00+03:00',
  });
  assert.equal(criteria.query, 'й');
  assert.equal(criteria.extension, 'PDF');
  assert.equal(criteria.uploadedAfter, '2026-01-01T00:00:00.000Z');
});

test('все противоречия названы разом', () => {
  assert.deepEqual(
    faultsOf({
      query: '\0',
      min_size: 2,
      max_size: 1,
      uploaded_after: '2026-01-02T00:00:00Z',
      uploaded_before: '2026-01-01T00:00:00Z',
      metadata: { a: { b: { c: { d: { e: { f: 1 } } } } } },
    }),
    ['body.query', 'body.metadata', 'body.min_size', 'body.uploaded_after'],
  );
  assert.deepEqual(faultsOf({ metadata: { a: { b: { c: { d: { e: 1 } } } } } }), []);
});

test('каждое нарушение объяснено на двух языках', () => {
  const requests: SearchRequest[] = [
    { query: '\0' },
    { metadata: { 'a\0': 1 } },
    { metadata: { a: { b: { c: { d: { e: { f: 1 } } } } } } },
    { metadata: { a: 'x'.repeat(9_000) } },
    { min_size: 2, max_size: 1 },
    { uploaded_after: '2026-01-02T00:00:00Z', uploaded_before: '2026-01-01T00:00:00Z' },
    { uploaded_after: '0000-01-01T00:00:00Z' },
  ];
  for (const request of requests) {
    assert.throws(
      () => readCriteria(request),
      (error) => {
        assert.ok(isArtError(error, 'VALIDATION_ERROR'));
        for (const { message, ru } of error.options.details ?? []) {
          assert.doesNotMatch(message, /[а-яё]/i);
          assert.match(ru ?? '', /[а-яё]/i);
        }
        return (error.options.details ?? []).length > 0;
      },
    );
  }
});
