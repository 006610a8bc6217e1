import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  integer,
  listOf,
  nullable,
  oneOf,
  optional,
  record,
  sha256,
  ShapeError,
  text,
  timestamp,
  uuid,
} from './shape.ts';

const file = record({ id: uuid, name: text(5), size: integer(), note: nullable(text()), tag: optional(text()) });

test('годное проходит, лишнее отбрасывается, необязательного может не быть', () => {
  const id = '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41';
  assert.deepEqual(file({ id, name: 'a', size: 0, note: null, extra: 1 }, 'x'), { id, name: 'a', size: 0, note: null });
  assert.deepEqual(file({ id, name: 'a', size: 0, tag: 't' }, 'x'), { id, name: 'a', size: 0, note: null, tag: 't' });
});

test('ошибка называет место', () => {
  const id = '0197a3f2-6c1e-7d53-9b0a-2f1f5e0c9a41';
  assert.throws(() => listOf(file)([{ id, name: 'abcdef', size: 0 }], 'reply.items'), {
    name: 'ShapeError',
    message: 'reply.items[0].name: expected text up to 5',
  });
});

test('негодное отвергается', () => {
  const cases: [() => unknown][] = [
    [() => integer()(1.5, 'x')],
    [() => integer()(2 ** 53, 'x')],
    [() => integer(1)(0, 'x')],
    [() => integer()('1', 'x')],
    [() => uuid('0197A3F2-6C1E-7D53-9B0A-2F1F5E0C9A41', 'x')],
    [() => sha256('abc', 'x')],
    [() => timestamp('вчера', 'x')],
    [() => timestamp('2026', 'x')],
    [() => timestamp('2026-02-30T00:00:00Z', 'x')],
    [() => timestamp('0000-01-01T00:00:00Z', 'x')],
    [() => timestamp('+200000-01-01T00:00:00.000Z', 'x')],
    [() => oneOf(['a', 'b'])('c', 'x')],
    [() => listOf(text(), 1)(['a', 'b'], 'x')],
    [() => listOf(text())('a', 'x')],
    [() => file([], 'x')],
    [() => file(null, 'x')],
  ];
  for (const [check] of cases) assert.throws(check, ShapeError);
});
