// Таблица login_attempts: неудачные попытки входа по имени. Счёт атомарен — решает одна команда базы.
import type { Db } from '../database-table.ts';

export interface LockRule {
  readonly failuresMax: number;
  readonly lockMs: number;
}

/**
 * Занимает одну попытку заранее, до проверки пароля: сколько бы их ни пришло разом, дальше failuresMax не пройдёт никто.
 * undefined — попытка занята; число — сколько секунд имя ещё закрыто.
 */
export async function takeAttempt(db: Db, nameHash: Buffer, rule: LockRule): Promise<number | undefined> {
  const { rowCount } = await db.query(
    `insert into login_attempts as known (name_hash, failures, locked_until, last_failed_at)
     values ($1, 1, case when $2::int <= 1 then now() + $3 * interval '1 millisecond' end, now())
     on conflict (name_hash) do update set
       failures = case when ${FRESH} then 1 else known.failures + 1 end,
       locked_until = case when (case when ${FRESH} then 1 else known.failures + 1 end) >= $2
         then now() + $3 * interval '1 millisecond' end,
       last_failed_at = now()
     where known.locked_until is null or known.locked_until <= now()`,
    [nameHash, rule.failuresMax, rule.lockMs],
  );
  if (rowCount !== 0) return undefined;
  const { rows } = await db.query<{ seconds: number }>(
    `select ceil(extract(epoch from locked_until - now()))::int as seconds from login_attempts where name_hash = $1`,
    [nameHash],
  );
  return Math.max(1, rows[0]?.seconds ?? 1);
}

/** Прошлый счёт забыт: блокировка кончилась, или последняя неудача была раньше срока блокировки. */
const FRESH = `(known.locked_until is not null or known.last_failed_at < now() - $3 * interval '1 millisecond')`;

/** Возвращает занятую попытку: пароль так и не проверили, и считать её неудачей не за что. */
export async function returnAttempt(db: Db, nameHash: Buffer): Promise<void> {
  await db.query(
    'update login_attempts set failures = failures - 1, locked_until = null where name_hash = $1 and failures > 0',
    [nameHash],
  );
}

/** Удачный вход или ручная разблокировка; true — имя было закрыто. */
export async function forgetAttempts(db: Db, nameHash: Buffer): Promise<boolean> {
  const { rows } = await db.query<{ locked: boolean }>(
    `delete from login_attempts where name_hash = $1
     returning coalesce(locked_until > now(), false) as locked`,
    [nameHash],
  );
  return rows[0]?.locked ?? false;
}

/** До какого времени закрыты имена; незакрытых в ответе нет. */
export async function lockedUntil(db: Db, nameHashes: readonly Buffer[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ name_hash: Buffer; locked_until: string }>(
    `select name_hash, locked_until from login_attempts where name_hash = any($1::bytea[]) and locked_until > now()`,
    [nameHashes],
  );
  return new Map(rows.map((row) => [row.name_hash.toString('hex'), row.locked_until]));
}

/** Забывает попытки, которые уже ни на что не влияют: перебор имён не должен растить таблицу. */
export async function forgetOldAttempts(db: Db, olderThanMs: number): Promise<void> {
  await db.query(
    `delete from login_attempts where last_failed_at < now() - $1 * interval '1 millisecond'
     and (locked_until is null or locked_until <= now())`,
    [olderThanMs],
  );
}
