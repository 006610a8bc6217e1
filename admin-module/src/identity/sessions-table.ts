// Таблицы sessions и refresh_tokens: сеансы людей. Токен обновления одноразовый, хранится его хеш.
import type { Db } from '../database-table.ts';

export async function insertSession(
  db: Db,
  o: { id: string; userId: string; lifeMs: number; remoteAddress: string | null },
): Promise<void> {
  await db.query(
    `insert into sessions (id, user_id, expires_at, remote_address)
     values ($1, $2, now() + $3 * interval '1 millisecond', $4)`,
    [o.id, o.userId, o.lifeMs, o.remoteAddress],
  );
}

/** Выпускает токен обновления; дольше самого сеанса он не живёт. Отвечает, сколько секунд ему осталось. */
export async function insertRefreshToken(
  db: Db,
  o: { tokenHash: Buffer; sessionId: string; lifeMs: number },
): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>(
    `insert into refresh_tokens (token_hash, session_id, expires_at)
     select $1, id, least(now() + $3 * interval '1 millisecond', expires_at) from sessions where id = $2
     returning greatest(1, floor(extract(epoch from expires_at - now())))::int as seconds`,
    [o.tokenHash, o.sessionId, o.lifeMs],
  );
  return rows[0]?.seconds ?? 1;
}

export interface SpentToken {
  readonly sessionId: string;
  readonly userId: string;
  /** Токен уже предъявляли раньше: либо украли его, либо украли у вора. */
  readonly reused: boolean;
  /** Токен и сеанс ещё годны. */
  readonly valid: boolean;
}

/** Тратит токен. Строка удержана до конца транзакции, поэтому из двух одновременных предъявлений удачно одно. */
export async function spendRefreshToken(db: Db, tokenHash: Buffer): Promise<SpentToken | undefined> {
  const { rows } = await db.query<{ session_id: string; user_id: string; reused: boolean; valid: boolean }>(
    `select token.session_id, session.user_id, token.used_at is not null as reused,
       token.expires_at > now() and session.expires_at > now() and session.revoked_at is null as valid
     from refresh_tokens as token join sessions as session on session.id = token.session_id
     where token.token_hash = $1 for update of token`,
    [tokenHash],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  await db.query('update refresh_tokens set used_at = coalesce(used_at, now()) where token_hash = $1', [tokenHash]);
  return { sessionId: row.session_id, userId: row.user_id, reused: row.reused, valid: row.valid };
}

export async function revokeSession(db: Db, sessionId: string, reason: string): Promise<void> {
  await db.query('update sessions set revoked_at = now(), revoked_reason = $2 where id = $1 and revoked_at is null', [
    sessionId,
    reason,
  ]);
}

export async function revokeSessionsOf(db: Db, userId: string, reason: string): Promise<void> {
  await db.query(
    'update sessions set revoked_at = now(), revoked_reason = $2 where user_id = $1 and revoked_at is null',
    [userId, reason],
  );
}

/** Открыт ли сеанс и действует ли его хозяин. */
export async function isSessionOpen(db: Db, sessionId: string): Promise<boolean> {
  const { rows } = await db.query<{ open: boolean }>(
    `select session.revoked_at is null and session.expires_at > now() and person.status = 'active' as open
     from sessions as session join admin_users as person on person.id = session.user_id where session.id = $1`,
    [sessionId],
  );
  return rows[0]?.open ?? false;
}

/** Забывает сеансы, которые кончились давно: их токены уже никому не предъявить. */
export async function forgetOldSessions(db: Db): Promise<void> {
  await db.query(`delete from sessions where expires_at < now() - interval '7 days'`);
}
