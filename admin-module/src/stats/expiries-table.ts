// Что скоро истечёт: секреты служб, сертификаты элементов, ключ подписи. Строк в этих таблицах мало, запросы дёшевы.
import type { Db } from '../database-table.ts';

export interface Expiry {
  /** Сколько осталось ближайшему сроку, секунды; null — сроков нет. */
  readonly soonest: number | null;
  readonly expired: number;
  readonly within7d: number;
  readonly within30d: number;
}

/** Секреты действующих учётных записей; бессрочные не в счёт. */
export async function readSecretExpiries(db: Db): Promise<Expiry | undefined> {
  const { rows } = await db.query<Expiry>(
    `select ${SUMMARY} from (select secret_expires_at as at from service_accounts where status = 'active') as due`,
  );
  return rows[0];
}

export async function readCertificateExpiries(db: Db): Promise<Expiry | undefined> {
  const { rows } = await db.query<Expiry>(
    `select ${SUMMARY} from (select certificate_expires_at as at from storage_elements where removed_at is null) as due`,
  );
  return rows[0];
}

/** Сколько секунд подписывает нынешний ключ; null — ключа нет. */
export async function readKeyAgeSeconds(db: Db): Promise<number | null> {
  const { rows } = await db.query<{ age: number | null }>(
    `select extract(epoch from now() - max(active_from))::float8 as age from signing_keys
     where active_from <= now() and grace_until is null`,
  );
  return rows[0]?.age ?? null;
}

const SUMMARY = `extract(epoch from min(at) filter (where at > now()) - now())::float8 as soonest,
  count(*) filter (where at <= now())::int as expired,
  count(*) filter (where at > now() and at <= now() + interval '7 days')::int as "within7d",
  count(*) filter (where at > now() and at <= now() + interval '30 days')::int as "within30d"`;
