// Токены собственной учётной записи модуля (OAuth 2.0 client credentials; RFC 6749, 4.4; привязка — RFC 8707).
// Держит их тёплыми: продлевает в фоне на двух третях жизни, а пока модуль управления недоступен — отдаёт
// последний годный, сколько тот живёт. Секрет и токены не покидают этот файл иначе как заголовком.

import { ArtError, isArtError } from '@artstore/contracts';
import { Agent } from 'undici';
import { requestToken } from './request-token.ts';

/** Больше получателей, чем элементов хранения в разумной системе; дальше вытесняется давно не спрошенный. */
const AUDIENCES_MAX = 1000;
/** Токен, которым не пользовались столько времени, больше не продлевается. */
const UNUSED_MS = 60 * 60 * 1000;
/** Запас на дорогу и расхождение часов: за столько до конца токен уже не отдаётся. */
const EXPIRY_MARGIN_MS = 5_000;
const RENEW_AFTER_FAILURE_MS = 5_000;

export interface ServiceTokens {
  /** Годный токен для получателя; без получателя — для модулей самой системы. Ждёт сеть, только если годного нет. */
  readonly get: (audience?: string, signal?: AbortSignal) => Promise<string>;
  /** Забывает токен, который сосед отверг: следующий get получит новый. */
  readonly forget: (token: string) => void;
  readonly close: () => Promise<void>;
}

export interface ServiceTokensOptions {
  readonly adminUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly log: { warn(record: object, message: string): void };
}

interface Held {
  token: string | undefined;
  expiresAtMs: number;
  usedAtMs: number;
  renewal: Promise<string> | undefined;
  timer: NodeJS.Timeout | undefined;
}

export function createServiceTokens(options: ServiceTokensOptions): ServiceTokens {
  const dispatcher = new Agent({ connections: 4, connectTimeout: 5_000, allowH2: false });
  const held = new Map<string, Held>();
  const closing = new AbortController();

  function slot(audience: string): Held {
    const known = held.get(audience);
    if (known) {
      // Порядок Map — порядок давности: спрошенный последним уходит в конец очереди на вытеснение.
      held.delete(audience);
      held.set(audience, known);
      return known;
    }
    const oldest = held.size >= AUDIENCES_MAX ? held.entries().next().value : undefined;
    if (oldest) {
      clearTimeout(oldest[1].timer);
      held.delete(oldest[0]);
    }
    const fresh: Held = { token: undefined, expiresAtMs: 0, usedAtMs: 0, renewal: undefined, timer: undefined };
    held.set(audience, fresh);
    return fresh;
  }

  function renew(audience: string, entry: Held): Promise<string> {
    entry.renewal ??= requestToken(dispatcher, { ...options, audience, signal: closing.signal })
      .then(({ token, lifeMs }) => {
        entry.token = token;
        entry.expiresAtMs = performance.now() + lifeMs - Math.min(EXPIRY_MARGIN_MS, lifeMs / 10);
        schedule(audience, entry, (lifeMs * 2) / 3);
        return token;
      })
      .catch((cause: unknown) => {
        if (entry.expiresAtMs > performance.now()) schedule(audience, entry, RENEW_AFTER_FAILURE_MS);
        // Негодный секрет модуля — неисправность системы; вызвавший модуль в ней не виноват и чужого 401 не увидит.
        throw isArtError(cause, 'ADMIN_UNAVAILABLE') ? cause : new ArtError('ADMIN_UNAVAILABLE', { cause });
      })
      .finally(() => {
        entry.renewal = undefined;
      });
    return entry.renewal;
  }

  function schedule(audience: string, entry: Held, delayMs: number): void {
    clearTimeout(entry.timer);
    if (closing.signal.aborted || held.get(audience) !== entry) return;
    entry.timer = setTimeout(() => {
      if (performance.now() - entry.usedAtMs > UNUSED_MS) return;
      renew(audience, entry).catch((err: unknown) => {
        if (closing.signal.aborted) return;
        options.log.warn({ event: 'token_renewal_failed', audience, err }, 'токен не продлён, действует прежний');
      });
    }, delayMs);
    entry.timer.unref();
  }

  return {
    async get(audience = '', signal) {
      const entry = slot(audience);
      entry.usedAtMs = performance.now();
      if (entry.token !== undefined && entry.expiresAtMs > entry.usedAtMs) return entry.token;
      return await unlessAborted(renew(audience, entry), signal);
    },
    forget(token) {
      for (const entry of held.values()) {
        if (entry.token === token) entry.token = undefined;
      }
    },
    async close() {
      closing.abort();
      for (const entry of held.values()) clearTimeout(entry.timer);
      held.clear();
      await dispatcher.destroy();
    },
  };
}

/** Ждёт обещание, пока не сработал signal; само обещание общее и продолжается для других. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
