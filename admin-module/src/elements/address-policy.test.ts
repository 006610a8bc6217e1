import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { createAddressPolicy } from './address-policy.ts';

function allows(allowed: readonly string[], url: string): boolean {
  try {
    createAddressPolicy({ allowed, allowHttp: false }).checkUrl(url, 'body.url');
    return true;
  } catch (error) {
    assert.ok(isArtError(error, 'VALIDATION_ERROR'));
    return false;
  }
}

test('без списка годны обычные адреса, но не эта машина и не служебные сети', () => {
  for (const host of [
    '93.184.216.34',
    '10.1.2.3',
    '192.168.0.5',
    'se-01.example.org',
    '[2001:db8::1]',
    '[fd12:3456::1]',
  ]) {
    assert.equal(allows([], `https://${host}:8010`), true, host);
  }
  for (const host of [
    '127.0.0.1',
    '127.1',
    '[::1]',
    '0.0.0.0',
    '169.254.169.254',
    '[fe80::1]',
    '[::ffff:7f00:1]',
    '224.0.0.1',
  ]) {
    assert.equal(allows([], `https://${host}`), false, host);
  }
});

test('со списком годно только названное', () => {
  const list = ['se.example.org', '*.storage.example', '10.0.0.0/8', '192.168.1.7', '2001:db8::/32'];
  for (const host of [
    'se.example.org',
    'SE.example.org',
    'a.b.storage.example',
    '10.255.0.1',
    '192.168.1.7',
    '[2001:db8::5]',
  ]) {
    assert.equal(allows(list, `https://${host}`), true, host);
  }
  for (const host of ['11.0.0.1', '192.168.1.8', '[2001:db9::5]', '127.0.0.1'])
    assert.equal(allows(list, `https://${host}`), false, host);
  assert.equal(allows(['se.example.org'], 'https://other.example.org'), false);
  assert.equal(allows(['*.example'], 'https://example'), false);
});

test('явно названный адрес разрешает и то, что иначе закрыто', () => {
  assert.equal(allows(['127.0.0.1'], 'https://127.0.0.1:8010'), true);
  assert.equal(allows(['127.0.0.1'], 'https://127.0.0.2:8010'), false);
});

test('непонятная запись списка не даёт запуститься', () => {
  assert.throws(() => createAddressPolicy({ allowed: ['https://se.example.org'], allowHttp: false }), /не похоже/);
});
