// Замок на файл: по одному, по очереди, и ошибка его не запирает.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FileLocks } from './locks.ts';

test('работы над одним файлом идут по одной в порядке прихода, над разными — вместе', async () => {
  const locks = new FileLocks();
  const log: string[] = [];
  const work = (file: string, name: string) =>
    locks.hold(file, async () => {
      log.push(`${name} начал`);
      await turn();
      log.push(`${name} кончил`);
    });
  await Promise.all([work('а', '1'), work('а', '2'), work('б', '3'), work('а', '4')]);
  assert.deepEqual(
    log,
    ['1 начал', '3 начал', '1 кончил', '3 кончил', '2 начал', '2 кончил', '4 начал', '4 кончил'].toSorted(
      (a, b) => log.indexOf(a) - log.indexOf(b),
    ),
  );
  const order = log.filter((line) => !line.startsWith('3'));
  assert.deepEqual(order, ['1 начал', '1 кончил', '2 начал', '2 кончил', '4 начал', '4 кончил']);
  assert.ok(log.indexOf('3 начал') < log.indexOf('1 кончил'), 'другой файл не ждёт');
});

test('ошибка отпускает замок и доходит до звавшего; после всех память пуста', async () => {
  const locks = new FileLocks();
  const failing = locks.hold('а', () => Promise.reject(new Error('беда')));
  const next = locks.hold('а', () => Promise.resolve('дальше'));
  await assert.rejects(failing, /беда/);
  assert.equal(await next, 'дальше');
  await assert.rejects(
    locks.hold('а', () => {
      throw new Error('сразу');
    }),
    /сразу/,
  );
  assert.equal(locks.size, 0);
});

test('тысяча ждущих одного файла не путает порядка и не оставляет следов', async () => {
  const locks = new FileLocks();
  const seen: number[] = [];
  await Promise.all(
    Array.from({ length: 1000 }, (_, index) =>
      locks.hold('а', async () => {
        seen.push(index);
      }),
    ),
  );
  assert.deepEqual(
    seen,
    Array.from({ length: 1000 }, (_, index) => index),
  );
  assert.equal(locks.size, 0);
});
