// Блокировка входа после неудачных попыток: о том, какие имена есть, она не говорит ничего. Имена, которых нет, считаются
// и закрываются так же, как настоящие; попытка занимается до проверки пароля, поэтому параллельные догадки лишних не получают.
import { createHash } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import type { Database } from '../database-table.ts';
import { forgetAttempts, type LockRule, returnAttempt, takeAttempt } from './login-attempts-table.ts';

export interface Lockout {
  /**
   * Выполняет проверку пароля в рамках одной попытки. Удача забывает прошлые неудачи.
   * @throws ACCOUNT_LOCKED, если попытки кончились; RATE_LIMITED, если к этому имени стоит слишком длинная очередь.
   */
  attempt<T>(username: string, check: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** Очередь к одному имени: людям столько не нужно, перебору мешает. */
const WAITING_PER_NAME_MAX = 64;

/**
 * Имя без различия прописных и строчных. По нему и считают попытки, и ищут человека: будь правил два, разные написания
 * одного имени (İ у базы — та же i) давали бы лишние догадки.
 */
export function plainName(username: string): string {
  return username.normalize('NFC').toLowerCase();
}

/** SHA-256 имени: так его знает таблица попыток. */
export function hashName(username: string): Buffer {
  return createHash('sha256').update(plainName(username)).digest();
}

export function createLockout(database: Database, rule: LockRule): Lockout {
  const queues = new Map<string, { tail: Promise<unknown>; length: number }>();

  /** К одному имени — по одной проверке: иначе шесть одновременных верных входов приняли бы за перебор. */
  async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const queue = queues.get(name) ?? { tail: Promise.resolve(), length: 0 };
    if (queue.length >= WAITING_PER_NAME_MAX) throw new ArtError('RATE_LIMITED', { retryAfterSeconds: 5 });
    queues.set(name, queue);
    queue.length += 1;
    const turn = queue.tail.then(work, work);
    queue.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) queues.delete(name);
    }
  }

  return {
    attempt(username, check) {
      const nameHash = hashName(username);
      return inTurn(nameHash.toString('hex'), async () => {
        const lockedSeconds = await takeAttempt(database.db, nameHash, rule);
        if (lockedSeconds !== undefined) throw new ArtError('ACCOUNT_LOCKED', { retryAfterSeconds: lockedSeconds });
        const outcome = await check().catch(async (error: unknown) => {
          await returnAttempt(database.db, nameHash);
          throw error;
        });
        if (outcome !== undefined) await forgetAttempts(database.db, nameHash);
        return outcome;
      });
    },
  };
}
