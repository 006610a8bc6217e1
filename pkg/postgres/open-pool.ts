// Пул соединений с PostgreSQL. Обещание: ограничен числом и временем, обрыв базы не роняет процесс,
// после её возвращения запросы идут дальше без перезапуска.
import { Duplex } from 'node:stream';
import { Pool } from 'pg';
import { nameDatabaseError } from './database-unavailable.ts';
import type { Log } from './log.ts';
import { valueTypes } from './value-types.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Сервер обрывает запрос сам; если он молчит и после этого, его больше не слышно, и ждать нечего. */
const SILENCE_MS = 3_000;
const TRANSACTION_IDLE_TIMEOUT_MS = 60_000;
const CONNECTION_LIFE_SECONDS = 30 * 60;
const KEEP_ALIVE_DELAY_MS = 10_000;

export interface PoolOptions {
  /** postgresql://имя:пароль@хост/база; путь к сокету — как хост в виде %2Fпуть. */
  readonly url: string;
  /** Имя в pg_stat_activity: по нему видно, чьё это соединение. */
  readonly applicationName: string;
  readonly connectionsMax: number;
  readonly log: Log;
  /** Предел одного запроса на стороне сервера; 0 — без предела. */
  readonly statementTimeoutMs?: number;
  /** Сколько ждать свободного или нового соединения. */
  readonly connectTimeoutMs?: number;
}

/**
 * Открывает пул. Соединения заводятся по требованию, поэтому база в этот миг может и не отвечать.
 * Отказ базы (нет соединения, она перезапускается) приходит как ArtError NOT_READY, прочие ошибки — как есть.
 */
export function openPool(options: PoolOptions): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connectionsMax,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    maxLifetimeSeconds: CONNECTION_LIFE_SECONDS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs === 0 ? undefined : statementTimeoutMs + SILENCE_MS,
    idle_in_transaction_session_timeout: TRANSACTION_IDLE_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    types: valueTypes,
  });
  // Событие 'error' без слушателя роняет процесс. Пул слушает только простаивающие соединения,
  // а выданные наружу — нет: их обрыв между двумя запросами транзакции застаёт врасплох.
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      options.log.warn({ event: 'database_connection_lost', err: error }, 'соединение с базой оборвано');
    });
    nameErrorsOf(client, 'query');
  });
  pool.on('error', () => undefined);
  nameErrorsOf(pool, 'query');
  nameErrorsOf(pool, 'connect');
  return pool;
}

/** Обещания, которые возвращает метод, отныне отказывают названной ошибкой. Вызовы с callback не меняются. */
function nameErrorsOf(target: object, method: 'query' | 'connect'): void {
  const original: unknown = Reflect.get(target, method);
  if (typeof original !== 'function') throw new TypeError(`у pg нет метода ${method}`);
  const fail = (error: unknown): never => {
    if (error instanceof Error && error.message === 'Query read timeout') cutConnection(target);
    throw nameDatabaseError(error);
  };
  const named = (...parameters: unknown[]): unknown => {
    const outcome: unknown = Reflect.apply(original, target, parameters);
    return outcome instanceof Promise ? outcome.catch(fail) : outcome;
  };
  Object.defineProperty(target, method, { value: named, configurable: true, writable: true });
}

/** Соединение, на котором остался безответный запрос, занято им навсегда: в пул такое возвращаться не должно. */
function cutConnection(client: object): void {
  const connection: unknown = Reflect.get(client, 'connection');
  const stream: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, 'stream') : undefined;
  if (stream instanceof Duplex) stream.destroy();
}
