// Таблица login_failure_hours: сколько раз за час в вход отказано. Журнал действий для этого не пересчитывается:
// перебор пишет в него не каждую неудачу.
import type { Db } from '../database-table.ts';

export async function countFailedLogin(db: Db): Promise<void> {
  await db.query(
    `insert into login_failure_hours as known (hour, failures) values (date_trunc('hour', now(), 'UTC'), 1)
     on conflict (hour) do update set failures = known.failures + 1`,
  );
}

export async function forgetOldFailures(db: Db, olderThanMs: number): Promise<void> {
  await db.query(`delete from login_failure_hours where hour < now() - $1 * interval '1 millisecond'`, [olderThanMs]);
}
