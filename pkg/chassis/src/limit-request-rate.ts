// Пределы запросов с одного адреса: на всё приложение и на отдельные операции (вход, выдача токенов).
// Считают до опознания и до тела. Здоровье и метрики не считаются: их спрашивает тот, кто следит за нами.
import { ArtError } from '@artstore/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressGroup, clientAddress } from './client-address.ts';
import { createRateLimit } from './rate-limit.ts';

const UNLIMITED = new Set(['/health/live', '/health/ready', '/metrics']);

/** Проверка запроса. @throws RATE_LIMITED с Retry-After */
export type RequestLimit = (request: FastifyRequest) => void;

/** Ставит общую проверку первой. 0 — без предела. */
export function limitRequestRate(app: FastifyInstance, requestsPerMinute: number): void {
  if (requestsPerMinute === 0) return;
  const limit = addressLimit(requestsPerMinute);
  app.addHook('onRequest', (request, _reply, done) => {
    if (!UNLIMITED.has(request.routeOptions.url ?? '')) limit(request);
    done();
  });
}

export function addressLimit(requestsPerMinute: number): RequestLimit {
  const limit = createRateLimit({ perMinute: requestsPerMinute });
  return (request) => {
    const retryAfterSeconds = limit.take(addressGroup(remoteAddressOf(request)));
    if (retryAfterSeconds !== undefined) throw new ArtError('RATE_LIMITED', { retryAfterSeconds });
  };
}

/** Адрес клиента: соединения или, если ему доверяют, названный посредником. */
export function remoteAddressOf({ ip, socket }: FastifyRequest): string {
  return clientAddress(ip, socket.remoteAddress);
}
