// Настройки: все ошибки разом, единицы измерения, таблица для README.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeEnv } from './describe-env.ts';
import { byteSize, duration } from './measured-settings.ts';
import { EnvError, parseEnv } from './read-env.ts';

const schema = z.object({
  X_PORT: z.coerce.number().int().min(1).max(65_535).default(8010).describe('Порт.'),
  X_EVERY: duration().prefault('30s').describe('Как часто.'),
  X_LIMIT: byteSize().describe('Предел.').prefault('1GiB'),
  X_PLAIN: z.stringbool().default(false).describe('Без TLS.'),
  X_URL: z.url().describe('Адрес.'),
  X_SECRET: z.string().min(8).optional().describe('Секрет.'),
});

test('умолчания, единицы и логические значения читаются, прочитанное не меняется', () => {
  const config = parseEnv(schema, { X_URL: 'http://a', X_EVERY: '1.5h', X_PLAIN: 'false', X_PORT: '', OTHER: 'x' });
  assert.deepEqual(config, { X_PORT: 8010, X_EVERY: 5_400_000, X_LIMIT: 2 ** 30, X_PLAIN: false, X_URL: 'http://a' });
  assert.ok(Object.isFrozen(config));
});

test('ошибки названы все сразу, по имени переменной, без её значения', () => {
  const env = { X_PORT: '70000', X_EVERY: '5', X_LIMIT: 'много', X_PLAIN: 'maybe', X_SECRET: 'hunter2' };
  assert.throws(
    () => parseEnv(schema, env),
    (error: unknown) => {
      assert.ok(error instanceof EnvError);
      const names = error.faults.map((fault) => fault.split(':')[0]);
      assert.deepEqual(names, ['X_PORT', 'X_EVERY', 'X_LIMIT', 'X_PLAIN', 'X_URL', 'X_SECRET']);
      assert.match(error.message, /X_URL: не задана/);
      assert.doesNotMatch(error.message, /hunter2|много/);
      return true;
    },
  );
});

const DURATIONS: Readonly<Record<string, number | undefined>> = {
  '30s': 30_000,
  '1500ms': 1_500,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '0': 0,
  '0s': 0,
  '5': undefined,
  '-5s': undefined,
  '5S': undefined,
  '5 минут': undefined,
  '1e9d': undefined,
  '': undefined,
};

test('длительность: число и единица, ничего больше', () => {
  for (const [text, expected] of Object.entries(DURATIONS))
    assert.equal(duration().safeParse(text).data, expected, text);
});

const SIZES: Readonly<Record<string, number | undefined>> = {
  '64KiB': 65_536,
  '1.5GiB': 1_610_612_736,
  '500MB': 500_000_000,
  '1024': 1_024,
  '1 GiB': 2 ** 30,
  '1gib': undefined,
  '-1KiB': undefined,
  '99999999TiB': undefined,
  x: undefined,
};

test('размер: число и кратное байта', () => {
  for (const [text, expected] of Object.entries(SIZES)) assert.equal(byteSize().safeParse(text).data, expected, text);
});

test('таблица переменных: имя, умолчание в том виде, в каком его пишут, описание, обязательность', () => {
  assert.deepEqual(describeEnv(schema), [
    { name: 'X_PORT', default: '8010', description: 'Порт.', required: false },
    { name: 'X_EVERY', default: '30s', description: 'Как часто.', required: false },
    { name: 'X_LIMIT', default: '1GiB', description: 'Предел.', required: false },
    { name: 'X_PLAIN', default: 'false', description: 'Без TLS.', required: false },
    { name: 'X_URL', default: '', description: 'Адрес.', required: true },
    { name: 'X_SECRET', default: '', description: 'Секрет.', required: false },
  ]);
});
