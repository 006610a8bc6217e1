// Транзакция на одном соединении пула: всё или ничего, соединение возвращается всегда.
import type pg from 'pg';

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

/**
 * Выполняет work внутри BEGIN … COMMIT. Ошибка work или COMMIT откатывает всё и летит дальше.
 * Соединение, на котором не прошёл и ROLLBACK, в пул не возвращается.
 */
export async function transaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${options.isolation ?? 'read committed'}`);
    const outcome = await work(client);
    await client.query('COMMIT');
    return outcome;
  } catch (error) {
    broken = await rollBack(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Возвращает ошибку, если откатить не удалось: такое соединение нельзя отдавать следующему. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('ROLLBACK не прошёл', { cause: error });
  }
}
