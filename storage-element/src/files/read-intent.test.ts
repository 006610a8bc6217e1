// Намерение из заголовка: что принимается, что названо нарушением.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorBody, isArtError } from '@artstore/contracts';
import { readIntent } from './read-intent.ts';

const GOOD = { original_filename: 'а.txt', content_type: 'text/plain', retention_policy: 'temporary' };
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Поля, названные в отказе. */
function faultsOf(header: string): string[] {
  try {
    readIntent(header);
  } catch (error) {
    assert.ok(isArtError(error, 'VALIDATION_ERROR'), String(error));
    return (error.options.details ?? []).map(({ field }) =>
      field.replace('header.artstore-metadata', '').replace(/^\./, ''),
    );
  }
  return [];
}

test('недостающее дополняется: срок черновика 30 дней, описание, метки и метаданные пусты', () => {
  assert.deepEqual(readIntent(encode(GOOD)), {
    originalFilename: 'а.txt',
    contentType: 'text/plain',
    description: '',
    tags: [],
    metadata: {},
    retentionPolicy: 'temporary',
    ttlDays: 30,
    uploadedBy: undefined,
  });
  assert.equal(readIntent(encode({ ...GOOD, retention_policy: 'permanent' })).ttlDays, null);
  assert.equal(readIntent(encode({ ...GOOD, ttl_days: 365 })).ttlDays, 365);
});

test('имя приводится к NFC; ключи метаданных не теряются', () => {
  assert.equal(readIntent(encode({ ...GOOD, original_filename: 'e\u0301.txt' })).originalFilename, 'é.txt');
  const header = encode(
    '{"original_filename":"a","content_type":"text/plain","retention_policy":"temporary","metadata":{"__proto__":1,"7":2}}',
  );
  assert.deepEqual(Object.keys(readIntent(header).metadata), ['7', '__proto__']);
});

test('каждое нарушение названо своим полем', () => {
  for (const [change, field] of [
    [{ original_filename: '' }, 'original_filename'],
    [{ original_filename: 'a\0' }, 'original_filename'],
    [{ content_type: '' }, 'content_type'],
    [{ content_type: 'text/plain\r\nX: 1' }, 'content_type'],
    [{ content_type: 'я' }, 'content_type'],
    [{ retention_policy: 'forever' }, 'retention_policy'],
    [{ ttl_days: 0 }, 'ttl_days'],
    [{ ttl_days: 366 }, 'ttl_days'],
    [{ ttl_days: '30' }, 'ttl_days'],
    [{ retention_policy: 'permanent', ttl_days: 1 }, 'ttl_days'],
    [{ tags: 'a' }, 'tags'],
    [{ tags: ['a', 'a'] }, 'tags'],
    [{ metadata: [] }, 'metadata'],
    [{ metadata: null }, 'metadata'],
    [{ metadata: 'x' }, 'metadata'],
    [{ description: 1 }, 'description'],
    [{ лишнее: 1 }, ''],
    [{ uploaded_by: '' }, 'uploaded_by'],
  ] as const) {
    assert.deepEqual([...new Set(faultsOf(encode({ ...GOOD, ...change })))], [field], JSON.stringify(change));
  }
});

test('все нарушения — разом', () => {
  assert.deepEqual(faultsOf(encode({ ...GOOD, original_filename: '', tags: [''], ttl_days: 0 })), [
    'original_filename',
    'tags[0]',
    'ttl_days',
  ]);
});

test('не base64url, не UTF-8, не JSON, не объект — отказ без падения', () => {
  for (const header of [
    '',
    '!!!',
    'a b',
    Buffer.from([0xff, 0xfe]).toString('base64url'),
    encode('{'),
    encode('null'),
    encode('[]'),
    encode('"x"'),
  ]) {
    assert.equal(faultsOf(header).length, 1, header);
  }
});

test('отказ сказан на языке клиента', () => {
  for (const change of [{ tags: 'a' }, { ttl_days: 0 }, { original_filename: '' }, { лишнее: 1 }]) {
    assert.throws(
      () => readIntent(encode({ ...GOOD, ...change })),
      (error: unknown) => {
        assert.ok(isArtError(error, 'VALIDATION_ERROR'), String(error));
        assert.match(errorBody(error, 'ru').error.details?.[0]?.message ?? '', /[а-я]{4}/i, JSON.stringify(change));
        assert.match(errorBody(error, 'en').error.details?.[0]?.message ?? '', /^[A-Za-z]{4}/, JSON.stringify(change));
        return true;
      },
    );
  }
});
