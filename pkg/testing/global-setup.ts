// Одна база на весь прогон: node --test --test-global-setup=pkg/testing/global-setup.ts.
// Адрес уходит в процессы тестов через окружение: другого пути к ним у запускающего нет.
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer | undefined;

export async function globalSetup(): Promise<void> {
  if (process.env['ARTSTORE_TEST_POSTGRES_URL'] !== undefined) return;
  server = await startTestServer();
  process.env['ARTSTORE_TEST_POSTGRES_URL'] = server.url;
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
