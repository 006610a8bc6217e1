// Объяснения нарушений словами: человек не читает регулярных выражений.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeFaults } from './describe-faults.ts';

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

function explain(schema: object, value: unknown): (string | undefined)[] {
  const ajv = new Ajv2020({ formats: { 'date-time': () => false, uuid: () => false, uri: () => false } });
  const validate = ajv.compile(schema);
  assert.equal(validate(value), false);
  return (['ru', 'en'] as const).map((language) => describeFaults('body', validate.errors ?? [], language)[0]?.message);
}

test('образцы UUID и SHA-256 и формат времени названы словами', () => {
  const uuid = ['нужен UUID строчными буквами', 'must be a UUID in lower case'];
  assert.deepEqual(explain({ type: 'string', pattern: UUID }, 'X'), uuid);
  assert.deepEqual(explain({ type: 'string', format: 'uuid' }, 'X'), uuid);
  assert.deepEqual(explain({ type: 'string', pattern: '^[0-9a-f]{64}$' }, 'X'), [
    'нужны 64 шестнадцатеричных знака',
    'must be 64 hexadecimal characters',
  ]);
  assert.deepEqual(explain({ type: 'string', format: 'date-time' }, 'вчера'), [
    'нужны дата и время, например 2026-02-21T10:00:00Z',
    'must be a date and time, e.g. 2026-02-21T10:00:00Z',
  ]);
});

test('прочие образцы и форматы показаны как есть', () => {
  assert.deepEqual(explain({ type: 'string', pattern: '^a$' }, 'b'), ['не подходит под образец ^a$', 'must match ^a$']);
  assert.deepEqual(explain({ type: 'string', format: 'uri' }, 'b'), ['нужен вид uri', 'must be a valid uri']);
});
