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
  assert.equal(config.mode, undefined, 'edit выбирает первый запуск, а не настройка');
  assert.equal(config.fileBytesMax, 2 ** 30);
  assert.equal(config.capacityBytesMax, undefined);
  assert.equal(config.jwks.staleMaxMs, 86_400_000);
  assert.deepEqual(config.tls, { certFile: '/etc/se/tls.crt', keyFile: '/etc/se/tls.key', reloadMs: 60_000 });
});

test('пустое окружение: названо всё обязательное разом, и сертификат тоже', () => {
  assert.throws(
    () => parseEnv(envSchema, {}),
    (error) => {
      assert.ok(error instanceof EnvError);
      const names = error.faults.map((fault) => fault.split(':')[0]).toSorted();
      assert.deepEqual(names, ['SE_DATA_DIR', 'SE_ISSUER', 'SE_JWKS_URL', 'SE_TLS_CERT', 'SE_TLS_KEY']);
      return true;
    },
  );
});

test('размеры и сроки — в человеческих единицах', () => {
  const env = {
    ...ENOUGH,
    SE_RESERVE: '1GiB',
    SE_BALLAST: '0',
    SE_WAL_MAX: '64MiB',
    SE_MAX_FILE_SIZE: '2GB',
    SE_MAX_CAPACITY: '1.5TiB',
    SE_TLS_RELOAD: '10m',
    SE_JWKS_STALE_MAX: '7d',
    SE_REQUIRE_EXISTING: 'yes',
    SE_ALLOW_NETWORK_FS: 'on',
  };
  const config = toConfig(parseEnv(envSchema, env));
  assert.deepEqual([config.reserveBytes, config.ballastBytes, config.logBytesMax], [2 ** 30, 0, 64 << 20]);
  assert.deepEqual([config.fileBytesMax, config.capacityBytesMax], [2e9, 1.5 * 2 ** 40]);
  assert.deepEqual([config.tls?.reloadMs, config.jwks.staleMaxMs], [600_000, 604_800_000]);
  assert.deepEqual([config.requireExisting, config.allowNetworkDisk], [true, true]);
});

const WRONG: readonly (readonly [name: string, value: string, words: RegExp])[] = [
  ['SE_PORT', '65536', /SE_PORT/],
  ['SE_PORT', '-1', /номер порта/],
  ['SE_PORT', '80x', /номер порта/],
  ['SE_STORAGE_ID', 'не uuid', /UUID/i],
  ['SE_MODE', 'RW', /SE_MODE/],
  ['SE_MAX_FILE_SIZE', '0', /больше нуля/],
  ['SE_MAX_FILE_SIZE', '10', /^$/],
  ['SE_MAX_FILE_SIZE', '1 гигабайт', /величина с единицей/],
  ['SE_MAX_FILE_SIZE', '-1GiB', /величина с единицей/],
  ['SE_MAX_FILE_SIZE', '9999999TiB', /величина с единицей/],
  ['SE_MAX_CAPACITY', '0', /больше нуля/],
  ['SE_RESERVE', '64M', /величина с единицей/],
  ['SE_BALLAST', 'нет', /величина с единицей/],
  ['SE_WAL_MAX', '1MiB', /не меньше 2MiB/],
  ['SE_WAL_DIR', '/srv/data', /среди файлов/],
  ['SE_WAL_DIR', '/srv/data/files/wal', /среди файлов/],
  ['SE_WAL_DIR', '/srv/data/journal', /^$/],
  ['SE_WAL_DIR', '/srv/wal', /^$/],
  ['SE_REQUIRE_EXISTING', 'может быть', /SE_REQUIRE_EXISTING/],
  ['SE_ALLOW_NETWORK_FS', '2', /SE_ALLOW_NETWORK_FS/],
  ['SE_JWKS_URL', 'admin.example', /URL/i],
  ['SE_JWKS_REFRESH', '0', /от 10ms до 24d/],
  ['SE_JWKS_REFRESH', '30d', /от 10ms до 24d/],
  ['SE_JWKS_REFRESH', '5', /величина с единицей/],
  ['SE_TLS_RELOAD', '0s', /от 10ms до 24d/],
  ['SE_DRAIN', '1y', /величина с единицей/],
  ['SE_LOG_LEVEL', 'verbose', /SE_LOG_LEVEL/],
  ['SE_LOG_FORMAT', 'xml', /SE_LOG_FORMAT/],
];

test('каждая негодная настройка отвергнута по имени и понятно', () => {
  for (const [name, value, words] of WRONG) {
    const read = (): unknown => parseEnv(envSchema, { ...ENOUGH, [name]: value });
    if (words.source === '^$') {
      assert.doesNotThrow(read, `${name}=${value}`);
      continue;
    }
    assert.throws(
      read,
      (error) => {
        assert.ok(error instanceof EnvError && error.faults.length === 1, `${name}=${value}`);
        assert.match(error.faults[0] ?? '', words, `${name}=${value}`);
        assert.ok(error.faults[0]?.startsWith(`${name}: `));
        return true;
      },
      `${name}=${value} принято`,
    );
  }
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
