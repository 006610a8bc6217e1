import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowsRange, etagOf, matchesAny } from './conditional.ts';

const ETAG = etagOf({ checksum: 'ab12' });

test('метка — сумма содержимого в кавычках', () => {
  assert.equal(ETAG, '"ab12"');
});

const NONE_MATCH: readonly (readonly [header: string, expected: boolean])[] = [
  ['"ab12"', true],
  ['W/"ab12"', true],
  ['*', true],
  [' * ', true],
  ['"x", "ab12"', true],
  ['"x","ab12","y"', true],
  ['"a,b", W/"ab12"', true],
  [', ,"ab12",', true],
  ['"AB12"', false],
  ['ab12', false],
  ['"ab12', false],
  ['w/"ab12"', false],
  ['"x" "ab12"', false],
  ['"x", *', false],
  ['', false],
  ['"x"', false],
];

for (const [header, expected] of NONE_MATCH) {
  test(`If-None-Match: ${header} — ${expected ? '304' : 'содержимое'}`, () => {
    assert.equal(matchesAny(header, ETAG), expected);
  });
}

test('длинный список меток разбирается за линейное время', () => {
  const started = process.cpuUsage();
  assert.equal(matchesAny(`${'"x",'.repeat(2000)}"`, ETAG), false);
  assert.equal(matchesAny(`${', \t'.repeat(2700)}x`, ETAG), false);
  // Процессорное время, а не часы: соседи по машине его не растят.
  assert.ok(process.cpuUsage(started).user < 500_000);
});

test('If-Range держится только на той же сильной метке', () => {
  assert.equal(allowsRange(undefined, ETAG), true);
  assert.equal(allowsRange('"ab12"', ETAG), true);
  assert.equal(allowsRange('W/"ab12"', ETAG), false);
  assert.equal(allowsRange('"x"', ETAG), false);
  assert.equal(allowsRange('Sat, 21 Feb 2026 09:30:00 GMT', ETAG), false);
  assert.equal(allowsRange('', ETAG), false);
});
