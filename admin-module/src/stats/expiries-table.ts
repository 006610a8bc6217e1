// Что скоро истечёт: секреты служб, сертификаты элементов, ключи подписи. Строк в этих таблицах мало, запросы дёшевы.
import type { Db } from '../database-table.ts';

export type ExpiryKind = 'service_account_secret' | 'element_certificate' | 'signing_key';

export interface Expiry {
  readonly kind: ExpiryKind;
  /** Ближайший ещё не наступивший срок; null — сроков нет. */
  readonly next_at: string | null;
  /** Сколько до него осталось, секунды. */
  readonly soonest: number | null;
  readonly expired: number;
  readonly within_7d: number;
  readonly within_30d: number;
}

/**
 * По строке на каждый вид. В счёте секреты действующих учётных записей, кроме бессрочных; срок ключа подписи — конец
 * отсрочки, а у несменённого — день, когда он сменится сам.
 * @param keyAgeMaxMs возраст, в котором ключ меняется сам; 0 — никогда
 */
export async function readExpiries(db: Db, keyAgeMaxMs: number): Promise<Expiry[]> {
  const { rows } = await db.query<Expiry>(
    `select kind, min(at) filter (where at > now()) as next_at,
       extract(epoch from min(at) filter (where at > now()) - now())::float8 as soonest,
       count(*) filter (where at <= now())::int as expired,
       count(*) filter (where at > now() and at <= now() + interval '7 days')::int as within_7d,
       count(*) filter (where at > now() and at <= now() + interval '30 days')::int as within_30d
     from (values ('service_account_secret'), ('element_certificate'), ('signing_key')) as kinds (kind)
     left join (
       select 'service_account_secret' as kind, secret_expires_at as at from service_accounts where status = 'active'
       union all
       select 'element_certificate', certificate_expires_at from storage_elements where removed_at is null
       union all
       select 'signing_key', coalesce(grace_until, active_from + nullif($1::float8, 0) * interval '1 millisecond')
       from signing_keys where grace_until is null or grace_until > now()
     ) as due using (kind)
     group by kind`,
    [keyAgeMaxMs],
  );
  return rows;
}

/** Сколько секунд подписывает нынешний ключ; null — ключа нет. */
export async function readKeyAgeSeconds(db: Db): Promise<number | null> {
  const { rows } = await db.query<{ age: number | null }>(
    `select extract(epoch from now() - max(active_from))::float8 as age from signing_keys
     where active_from <= now() and (grace_until is null or grace_until > now())`,
  );
  return rows[0]?.age ?? null;
}
