// Правила для слов о файле: границы, знаки, вложенность. Каждое нарушение названо, ничего лишнего не отвергнуто.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArtError, errorBody } from './errors.ts';
import { descriptionFaults, filenameFaults, metadataFaults, tagsFaults, ttlFaults } from './file-rules.ts';

const messages = (faults: readonly { message: string }[]) => faults.map(({ message }) => message).join('; ');

test('имя: обычные, русские, с пробелами, скобками, процентом, косой чертой и эмодзи принимаются', () => {
  for (const name of [
    'a',
    'Договор №7_скан (копия).pdf',
    'a b%20c.txt',
    '../../etc/passwd',
    'папка/файл',
    '👩‍👩‍👧.png',
    ' ',
    'é',
    'x\u2028y',
  ]) {
    assert.deepEqual(filenameFaults('f', name), [], name);
  }
});

test('имя: 255 байт UTF-8 — можно, 256 — нельзя; считается форма NFC', () => {
  assert.deepEqual(filenameFaults('f', 'a'.repeat(255)), []);
  assert.match(messages(filenameFaults('f', 'a'.repeat(256))), /at most 255 bytes/);
  assert.deepEqual(filenameFaults('f', `${'я'.repeat(127)}a`), []);
  assert.match(messages(filenameFaults('f', 'я'.repeat(128))), /is 256/);
  assert.deepEqual(filenameFaults('f', 'e\u0301'.repeat(127)), [], 'разложенная é в NFC — два байта');
});

test('имя: пустое, управляющие знаки, знаки направления и половинки знаков отвергаются', () => {
  assert.match(messages(filenameFaults('f', '')), /not be empty/);
  for (const bad of [
    '\0',
    '\n',
    '\r',
    '\t',
    '\u001f',
    '\u007f',
    '\u0085',
    '\u061c',
    '\u200e',
    '\u200f',
    '\u202e',
    '\u2066',
    '\u2069',
  ]) {
    assert.match(messages(filenameFaults('f', `a${bad}b`)), /control/, JSON.stringify(bad));
  }
  assert.match(messages(filenameFaults('f', 'a\ud800b')), /well-formed/);
  assert.match(messages(filenameFaults('f', '\udc00')), /well-formed/);
});

test('описание: 1000 знаков по кодовым точкам, переводы строк можно, NUL и половинки знаков нельзя', () => {
  assert.deepEqual(descriptionFaults('d', ''), []);
  assert.deepEqual(descriptionFaults('d', 'строка\n\tвторая'), []);
  assert.deepEqual(descriptionFaults('d', '😀'.repeat(1000)), []);
  assert.match(messages(descriptionFaults('d', '😀'.repeat(1001))), /at most 1000/);
  assert.match(messages(descriptionFaults('d', 'a\0b')), /NUL/);
  assert.match(messages(descriptionFaults('d', 'a\udfffb')), /well-formed/);
});

test('метки: до 50 разных, от 1 до 100 знаков; у нарушения назван номер', () => {
  assert.deepEqual(tagsFaults('tags', []), []);
  assert.deepEqual(
    tagsFaults(
      'tags',
      Array.from({ length: 50 }, (_, index) => `м${index}`),
    ),
    [],
  );
  assert.match(
    messages(
      tagsFaults(
        'tags',
        Array.from({ length: 51 }, (_, index) => `м${index}`),
      ),
    ),
    /at most 50/,
  );
  assert.deepEqual(tagsFaults('tags', ['😀'.repeat(100)]), []);
  assert.deepEqual(
    tagsFaults('tags', ['ок', '', 'x'.repeat(101), 'a\0']).map(({ field }) => field),
    ['tags[1]', 'tags[2]', 'tags[3]'],
  );
  assert.match(messages(tagsFaults('tags', ['а', 'а'])), /not repeat/);
});

test('метаданные: 8 КиБ и пять уровней — можно, больше — нельзя; глубже смотреть не страшно', () => {
  assert.deepEqual(metadataFaults('m', {}), []);
  assert.deepEqual(metadataFaults('m', { a: { b: { c: { d: 5 } } }, list: [[[[1]]]] }), []);
  assert.match(messages(metadataFaults('m', { a: { b: { c: { d: { e: {} } } } } })), /nested at most 5/);
  assert.match(messages(metadataFaults('m', { list: [[[[[]]]]] })), /nested at most 5/);
  assert.deepEqual(metadataFaults('m', { a: 'x'.repeat(8192 - 8) }), []);
  assert.match(messages(metadataFaults('m', { a: 'x'.repeat(8192 - 7) })), /at most 8192 bytes/);
  let deep: unknown = 1;
  for (let level = 0; level < 50_000; level += 1) deep = [deep];
  assert.match(messages(metadataFaults('m', { deep })), /nested/);
});

test('метаданные: NUL и половинки знаков — ни в значениях, ни в ключах; запись \\u0000 буквами — не NUL', () => {
  for (const bad of [{ a: 'x\0y' }, { 'к\0': 1 }, { a: { b: ['\0'] } }])
    assert.match(messages(metadataFaults('m', bad)), /NUL/);
  for (const bad of [{ a: 'x\ud800' }, { '\udc00': 1 }, { a: [{ b: '\ud800' }] }]) {
    assert.match(messages(metadataFaults('m', bad)), /well-formed/, JSON.stringify(bad));
  }
  assert.deepEqual(metadataFaults('m', { path: 'C:\\u0000' }), []);
  assert.deepEqual(metadataFaults('m', { emoji: '😀', ключ: 'значение' }), []);
});

test('срок: от 1 до 365 целых дней у черновика, у постоянного его нет', () => {
  for (const ttl of [1, 30, 365, null]) assert.deepEqual(ttlFaults('t', 'temporary', ttl), []);
  for (const ttl of [0, -1, 366, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    assert.equal(ttlFaults('t', 'temporary', ttl).length, 1, String(ttl));
  assert.deepEqual(ttlFaults('t', 'permanent', null), []);
  assert.match(messages(ttlFaults('t', 'permanent', 30)), /absent/);
});

test('каждое нарушение сказано на двух языках; клиент видит один, без русской пары — английский', () => {
  const faults = [
    ...filenameFaults('f', ''),
    ...filenameFaults('f', 'a\n'),
    ...filenameFaults('f', `\ud800${'a'.repeat(300)}`),
    ...descriptionFaults('d', `${'a'.repeat(1001)}\0`),
    ...tagsFaults('t', ['', 'a', 'a']),
    ...tagsFaults('t', Array.from({ length: 51 }, String)),
    ...metadataFaults('m', { a: { b: { c: { d: { e: {} } } } } }),
    ...metadataFaults('m', { a: `\0\ud800${'a'.repeat(9000)}` }),
    ...ttlFaults('l', 'permanent', 1),
    ...ttlFaults('l', 'temporary', 0),
  ];
  for (const { message, ru } of faults) assert.match(ru ?? '', /[а-я]/, message);
  const details = [...ttlFaults('body.ttl_days', 'temporary', 0), { field: 'x', message: 'only English' }];
  const error = new ArtError('VALIDATION_ERROR', { details });
  assert.deepEqual(errorBody(error, 'ru').error.details, [
    { field: 'body.ttl_days', message: 'нужно целое число от 1 до 365' },
    { field: 'x', message: 'only English' },
  ]);
  assert.deepEqual(errorBody(error, 'en').error.details?.[0], {
    field: 'body.ttl_days',
    message: 'must be an integer from 1 to 365',
  });
});
