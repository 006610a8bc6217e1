import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswords, formatPhc, parsePhc } from './passwords.ts';

test('пароль узнаётся по своему хешу, в том числе набранный составными буквами', async () => {
  const passwords = createPasswords();
  const phc = await passwords.hash('пароль с буквой й');
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await passwords.verify('пароль с буквой й', phc), true);
  assert.equal(await passwords.verify('пароль с буквой й'.normalize('NFD'), phc), true);
  assert.equal(await passwords.verify('пароль с буквой и', phc), false);
  assert.equal(await passwords.verify('что угодно', undefined), false);
});

test('лишние вычисления не копятся: очередь ограничена', async () => {
  const passwords = createPasswords();
  const attempts = Array.from({ length: 110 }, () => passwords.verify('x', undefined));
  const outcomes = await Promise.allSettled(attempts);
  assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 8);
});

test('вид PHC обратим, чужой вид и непомерная цена отвергаются', () => {
  const cost = { memoryKib: 1024, passes: 3, parallelism: 2 };
  const parsed = parsePhc(formatPhc(cost, Buffer.alloc(16, 1), Buffer.alloc(32, 2)));
  assert.deepEqual(parsed, { cost, salt: Buffer.alloc(16, 1), hash: Buffer.alloc(32, 2) });
  for (const phc of [
    '',
    'password',
    '$2b$10$abc',
    formatPhc({ ...cost, memoryKib: 9_000_000 }, Buffer.alloc(16), Buffer.alloc(32)),
  ]) {
    assert.throws(() => parsePhc(phc), /не похож/);
  }
});
