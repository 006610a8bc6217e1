import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { formatDigest, parseDigest } from './parse-digest.ts';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const DIGEST = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';

test('сумма sha-256 читается и пишется одинаково', () => {
  assert.equal(parseDigest(DIGEST), HEX);
  assert.equal(formatDigest(HEX), DIGEST);
});

test('суммы других алгоритмов не проверяются', () => {
  assert.equal(parseDigest(undefined), undefined);
  assert.equal(parseDigest('sha-512=:AAAA:'), undefined);
  assert.equal(parseDigest(`md5=:AAAA:, ${DIGEST};q=1`), HEX);
});

for (const bad of ['sha-256=', 'sha-256', `sha-256=${HEX}`, 'sha-256=:AAAA:', DIGEST.slice(0, -1), `${DIGEST}x`]) {
  test(`негодная запись суммы отвергается: ${bad.slice(0, 24)}`, () => {
    assert.throws(
      () => parseDigest(bad),
      (error) => isArtError(error, 'VALIDATION_ERROR'),
    );
  });
}
