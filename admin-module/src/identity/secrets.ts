// Случайные секреты: учётных записей служб, токенов обновления, одноразовых паролей.
// В базе лежит их SHA-256: у секрета в 256 случайных бит перебирать нечего, медленный хеш не нужен.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const ONE_TIME_PASSWORD_BYTES = 15;

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Сравнение за время, не зависящее от того, где различие. */
export function sameHash(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export function newClientSecret(): string {
  return `as_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export function newRefreshToken(): string {
  return `rt_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Двадцать знаков, 120 бит: показывается один раз и меняется при первом входе. */
export function newOneTimePassword(): string {
  return randomBytes(ONE_TIME_PASSWORD_BYTES).toString('base64url');
}

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** `sa_<name>_<random>`: читаемое имя клиента (требования, 2.7). */
export function newClientId(name: string): string {
  const tail = [...randomBytes(8)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `sa_${name}_${tail}`;
}
