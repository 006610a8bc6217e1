// Реестр для замеров поиска: PostgreSQL того же вида, что у стенда, настоящие миграции обоих модулей и настоящий Query
// своим процессом. Индексы строит сам Query по уже полной таблице, как на живой базе.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EmbeddedPostgres,
  ensureDatabase,
  migrate,
  openPool,
  silentLog,
  startEmbeddedPostgres,
} from '@artstore/postgres';
import { listeningPort, stopChild } from '../start-element.ts';
import type { TokenIssuer } from '../token-issuer.ts';
import { loadRegistry } from './load-registry.ts';
import type { Registry } from './make-file.ts';

export interface RegistryStand {
  readonly registry: Registry;
  /** Сбывается, когда строки записаны, индексы построены и Query готов. */
  readonly made: Promise<void>;
  /** Адрес Query; известен, когда набор готов. */
  readonly url: string;
  readonly token: string;
  /** База набора под её владельцем. */
  readonly databaseUrl: string;
  close(): Promise<void>;
}

interface RegistryOptions {
  readonly directory: string;
  readonly issuer: TokenIssuer;
  readonly files: number;
}

const ADMIN_MIGRATIONS = new URL('../../admin-module/migrations/', import.meta.url);
const queryMain = join(import.meta.dirname, '../../query-module/src/main.ts');
const SEED = 20_260_224;
/** Время набора неподвижно: иначе доля истёкших менялась бы от прогона к прогону. */
const NOW_MS = Date.parse('2026-11-20T00:00:00Z');
const READY_TIMEOUT_MS = 3_600_000;
const POLL_MS = 200;
const CREATE_ROLES = new URL('../../admin-module/database/create-roles.sql', import.meta.url);

/** Начинает делать набор; ждать — made. close прерывает и убирает всё. */
export function startRegistry({ directory, issuer, files }: RegistryOptions): RegistryStand {
  const registry: Registry = { seed: SEED, files, nowMs: NOW_MS };
  const stopping = new AbortController();
  let postgres: EmbeddedPostgres | undefined;
  let query: ChildProcess | undefined;
  let url = '';
  let databaseUrl = '';

  const make = async (): Promise<void> => {
    await mkdir(directory, { recursive: true });
    postgres = await startEmbeddedPostgres({ directory, log: silentLog, signal: stopping.signal });
    const urlOf = await ensureDatabase(postgres.url, {
      database: 'artstore',
      roles: CREATE_ROLES,
      passwords: { artstore_admin_owner: randomBytes(16).toString('hex') },
    });
    databaseUrl = urlOf('artstore_admin_owner');
    await createTable(databaseUrl);
    await loadRegistry(databaseUrl, registry, stopping.signal);
    query = startQuery(databaseUrl, issuer);
    url = `http://127.0.0.1:${await listeningPort(query)}`;
    await untilReady(url, query, stopping.signal);
  };

  const made = make();
  made.catch(() => undefined);
  return {
    registry,
    made,
    token: issuer.issue('artstore', 'files:read'),
    get url() {
      return url;
    },
    get databaseUrl() {
      return databaseUrl;
    },
    async close() {
      stopping.abort();
      await made.catch(() => undefined);
      if (query !== undefined) await stopChild(query);
      await postgres?.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function createTable(url: string): Promise<void> {
  const pool = openPool({ url, applicationName: 'artstore-bench', connectionsMax: 1, log: silentLog });
  try {
    await migrate(pool, { directory: ADMIN_MIGRATIONS, table: 'admin_migrations' });
  } finally {
    await pool.end();
  }
}

function startQuery(databaseUrl: string, issuer: TokenIssuer): ChildProcess {
  return spawn(process.execPath, [queryMain], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      QM_HOST: '127.0.0.1',
      QM_PORT: '0',
      QM_DATABASE_URL: databaseUrl,
      // Модуля управления здесь нет: ключи отдаёт источник токенов, а элементы поиску не нужны.
      QM_ADMIN_URL: new URL(issuer.jwksUrl).origin,
      QM_ISSUER: issuer.issuer,
      QM_CLIENT_ID: 'sa_bench_0000',
      QM_CLIENT_SECRET: 'none',
      QM_LOG_LEVEL: 'fatal',
    },
  });
}

/** Ждёт, пока поиск станет готов без оговорок: индексы построены, ключи получены. */
async function untilReady(url: string, query: ChildProcess, signal: AbortSignal): Promise<void> {
  for (const deadline = performance.now() + READY_TIMEOUT_MS; performance.now() < deadline; ) {
    if (query.exitCode !== null) throw new Error(`Query завершился при запуске с кодом ${query.exitCode}`);
    const answer = await fetch(`${url}/health/ready`, { signal }).catch(() => undefined);
    const body: unknown = await answer?.json();
    if (isSearchReady(body)) return;
    await sleep(POLL_MS, undefined, { signal });
  }
  throw new Error('Query не стал готов');
}

function isSearchReady(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('checks' in body)) return false;
  const { checks } = body;
  if (typeof checks !== 'object' || checks === null || !('search' in checks) || !('keys' in checks)) return false;
  return [checks.search, checks.keys].every(
    (check) => typeof check === 'object' && check !== null && 'status' in check && check.status === 'ok',
  );
}
