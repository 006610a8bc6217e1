import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveFileId, drawLot, newFileId } from './file-id.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([78])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('имя по ключу всегда одно и то же и имеет вид UUIDv8', () => {
  assert.equal(deriveFileId('sa_demo', 'k'), deriveFileId('sa_demo', 'k'));
  assert.equal(UUID.exec(deriveFileId('sa_demo', 'k'))?.[1], '8');
  // Имя записано навсегда: после обновления модуля повтор обязан найти прежний файл.
  assert.equal(deriveFileId('sa_demo', 'k'), '3281f69c-4eb9-8353-822d-dd8dd67c43d8');
});

test('другой отправитель, другой ключ и перенос границы между ними дают другое имя', () => {
  const ids = [deriveFileId('a', 'bc'), deriveFileId('ab', 'c'), deriveFileId('a', 'bd'), deriveFileId('abc', '')];
  assert.equal(new Set(ids).size, ids.length);
});

test('без ключа имена — UUIDv7 и не повторяются', () => {
  const ids = Array.from({ length: 100 }, newFileId);
  assert.ok(ids.every((id) => UUID.exec(id)?.[1] === '7'));
  assert.equal(new Set(ids).size, 100);
});

test('жребий равномерен и лежит строго между 0 и 1', () => {
  const lots = Array.from({ length: 4000 }, (_, i) => drawLot(`f${i}`, 'e'));
  assert.ok(lots.every((lot) => lot > 0 && lot < 1));
  const mean = lots.reduce((sum, lot) => sum + lot, 0) / lots.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `среднее ${mean}`);
});
