// Таблица signing_keys: ключи подписи; закрытая часть приходит и уходит зашифрованной.
import type { Db } from '../database-table.ts';

export interface PublicJwk {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

export interface SigningKeyRow {
  readonly kid: string;
  readonly public_jwk: PublicJwk;
  readonly private_key: Buffer;
  readonly created_at: string;
  readonly active_from: string;
  readonly grace_until: string | null;
}

/** Замок до конца транзакции: двум копиям модуля нельзя завести по ключу разом. */
export async function lockSigningKeys(db: Db): Promise<void> {
  await db.query('lock table signing_keys in share row exclusive mode');
}

/** Неушедшие ключи по порядку начала подписи и время базы: о сроках судят по нему, а не по часам процесса. */
export async function listSigningKeys(db: Db): Promise<{ rows: SigningKeyRow[]; nowMs: number }> {
  const { rows } = await db.query<SigningKeyRow & { read_at: string }>(
    `select kid, public_jwk, private_key, created_at, active_from, grace_until, clock_timestamp() as read_at
     from signing_keys where grace_until is null or grace_until > clock_timestamp() order by active_from`,
  );
  const [first] = rows;
  return { rows, nowMs: first === undefined ? Date.now() : Date.parse(first.read_at) };
}

export async function insertSigningKey(
  db: Db,
  key: { kid: string; publicJwk: PublicJwk; privateKey: Buffer; activeInMs: number },
): Promise<void> {
  await db.query(
    `insert into signing_keys (kid, public_jwk, private_key, active_from)
     values ($1, $2, $3, now() + $4 * interval '1 millisecond')`,
    [key.kid, JSON.stringify(key.publicJwk), key.privateKey, key.activeInMs],
  );
}

/** Тот же ключ, зашифрованный заново. */
export async function replacePrivateKey(db: Db, kid: string, privateKey: Buffer): Promise<void> {
  await db.query('update signing_keys set private_key = $2 where kid = $1', [kid, privateKey]);
}

/** Назначает конец всем ключам, кроме нового: через отсрочку после того, как он начнёт подписывать. */
export async function retireOtherKeys(db: Db, kid: string, graceMs: number): Promise<void> {
  await db.query(
    `update signing_keys set grace_until = newest.active_from + $2 * interval '1 millisecond'
     from signing_keys as newest
     where newest.kid = $1 and signing_keys.kid <> $1
       and (signing_keys.grace_until is null or signing_keys.grace_until > newest.active_from + $2 * interval '1 millisecond')`,
    [kid, graceMs],
  );
}

export async function forgetRetiredKeys(db: Db): Promise<void> {
  await db.query(`delete from signing_keys where grace_until <= now()`);
}
