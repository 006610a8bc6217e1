import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressGroup, clientAddress } from './client-address.ts';

test('адрес, которого посредник не назвал или назвал вздором, берётся у соединения', () => {
  assert.equal(clientAddress('203.0.113.7', '10.0.0.1'), '203.0.113.7');
  assert.equal(clientAddress('unknown', '10.0.0.1'), '10.0.0.1');
  assert.equal(clientAddress('x'.repeat(10_000), '::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(clientAddress('', undefined), 'unknown');
});

test('адреса одной сети /64 считаются вместе, IPv4 — по одному', () => {
  const groups = ['2001:db8::1', '2001:0DB8:0:0:ffff::2', '2001:db8:0:0:1:2:3:4', '2001:db8::'].map(addressGroup);
  assert.deepEqual(new Set(groups), new Set(['2001:db8:0:0']));
  assert.notEqual(addressGroup('2001:db8:0:1::1'), groups[0]);
  assert.equal(addressGroup('::1'), '0:0:0:0');
  assert.equal(addressGroup('10.0.0.1'), '10.0.0.1');
});
