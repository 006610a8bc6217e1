// Предел запросов в минуту с одного адреса. Здоровье и метрики не считаются: их спрашивает тот, кто следит за нами.
import rateLimit from '@fastify/rate-limit';
import { ArtError } from '@artstore/contracts';
import type { FastifyInstance } from 'fastify';

/** Скольких адресов помнить счёт; дольше всех молчавшие вытесняются. */
const ADDRESSES_MAX = 10_000;
const WINDOW_MS = 60_000;
const UNLIMITED = new Set(['/health/live', '/health/ready', '/metrics']);

/** Ставит проверку первой: до опознания и до тела. 0 — без предела. */
export async function limitRequestRate(app: FastifyInstance, requestsPerMinute: number): Promise<void> {
  if (requestsPerMinute === 0) return;
  await app.register(rateLimit, {
    global: false,
    max: requestsPerMinute,
    timeWindow: WINDOW_MS,
    cache: ADDRESSES_MAX,
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeaders: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
      'retry-after': false,
    },
    allowList: (request) => UNLIMITED.has(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { ttl }) => new ArtError('RATE_LIMITED', { retryAfterSeconds: ttl / 1_000 }),
  });
  app.addHook('onRequest', app.rateLimit());
}
