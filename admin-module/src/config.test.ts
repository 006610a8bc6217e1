import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvError, parseEnv } from '@artstore/chassis';
import { envSchema, toConfig } from './config.ts';

const ENOUGH = {
  AM_DATABASE_URL: 'postgresql://a@localhost/b',
  AM_ISSUER: 'https://admin.example',
  AM_MASTER_KEY: 'key',
};

test('умолчания совпадают с обещанными', () => {
  const config = toConfig(parseEnv(envSchema, ENOUGH));
  assert.deepEqual([config.host, config.port], ['127.0.0.1', 8000]);
  assert.deepEqual(config.lockout, { failuresMax: 5, lockMs: 15 * 60_000 });
  assert.deepEqual(config.intervals, { watchMs: 15_000, changesMs: 30_000, fullMs: 3_600_000 });
  assert.deepEqual(config.elements, { caFile: undefined, allowHttp: false, allowed: [], connectionsMax: 16 });
  assert.equal(config.tokens.lifeMs, 15 * 60_000);
});

test('списки и длительности читаются, пробелы вокруг запятых не мешают', () => {
  const config = toConfig(
    parseEnv(envSchema, { ...ENOUGH, AM_SE_ALLOWED_HOSTS: ' se.example , 10.0.0.0/8,', AM_LOGIN_LOCK: '1h' }),
  );
  assert.deepEqual(config.elements.allowed, ['se.example', '10.0.0.0/8']);
  assert.equal(config.lockout.lockMs, 3_600_000);
});

test('все ошибки названы разом', () => {
  assert.throws(
    () =>
      parseEnv(envSchema, { AM_PORT: 'x', AM_ADMIN_PASSWORD: 'short', AM_WATCH_INTERVAL: 'soon', AM_ISSUER: 'admin' }),
    (error) => {
      assert.ok(error instanceof EnvError);
      for (const name of ['AM_PORT', 'AM_DATABASE_URL', 'AM_ADMIN_PASSWORD', 'AM_WATCH_INTERVAL', 'AM_ISSUER']) {
        assert.ok(error.message.includes(name), name);
      }
      return true;
    },
  );
  const { AM_MASTER_KEY: _key, ...keyless } = ENOUGH;
  assert.throws(() => parseEnv(envSchema, keyless), /AM_MASTER_KEY/);
});
