// Сервер PostgreSQL для тестов: настоящий, но без сохранности на диске, она здесь только тратила бы время.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog, startEmbeddedPostgres } from '@artstore/postgres';

const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
  // Каждая база теста удаляется, а удаление просматривает весь кэш.
  shared_buffers: '128MB',
};

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'artstore-test-postgres-'));
  const server = await startEmbeddedPostgres({ directory, log: silentLog, settings: SETTINGS });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
