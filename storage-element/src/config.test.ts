import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvError, parseEnv } from '@artstore/chassis';
import { envSchema, toConfig } from './config.ts';

const ENOUGH = {
  SE_DATA_DIR: '/srv/data',
  SE_JWKS_URL: 'https://admin.example/api/v1/auth/jwks',
  SE_ISSUER: 'https://admin.example',
  SE_TLS_CERT: '/etc/se/tls.crt',
  SE_TLS_KEY: '/etc/se/tls.key',
};

test('обязательного достаточно: остальное имеет разумные значения', () => {
  const config = toConfig(parseEnv(envSchema, ENOUGH));
  assert.equal(config.port, 8010);
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.walDir, '/srv/data/wal');
  assert.equal(config.mode, 'edit');
  assert.equal(config.fileBytesMax, 2 ** 30);
  assert.equal(config.capacityBytesMax, undefined);
  assert.equal(config.jwks.staleMaxMs, 86_400_000);
  assert.deepEqual(config.tls, { certFile: '/etc/se/tls.crt', keyFile: '/etc/se/tls.key', reloadMs: 60_000 });
});

test('все ошибки называются разом', () => {
  const bad = {
    SE_PORT: '99999',
    SE_MODE: 'xx',
    SE_MAX_FILE_SIZE: 'много',
    SE_JWKS_URL: 'file:///etc/passwd',
    SE_PLAIN_HTTP: 'может быть',
  };
  assert.throws(
    () => parseEnv(envSchema, bad),
    (error) => {
      assert.ok(error instanceof EnvError);
      const named = error.faults.map((fault) => fault.split(':')[0]);
      for (const name of [
        'SE_PORT',
        'SE_MODE',
        'SE_MAX_FILE_SIZE',
        'SE_JWKS_URL',
        'SE_PLAIN_HTTP',
        'SE_DATA_DIR',
        'SE_ISSUER',
      ]) {
        assert.ok(named.includes(name), `${name} не назван: ${error.faults.join(' | ')}`);
      }
      return true;
    },
  );
});

test('без сертификата элемент не запускается, пока это не разрешено явно', () => {
  const { SE_TLS_CERT: _cert, SE_TLS_KEY: _key, ...noTls } = ENOUGH;
  assert.throws(
    () => parseEnv(envSchema, noTls),
    (error) =>
      error instanceof EnvError &&
      error.faults.length === 2 &&
      error.faults.every((fault) => fault.startsWith('SE_TLS_')),
  );
  assert.equal(toConfig(parseEnv(envSchema, { ...noTls, SE_PLAIN_HTTP: 'true' })).tls, undefined);
  assert.throws(() => parseEnv(envSchema, { ...noTls, SE_PLAIN_HTTP: 'false' }), EnvError);
});
