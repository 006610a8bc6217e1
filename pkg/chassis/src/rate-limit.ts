// Предел частоты по ключу — адресу, учётной записи: по алгоритму GCRA, одно число на ключ. Память ограничена: лишними
// считаются ключи, о которых дольше всех не было слышно.

/** Скольких помнить; дольше всех молчавшие забываются. */
const KEYS_MAX = 10_000;
const WINDOW_MS = 60_000;

export interface RateLimit {
  /** Засчитывает обращение. undefined — можно; число — через сколько секунд приходить, и обращение не засчитано. */
  take(key: string): number | undefined;
}

export interface RateLimitOptions {
  /** Столько можно за минуту, в том числе разом; 0 — без предела. */
  readonly perMinute: number;
  readonly keysMax?: number;
  readonly nowMs?: () => number;
}

export function createRateLimit({
  perMinute,
  keysMax = KEYS_MAX,
  nowMs = () => performance.now(),
}: RateLimitOptions): RateLimit {
  if (perMinute === 0) return { take: () => undefined };
  const stepMs = WINDOW_MS / perMinute;
  /** Когда запас ключа снова полон. Порядок Map — порядок обращений. */
  const fullAtMs = new Map<string, number>();
  return {
    take(key) {
      const now = nowMs();
      const known = fullAtMs.get(key);
      const nextFullAtMs = Math.max(known ?? now, now) + stepMs;
      // Дробные шаги складываются с погрешностью; она не должна съесть последнее обращение запаса.
      const waitMs = nextFullAtMs - now - WINDOW_MS;
      const isAllowed = waitMs < stepMs / 1_000;
      fullAtMs.delete(key);
      if (known === undefined && fullAtMs.size >= keysMax) forgetOldest(fullAtMs);
      fullAtMs.set(key, isAllowed ? nextFullAtMs : (known ?? now));
      return isAllowed ? undefined : Math.ceil(waitMs / 1_000);
    },
  };
}

function forgetOldest(keys: Map<string, number>): void {
  const [oldest] = keys.keys();
  if (oldest !== undefined) keys.delete(oldest);
}
