import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDigest } from './parse-digest.ts';

const SUM = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

test('sha-256 находится среди прочих сумм, последний сильнее', () => {
  assert.equal(parseDigest(undefined), undefined);
  assert.equal(parseDigest('sha-512=:AAAA:'), undefined);
  assert.equal(parseDigest(`sha-256=:${SUM}:`), `sha-256=:${SUM}:`);
  assert.equal(parseDigest(`sha-512=:AAAA:, sha-256=:${'A'.repeat(43)}=:, sha-256=:${SUM}:`), `sha-256=:${SUM}:`);
});

test('негодная сумма sha-256 — ошибка, а не молчание', () => {
  for (const header of ['sha-256=', `sha-256=${SUM}`, 'sha-256=:AAAA:', `sha-256=:${SUM}`, `sha-256=:${SUM}:x`]) {
    assert.throws(() => parseDigest(header), { code: 'VALIDATION_ERROR' }, header);
  }
});
