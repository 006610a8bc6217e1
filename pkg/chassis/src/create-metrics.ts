// Метрики процесса: свой реестр на приложение, чтобы несколько приложений в одном процессе не мешали друг другу.
// Метка маршрута — образец из контракта, а не адрес: число рядов ограничено.
import {
  type Counter,
  type CounterConfiguration,
  Counter as PrometheusCounter,
  type Gauge,
  type GaugeConfiguration,
  Gauge as PrometheusGauge,
  type Histogram,
  type HistogramConfiguration,
  Histogram as PrometheusHistogram,
  Registry,
  collectDefaultMetrics,
} from '@prometheus-io/client';

type HttpLabel = 'route' | 'method' | 'status';

/** Реестр приложения и его HTTP-метрики. Комнаты заводят свои методами counter, gauge и histogram. */
export interface Metrics {
  readonly registry: Registry;
  readonly httpRequests: Counter<HttpLabel>;
  readonly httpDurationSeconds: Histogram<HttpLabel>;
  counter<L extends string = never>(o: Omit<CounterConfiguration<L>, 'registers'>): Counter<L>;
  gauge<L extends string = never>(o: Omit<GaugeConfiguration<L>, 'registers'>): Gauge<L>;
  histogram<L extends string = never>(o: Omit<HistogramConfiguration<L>, 'registers'>): Histogram<L>;
}

/** Границы от миллисекунды до пяти минут: здесь и проверка токена, и загрузка гигабайта. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const labelNames = ['route', 'method', 'status'] as const;
  return {
    registry,
    httpRequests: new PrometheusCounter({
      name: 'http_requests_total',
      help: 'Сколько запросов обслужено.',
      labelNames,
      registers,
    }),
    httpDurationSeconds: new PrometheusHistogram({
      name: 'http_request_duration_seconds',
      help: 'Время от заголовков запроса до конца ответа, секунды.',
      labelNames,
      buckets: DURATION_BUCKETS_SECONDS,
      registers,
    }),
    counter: (o) => new PrometheusCounter({ ...o, registers }),
    gauge: (o) => new PrometheusGauge({ ...o, registers }),
    histogram: (o) => new PrometheusHistogram({ ...o, registers }),
  };
}
