import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { seal, SealBroken, unseal } from './seal.ts';

const KEY = randomBytes(32);
const SECRET = Buffer.from('закрытый ключ');

test('зашифрованное открывается тем же ключом под тем же именем', () => {
  const sealed = seal(KEY, SECRET, 'k-1');
  assert.deepEqual(unseal(KEY, sealed, 'k-1'), SECRET);
  assert.notDeepEqual(seal(KEY, SECRET, 'k-1'), sealed, 'одинаковое шифруется по-разному');
});

test('другой ключ, другое имя и любой испорченный байт — SealBroken', () => {
  const sealed = seal(KEY, SECRET, 'k-1');
  assert.throws(() => unseal(randomBytes(32), sealed, 'k-1'), SealBroken);
  assert.throws(() => unseal(KEY, sealed, 'k-2'), SealBroken);
  for (let index = 0; index < sealed.length; index += 1) {
    const spoiled = Buffer.from(sealed);
    spoiled[index] = (spoiled[index] ?? 0) ^ 1;
    assert.throws(() => unseal(KEY, spoiled, 'k-1'), SealBroken, `байт ${index}`);
  }
  assert.throws(() => unseal(KEY, sealed.subarray(0, 20), 'k-1'), SealBroken);
});
