// Язык ответа по Accept-Language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickLanguage } from './pick-language.ts';

const CASES: readonly (readonly [string | undefined, 'ru' | 'en'])[] = [
  [undefined, 'en'],
  ['', 'en'],
  ['ru', 'ru'],
  ['RU-ru', 'ru'],
  ['ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7', 'ru'],
  ['en;q=0.5, ru;q=0.8', 'ru'],
  ['ru;q=0.5, en;q=0.8', 'en'],
  ['de, ru;q=0.1', 'ru'],
  ['ru;q=0', 'en'],
  ['ru;q=abc', 'ru'],
  ['*', 'en'],
  ['rus', 'en'],
  [';;;,,,', 'en'],
  [`ru${','.repeat(300)}`, 'en'],
];

test('язык берётся по весу, английский — когда неясно', () => {
  for (const [header, expected] of CASES) assert.equal(pickLanguage(header), expected, String(header));
});
