import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWordQuery } from './word-query.ts';

test('запрос сводится к словам, кавычкам, or и минусу', () => {
  const cases: [string, string, string[]][] = [
    ['Договоры поставки', 'договоры поставки', ['договоры', 'поставки']],
    ['договор_2026-скан.v2.pdf', 'договор 2026 скан v 2 pdf', ['договор', '2026', 'скан', 'v', '2', 'pdf']],
    ['отчёт№7', 'отчет 7', ['отчет', '7']],
    ['"Договор  аренды" склад', '"договор аренды" склад', ['договор', 'аренды', 'склад']],
    ['договор -скан', 'договор -скан', ['договор']],
    ['договор -скан.v2', 'договор -"скан v 2"', ['договор']],
    ['договор -"две копии"', 'договор -"две копии"', ['договор']],
    ['смета OR бюджет', 'смета or бюджет', ['смета', 'бюджет']],
    ['and-or', 'and "or"', ['and', 'or']],
    ['a & b | !(c):*', 'a b c', ['a', 'b', 'c']],
    ['2026 - скан', '2026 скан', ['2026', 'скан']],
    ['Résumé', 'resume', ['resume']],
    ['йод', 'йод', ['йод']],
    ['"незакрытая кавычка', 'незакрытая кавычка', ['незакрытая', 'кавычка']],
    ['-скан', '-скан', []],
  ];
  for (const [query, websearch, wanted] of cases) {
    const { required, ...rest } = readWordQuery(query);
    assert.deepEqual({ websearch: rest.websearch, wanted: rest.wanted }, { websearch, wanted }, query);
    assert.ok(required.length >= 1);
  }
});

test('запрос без слов пуст: искать нечего', () => {
  for (const query of ['№', '"" --', '()', '🎉', ' ', 'or']) assert.equal(readWordQuery(query).websearch, '', query);
});

test('нужные слова ищутся порознь, отрицание — при первом, с or запрос не делится', () => {
  const requiredOf = (query: string): readonly string[] => readWordQuery(query).required;
  assert.deepEqual(requiredOf('договор поставки -скан договор'), ['договор -скан', 'поставки']);
  assert.deepEqual(requiredOf('"договор аренды" склад'), ['"договор аренды"', 'склад']);
  assert.deepEqual(requiredOf('смета or бюджет'), ['смета or бюджет']);
  assert.equal(requiredOf('а б в г д е ж з и к л').length, 8);
});

test('слова в кавычках названы отдельно; с or и с минусом они ничего не требуют', () => {
  const phrasesOf = (query: string): readonly (readonly string[])[] => readWordQuery(query).phrases;
  assert.deepEqual(phrasesOf('"договор аренды" склад'), [['договор', 'аренды']]);
  assert.deepEqual(phrasesOf('"договор"'), []);
  assert.deepEqual(phrasesOf('склад -"договор аренды"'), []);
  assert.deepEqual(phrasesOf('"договор аренды" or склад'), []);
});
