// База модуля: пул, транзакции и замки, общие для всех копий модуля. Здесь же проверка, что база отвечает.
import { createHash } from 'node:crypto';
import { type Log, openPool, transaction } from '@artstore/postgres';
import type pg from 'pg';

/** То, чему можно задать запрос: пул или соединение идущей транзакции. */
export type Db = Pick<pg.Pool, 'query'>;

export type Locked<T> = { readonly acquired: true; readonly value: T } | { readonly acquired: false };

export interface Database {
  readonly db: Db;
  readonly pool: pg.Pool;
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * Выполняет work, пока держит замок `key`; занятый замок не ждёт. Сигнал срабатывает, если замок потерян
   * вместе с соединением: тогда работу мог начать кто-то другой, и эту надо бросить.
   */
  withLock<T>(key: string, work: (lost: AbortSignal) => Promise<T>): Promise<Locked<T>>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly connectionsMax: number;
  readonly log: Log;
}

export function openDatabase({ url, connectionsMax, log }: DatabaseOptions): Database {
  const pool = openPool({ url, applicationName: 'artstore-admin', connectionsMax, log });
  const locks = createLocks(pool);
  return {
    db: pool,
    pool,
    transaction: (work) => transaction(pool, work),
    withLock: locks.withLock,
    async ping() {
      await pool.query('select 1');
    },
    async close() {
      locks.close();
      await pool.end();
    },
  };
}

interface Held {
  readonly client: pg.PoolClient;
  /** Закрывает соединение и отдаёт его пулу; второй раз ничего не делает. */
  readonly release: () => void;
  readonly lost: AbortController;
}

/** Все замки процесса держит одно соединение: долгие проходы не отнимают соединений у запросов. */
function createLocks(pool: pg.Pool): Pick<Database, 'withLock'> & { close(): void } {
  const keys = new Set<string>();
  // Запросы одного соединения идут по очереди: замки берут и отпускают многие проходы сразу.
  let turn: Promise<unknown> = Promise.resolve();
  let connecting: Promise<Held> | undefined;

  async function connect(): Promise<Held> {
    const client = await pool.connect();
    const lost = new AbortController();
    let released = false;
    const release = (): void => {
      if (!released) client.release(true);
      released = true;
    };
    client.once('end', () => {
      connecting = undefined;
      // Невозвращённое соединение не дало бы закрыть пул.
      release();
      lost.abort(new Error('соединение, державшее замки, оборвано'));
    });
    return { client, release, lost };
  }

  function held(): Promise<Held> {
    connecting ??= connect().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  }

  function ask<R extends pg.QueryResultRow>(client: pg.PoolClient, text: string, number: string) {
    const asked = turn.then(() => client.query<R>(text, [number]));
    turn = asked.catch(() => undefined);
    return asked;
  }

  async function withLock<T>(key: string, work: (lost: AbortSignal) => Promise<T>): Promise<Locked<T>> {
    // Замок PostgreSQL внутри одного соединения повторно берётся всегда, поэтому своих различает сам процесс.
    if (keys.has(key)) return { acquired: false };
    keys.add(key);
    try {
      const { client, lost } = await held();
      const number = lockNumber(key);
      const { rows } = await ask<{ locked: boolean }>(client, 'select pg_try_advisory_lock($1) as locked', number);
      if (rows[0]?.locked !== true) return { acquired: false };
      try {
        return { acquired: true, value: await work(lost.signal) };
      } finally {
        // Не отпустился — значит, соединения уже нет, а вместе с ним и замка.
        await ask(client, 'select pg_advisory_unlock($1)', number).catch(() => undefined);
      }
    } finally {
      keys.delete(key);
    }
  }

  return {
    withLock,
    close() {
      void connecting?.then(
        ({ release }) => release(),
        () => undefined,
      );
    },
  };
}

/** Замки PostgreSQL именуются 64-битным числом: берём его из хеша имени. */
function lockNumber(key: string): string {
  return createHash('sha256').update(`artstore-admin:${key}`).digest().readBigInt64BE(0).toString();
}
