import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networks } from './network-settings.ts';

test('адреса и сети через запятую; пусто — ни одной; прочее отвергнуто', () => {
  assert.deepEqual(networks().parse('10.0.0.0/8, 192.0.2.1,,2001:db8::/32'), [
    '10.0.0.0/8',
    '192.0.2.1',
    '2001:db8::/32',
  ]);
  assert.deepEqual(networks().parse(''), []);
  for (const bad of ['proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '::1/129', '10.0.0.0/x', '10.0.0.0/']) {
    assert.equal(networks().safeParse(bad).success, false, bad);
  }
});
