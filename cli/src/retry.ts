// Ограниченный повтор того, что безопасно повторить: пауза растёт, слово сервера о паузе (Retry-After) сильнее.

import { setTimeout as sleep } from 'node:timers/promises';
import { ArtError } from '@artstore/contracts';
import { isTemporary } from './exit-codes.ts';
import { nameService, whyRetry } from './name-silent-module.ts';
import type { Service } from './name-silent-module.ts';
import { describeError, note } from './output.ts';
import type { Room } from './room.ts';

const ATTEMPTS_MAX = 5;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 30_000;

/** Делает работу до ATTEMPTS_MAX раз, пока её неудача временна. @param advanced работа продвинулась: счёт попыток сначала */
export async function withRetry<T>(
  room: Room,
  service: Service,
  job: (attempt: number) => Promise<T>,
  advanced: () => boolean = () => false,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await job(attempt);
    } catch (cause) {
      room.signal.throwIfAborted();
      const error = nameService(cause, service);
      if (advanced()) attempt = 1;
      if (!isTemporary(error) || attempt >= ATTEMPTS_MAX) throw error;
      const asked = error instanceof ArtError ? (error.options.retryAfterSeconds ?? 0) * 1000 : 0;
      const pauseMs = Math.min(Math.max(asked, PAUSE_FIRST_MS * 2 ** (attempt - 1)), PAUSE_MAX_MS);
      const why = whyRetry(room.text, error, service, describeError(room, error).message);
      await note(room, room.text.retry(why, (pauseMs / 1000).toFixed(1).replace('.', room.text.units.point)));
      await sleep(pauseMs, undefined, { signal: room.signal });
    }
  }
}
