// Новая пустая база для каждого теста на настоящем сервере.
import { randomBytes } from 'node:crypto';
import { after, type TestContext } from 'node:test';
import { Client } from 'pg';
import { startTestServer, type TestServer } from './test-server.ts';

/** Сервер этого процесса: нужен, когда файл теста запущен сам по себе, без общего сервера прогона. */
let own: Promise<TestServer> | undefined;
after(async () => {
  await (await own)?.stop();
});

/** Адрес свежей базы (UTF-8, кириллица в триграммах); после теста база удаляется вместе с соединениями. */
export async function testDatabase(t: Pick<TestContext, 'after'>): Promise<{ url: string }> {
  const shared = process.env['ARTSTORE_TEST_POSTGRES_URL'];
  own ??= shared === undefined ? startTestServer() : undefined;
  const serverUrl = shared ?? (await own)?.url;
  if (serverUrl === undefined) throw new Error('сервер базы для тестов не запустился');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runOnServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0 STRATEGY file_copy`);
  t.after(() => runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href };
}

async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, application_name: 'artstore-testing' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
