import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvError, parseEnv } from '@artstore/chassis';
import { envSchema, toConfig } from './config.ts';

const required = {
  QM_DATABASE_URL: 'postgresql://query@db/artstore',
  QM_ADMIN_URL: 'http://admin:8000',
  QM_ISSUER: 'http://admin:8000',
  QM_CLIENT_ID: 'sa_query_1',
  QM_CLIENT_SECRET: 'секрет',
};

test('по умолчанию слушается 127.0.0.1:8030, кэш живёт от 30 до 60 секунд, миграции идут в ту же базу', () => {
  const config = toConfig(parseEnv(envSchema, required));
  assert.equal(`${config.host}:${config.port}`, '127.0.0.1:8030');
  assert.ok(config.cache.ttlMs >= 30_000 && config.cache.ttlMs <= 60_000);
  assert.equal(config.database.migrationsUrl, config.database.url);
});

test('все ошибки настроек названы разом', () => {
  assert.throws(
    () =>
      parseEnv(envSchema, {
        QM_DATABASE_URL: 'mysql://db',
        QM_PORT: 'восемь',
        QM_CACHE_TTL: '5 попугаев',
        QM_TRUSTED_PROXIES: 'шлюз',
      }),
    (error) => {
      assert.ok(error instanceof EnvError);
      const named = error.faults.join('\n');
      for (const name of [
        'QM_DATABASE_URL',
        'QM_PORT',
        'QM_CACHE_TTL',
        'QM_TRUSTED_PROXIES',
        'QM_ADMIN_URL',
        'QM_CLIENT_SECRET',
      ])
        assert.ok(named.includes(name), name);
      return true;
    },
  );
});
