// Подготовка общей базы: дождаться таблицы files, которую создаёт Admin Module, и построить свои индексы в фоне.
// Поиск не ждёт: он работает и без индексов, только медленнее.
import type { Logger } from '@artstore/chassis';
import { checkDatabase, migrate, openPool } from '@artstore/postgres';
import { setTimeout as sleep } from 'node:timers/promises';

/** waiting — нет базы или таблицы; building — идут миграции; failed — не вышло, повтор позже; ready — всё построено. */
export type RegistryState = 'waiting' | 'building' | 'failed' | 'ready';

export interface RegistryPreparation {
  state(): RegistryState;
  close(): Promise<void>;
}

export interface PrepareOptions {
  readonly url: string;
  readonly log: Logger;
  readonly tableExists: () => Promise<boolean>;
}

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const WAIT_MS = 1_000;
const RETRY_MS = 30_000;

export function prepareRegistry({ url, log, tableExists }: PrepareOptions): RegistryPreparation {
  const stopping = new AbortController();
  const { signal } = stopping;
  let state: RegistryState = 'waiting';

  async function waitForTable(): Promise<void> {
    let announced = false;
    while (!(await tableExists().catch(() => false))) {
      if (!announced) log.info({ event: 'registry_waiting' }, 'таблицы реестра ещё нет: ждём Admin Module');
      announced = true;
      await sleep(WAIT_MS, undefined, { signal });
    }
  }

  async function build(): Promise<void> {
    // Своё соединение и без предела времени: построение индекса на миллионах строк длится минуты.
    const pool = openPool({
      url,
      applicationName: 'artstore-query-migrations',
      connectionsMax: 1,
      statementTimeoutMs: 0,
      log,
    });
    try {
      for (const finding of await checkDatabase(pool)) {
        if (finding.status !== 'ok')
          log.warn({ event: 'database_finding', finding: finding.name, status: finding.status }, finding.message);
      }
      const { applied } = await migrate(pool, { directory: MIGRATIONS, table: 'query_migrations', log, signal });
      log.info({ event: 'registry_ready', applied }, 'индексы поиска построены');
    } finally {
      await pool.end();
    }
  }

  async function prepare(): Promise<void> {
    while (!signal.aborted) {
      try {
        await waitForTable();
        state = 'building';
        await build();
        state = 'ready';
        return;
      } catch (error) {
        if (signal.aborted) return;
        state = 'failed';
        log.error({ event: 'registry_preparation_failed', err: error }, 'индексы поиска не построены, повторим позже');
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  const running = prepare();
  return {
    state: () => state,
    async close() {
      stopping.abort();
      await running;
    },
  };
}
