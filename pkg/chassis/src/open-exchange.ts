// Начало и конец каждого запроса: идентификатор, заголовки безопасности, учёт соединения, метрики, запись в журнал.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppState } from './app-state.ts';
import type { Logger } from './create-logger.ts';
import type { Metrics } from './create-metrics.ts';
import { Exchange, hasBody } from './exchange.ts';
import { keepSocketOnDestroy } from './unread-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Запрос и ответ глазами шасси; есть у каждого запроса с самого начала. */
    exchange: Exchange;
  }
}

export interface ExchangeParts {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly state: AppState;
  /** Постоянные заголовки ответа. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Строит то, что зовётся первым для любого запроса, в том числе для неизвестного маршрута и битого адреса. */
export function exchangeOpener({
  metrics,
  log,
  state,
  headers,
}: ExchangeParts): (request: FastifyRequest, reply: FastifyReply) => void {
  const observe = createObserver(metrics);

  function close(exchange: Exchange): void {
    exchange.close();
    if (state.exchanges.get(exchange.socket) === exchange) state.exchanges.delete(exchange.socket);
    observe(exchange);
    if (log.isLevelEnabled('debug')) logExchange(log, exchange);
  }

  return (request, reply) => {
    const { raw } = request;
    const exchange = new Exchange(raw, reply.raw, request.id);
    request.exchange = exchange;
    state.exchanges.set(raw.socket, exchange);
    reply.raw.once('close', () => close(exchange));
    if (hasBody(raw)) keepSocketOnDestroy(exchange);
    reply.headers(headers);
    reply.header('x-request-id', request.id);
    if (state.draining) reply.header('connection', 'close');
  };
}

interface Series {
  inc(): void;
  observe(seconds: number): void;
}

/** Метки ряда складываются один раз: рядов немного, а запросов — тысячи в секунду. */
function createObserver({ httpRequests, httpDurationSeconds }: Metrics): (exchange: Exchange) => void {
  const known = new Map<string, Series>();
  return ({ route, request, status, startedMs }) => {
    // Метод чужого запроса может быть любым словом; для неизвестных маршрутов он не метка.
    const method = route === 'unmatched' ? 'ANY' : (request.method ?? 'ANY');
    const key = `${status} ${method} ${route}`;
    let series = known.get(key);
    if (series === undefined) {
      const labels = { route, method, status: String(status) };
      const [counter, histogram] = [httpRequests.labels(labels), httpDurationSeconds.labels(labels)];
      series = { inc: () => counter.inc(), observe: (seconds) => histogram.observe(seconds) };
      known.set(key, series);
    }
    series.inc();
    series.observe((performance.now() - startedMs) / 1_000);
  };
}

function logExchange(log: Logger, { id, request, route, status, startedMs }: Exchange): void {
  const durationMs = Math.round(performance.now() - startedMs);
  log.debug(
    { event: 'request_done', requestId: id, method: request.method, route, status, durationMs },
    'запрос обслужен',
  );
}
