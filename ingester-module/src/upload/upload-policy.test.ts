import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorBody, isArtError } from '@artstore/contracts';
import { type FormField, readIntent } from './upload-policy.ts';

function read(
  fields: Partial<Record<FormField, string>> = {},
  filename: string | undefined = 'a.txt',
  contentType?: string,
) {
  const entries = Object.entries(fields) as [FormField, string][];
  return readIntent(new Map(entries), { filename, contentType }, 'sa_demo');
}

function faults(job: () => unknown): string[] {
  try {
    job();
  } catch (error) {
    assert.ok(isArtError(error, 'VALIDATION_ERROR'));
    return (error.options.details ?? []).map((detail) => detail.field.replace(/\[\d+\]$/, ''));
  }
  return [];
}

test('без полей: черновик на 30 дней, пустые описание, метки и метаданные', () => {
  assert.deepEqual(read(), {
    original_filename: 'a.txt',
    content_type: 'application/octet-stream',
    description: '',
    tags: [],
    metadata: {},
    retention_policy: 'temporary',
    ttl_days: 30,
    uploaded_by: 'sa_demo',
  });
});

test('срок — целое от 1 до 365 и только у черновика', () => {
  assert.equal(read({ ttl_days: '1' }).ttl_days, 1);
  assert.equal(read({ ttl_days: '365' }).ttl_days, 365);
  for (const ttl of ['0', '366', '-1', '1.5', '1e2', '', ' 5', '05', 'x', '9'.repeat(30)]) {
    assert.deepEqual(
      faults(() => read({ ttl_days: ttl })),
      ['body.ttl_days'],
      ttl,
    );
  }
  assert.equal(read({ retention_policy: 'permanent' }).ttl_days, null);
  assert.deepEqual(
    faults(() => read({ retention_policy: 'permanent', ttl_days: '30' })),
    ['body.ttl_days'],
  );
});

test('пределы считаются в знаках, а не в единицах UTF-16', () => {
  assert.equal([...(read({ description: '😀'.repeat(1000) }).description ?? '')].length, 1000);
  assert.deepEqual(
    faults(() => read({ description: '😀'.repeat(1001) })),
    ['body.description'],
  );
  assert.equal(read({ tags: JSON.stringify(['ж'.repeat(100)]) }).tags?.length, 1);
  assert.deepEqual(
    faults(() => read({ tags: JSON.stringify(['ж'.repeat(101)]) })),
    ['body.tags'],
  );
});

test('метки — массив строк без повторов, пустых и того, чего не сохранить', () => {
  assert.deepEqual(read({ tags: '["договор","2026"]' }).tags, ['договор', '2026']);
  const bad = ['a,b', '"a"', '{}', '[1]', '[""]', '["a","a"]', '["a\\u0000"]', '["\\ud800"]', '', 'null'];
  for (const tags of bad)
    assert.deepEqual(
      faults(() => read({ tags })),
      ['body.tags'],
      tags,
    );
  const many = JSON.stringify(Array.from({ length: 51 }, (_, i) => String(i)));
  assert.deepEqual(
    faults(() => read({ tags: many })),
    ['body.tags'],
  );
});

test('метаданные — объект до 8 КиБ, глубиной до 5, без того, чего не сохранить', () => {
  assert.deepEqual(read({ metadata: '{"a":{"b":{"c":{"d":{"e":1}}}}}' }).metadata, {
    a: { b: { c: { d: { e: 1 } } } },
  });
  const bad = [
    '[]',
    'null',
    '1',
    '{',
    '{"a":{"b":{"c":{"d":{"e":{}}}}}}',
    `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    JSON.stringify({ a: 'x'.repeat(8192) }),
    '{"a":"\\u0000"}',
    '{"\\u0000":1}',
    '{"a":"\\udc00"}',
    '{"a":1e999}',
  ];
  for (const metadata of bad)
    assert.deepEqual(
      faults(() => read({ metadata })),
      ['body.metadata'],
      metadata.slice(0, 40),
    );
  assert.equal(
    Buffer.byteLength(JSON.stringify(read({ metadata: JSON.stringify({ a: 'x'.repeat(8184) }) }).metadata)),
    8192,
  );
});

test('имя приводится к NFC и меряется байтами', () => {
  assert.equal(read({}, 'и\u0306.txt').original_filename, 'й.txt');
  assert.equal(read({}, 'ж'.repeat(127)).original_filename.length, 127);
  assert.deepEqual(
    faults(() => read({}, 'ж'.repeat(128))),
    ['body.file'],
  );
  for (const name of ['Договор №7_скан (копия).pdf', 'a b%20c.txt', '-rf', '.hidden', 'a"b', "o'neil", '…']) {
    assert.equal(read({}, name).original_filename, name);
  }
});

test('имя-путь, управляющие знаки, знаки направления и половинки пар отвергаются', () => {
  for (const name of [
    '',
    '../a',
    'a/b',
    'a\\b',
    '.',
    '..',
    'a\0b',
    'a\nb',
    'a\rb',
    'a\u202Eb',
    'a\u2066b',
    'a\u200Fb',
    'a\ud800',
    'a\u0085',
  ]) {
    assert.deepEqual(
      faults(() => read({}, name)),
      ['body.file'],
      JSON.stringify(name),
    );
  }
  assert.ok(faults(() => readIntent(new Map(), { filename: undefined, contentType: undefined }, 'x')).length > 0);
});

test('негодный тип содержимого становится octet-stream, годный остаётся', () => {
  assert.equal(read({}, 'a', 'text/plain; charset=utf-8').content_type, 'text/plain; charset=utf-8');
  for (const type of ['', 'text', 'text/', 'a b/c', 'text/plain\u0001', `text/${'x'.repeat(300)}`, 'текст/плоский']) {
    assert.equal(read({}, 'a', type).content_type, 'application/octet-stream', type);
  }
});

test('все ошибки формы называются разом', () => {
  const fields = { retention_policy: 'forever', tags: 'x', metadata: 'x' };
  assert.deepEqual(
    faults(() => read(fields, 'a/b')),
    ['body.retention_policy', 'body.file', 'body.tags', 'body.metadata'],
  );
});

test('нарушения формы сказаны на языке человека', () => {
  try {
    read({ ttl_days: '0', tags: '{}', metadata: '[]' }, 'папка/файл');
    assert.fail('такая форма не принимается');
  } catch (error) {
    assert.ok(isArtError(error, 'VALIDATION_ERROR'), String(error));
    assert.deepEqual(
      new Map(errorBody(error, 'ru').error.details?.map(({ field, message }) => [field, message])),
      new Map([
        ['body.file', 'имя файла не должно содержать / и \\'],
        ['body.tags', 'нужен список строк в JSON'],
        ['body.metadata', 'нужен объект JSON'],
        ['body.ttl_days', 'нужно целое число от 1 до 365'],
      ]),
    );
  }
});
