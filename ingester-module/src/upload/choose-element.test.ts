import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { StorageElement } from '@artstore/clients';
import { orderCandidates, writable } from './choose-element.ts';
import { drawLot } from './file-id.ts';

function element(id: string, available: number | null, o: Partial<StorageElement> = {}): StorageElement {
  return { id, name: id, url: `http://${id}`, mode: 'edit', status: 'online', available_bytes: available, ...o };
}

function order(fileId: string, elements: readonly StorageElement[], sizeMax = 0): string[] {
  return orderCandidates({ elements, sizeMax, draw: (id) => drawLot(fileId, id) }).map(({ id }) => id);
}

test('подходят только элементы своего режима, которые отвечают', () => {
  const all = [
    element('a', 1),
    element('b', 1, { mode: 'rw' }),
    element('c', 1, { status: 'offline' }),
    element('d', 1, { status: 'degraded' }),
    element('e', 1, { mode: 'ro' }),
    element('f', 1, { status: 'maintenance' }),
  ];
  assert.deepEqual(
    writable(all, 'temporary').map(({ id }) => id),
    ['a', 'd'],
  );
  assert.deepEqual(
    writable(all, 'permanent').map(({ id }) => id),
    ['b'],
  );
});

test('выбор зависит только от файла и элементов, а не от порядка списка', () => {
  const elements = ['a', 'b', 'c'].map((id) => element(id, 100));
  for (let i = 0; i < 50; i += 1) {
    const fileId = randomUUID();
    assert.deepEqual(order(fileId, elements), order(fileId, elements.toReversed()));
  }
});

test('доли пропорциональны свободному месту', () => {
  const elements = [element('a', 1e12), element('b', 3e12), element('c', 0)];
  const wins = new Map<string, number>();
  for (let i = 0; i < 8000; i += 1) {
    const first = order(`file-${i}`, elements)[0] ?? '';
    wins.set(first, (wins.get(first) ?? 0) + 1);
  }
  const share = (wins.get('b') ?? 0) / 8000;
  assert.ok(Math.abs(share - 0.75) < 0.03, `доля ${share}`);
  assert.equal(wins.get('c') ?? 0, 0);
});

test('с уходом элемента переезжают только его файлы', () => {
  const elements = ['a', 'b', 'c', 'd'].map((id) => element(id, 100));
  const rest = elements.slice(0, 3);
  for (let i = 0; i < 500; i += 1) {
    const before = order(`file-${i}`, elements);
    if (before[0] !== 'd') assert.equal(order(`file-${i}`, rest)[0], before[0]);
  }
});

test('тесные и нездоровые идут последними, но не пропадают', () => {
  const elements = [
    element('tight', 10),
    element('ill', 1e15, { status: 'degraded' }),
    element('well', 100),
    element('unknown', null),
  ];
  for (let i = 0; i < 50; i += 1) assert.equal(order(`file-${i}`, elements, 50)[0], 'well');
  assert.equal(order('x', elements, 50).length, 4);
  assert.deepEqual(order('x', []), []);
});
