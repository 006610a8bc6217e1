// Срок файла: отсчёт от загрузки, действует с точностью до миллисекунды.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveStatus, expiryOf, isJsonObject, type StoredFile } from './file.ts';

const AT = Date.UTC(2026, 10, 23, 12);

test('срок — загрузка плюс дни; у постоянного файла его нет', () => {
  assert.equal(expiryOf({ ttlDays: 1 }, AT), '2026-11-24T12:00:00.000Z');
  assert.equal(expiryOf({ ttlDays: 365 }, AT), '2027-11-23T12:00:00.000Z');
  assert.equal(expiryOf({ ttlDays: null }, AT), null);
});

test('файл истекает ровно в свой миг; удалённый и испорченный остаются собой', () => {
  const file = { status: 'active', expiresAt: new Date(AT).toISOString() } as StoredFile;
  assert.equal(effectiveStatus(file, AT - 1), 'active');
  assert.equal(effectiveStatus(file, AT), 'expired');
  for (const status of ['deleted', 'corrupted', 'missing', 'expired'] as const)
    assert.equal(effectiveStatus({ ...file, status }, AT), status);
  assert.equal(effectiveStatus({ ...file, expiresAt: null }, AT), 'active');
});

test('объект JSON — это объект, а не список, null или строка', () => {
  assert.deepEqual(
    [{}, Object.create(null), [], null, 'x', 1, undefined].map((value) => isJsonObject(value)),
    [true, true, false, false, false, false, false],
  );
});
