import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highlightPart, highlightWords } from './highlight.ts';

test('слова отмечаются на своих местах, а части подряд дают исходный текст', () => {
  const text = 'Договор_№7-Скан (Отчёт).pdf';
  const parts = highlightWords(text, new Set(['договор', 'отчет']));
  assert.deepEqual(parts, [
    { text: 'Договор', match: true },
    { text: '_№7-Скан (', match: false },
    { text: 'Отчёт', match: true },
    { text: ').pdf', match: false },
  ]);
  assert.equal(highlightWords(text, new Set(['смета'])), undefined);
});

test('часть имени отмечается без учёта регистра и ё, сколько бы раз ни встретилась', () => {
  assert.deepEqual(highlightPart('Отчёт-ОТЧЕТ', 'отчет'), [
    { text: 'Отчёт', match: true },
    { text: '-', match: false },
    { text: 'ОТЧЕТ', match: true },
  ]);
  assert.deepEqual(highlightPart('İстамбул 🎉', 'стамбул')?.[1], { text: 'стамбул', match: true });
  assert.equal(highlightPart('файл', 'нет'), undefined);
});

test('в тексте с тысячами совпадений отмечены первые, остальное — одним куском', () => {
  const text = 'а б '.repeat(1000);
  const parts = highlightWords(text, new Set(['а'])) ?? [];
  assert.ok(parts.length <= 400);
  assert.equal(parts.map((part) => part.text).join(''), text);
});
