import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseWays } from './choose-ways.ts';

const million = { rowsInRange: 1_000_000, needed: 200, indexed: 30_000 };

test('частое находят, идя по порядку, и только потом собирают всё', () => {
  const ways = chooseWays({ ...million, expected: 250_000, check: 'words' });
  assert.deepEqual(ways, [{ kind: 'walk', rows: 2_000 }, { kind: 'walk', rows: 12_800 }, { kind: 'all' }]);
});

test('слова, которые встречаются нечасто, берут из индекса рядом с началом порядка', () => {
  assert.equal(chooseWays({ ...million, expected: 30_000, check: 'words' })[0]?.kind, 'edge');
});

test('когда слова часты, а редки прочие условия, идут по порядку: карта слов дороже', () => {
  assert.equal(chooseWays({ ...million, expected: 30_000, indexed: 350_000, check: 'words' })[0]?.kind, 'walk');
});

test('когда совпадений меньше, чем пришлось бы пройти строк, собирают все', () => {
  assert.deepEqual(chooseWays({ ...million, expected: 10_001, needed: 50_000, check: 'fields' }), [{ kind: 'all' }]);
});

test('необозримое в память не собирается', () => {
  assert.equal(chooseWays({ ...million, expected: 900_000, check: 'fields' }).at(-1)?.kind, 'scan');
});
