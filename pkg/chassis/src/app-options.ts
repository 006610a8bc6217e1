// Что нужно, чтобы поднять приложение: контракт, обработчики, опознание, готовность, пределы.
import type { ErrorCode, Principal } from '@artstore/contracts';
import type { Logger } from './create-logger.ts';
import type { Metrics } from './create-metrics.ts';
import type { Operations } from './operation-types.ts';

/** Состояние одной части: ok, degraded (работает не всё) или fail. */
export interface Check {
  readonly status: 'ok' | 'degraded' | 'fail';
  readonly message?: string;
}

/** Пара PEM: цепочка сертификатов и закрытый ключ. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

export interface Limits {
  /** Заголовки запроса целиком, байт. */
  readonly headerBytesMax: number;
  /** Тело JSON или формы, байт. Потоков не касается: их меряет обработчик. */
  readonly jsonBytesMax: number;
  /** За сколько должны прийти все заголовки, мс. */
  readonly headersTimeoutMs: number;
  /** Сколько соединение может молчать посреди запроса или ответа, мс. */
  readonly idleTimeoutMs: number;
  /** Сколько ждать следующего запроса в открытом соединении, мс. */
  readonly keepAliveTimeoutMs: number;
  /** Средняя скорость тела запроса, ниже которой соединение закрывается; 0 — не следить. */
  readonly minBytesPerSecond: number;
  /** Окно, за которое считается средняя скорость; первое окно прощается целиком, мс. */
  readonly rateWindowMs: number;
  readonly connectionsMax: number;
  /** Запросов в минуту с одного адреса; 0 — без предела. */
  readonly requestsPerMinutePerAddress: number;
}

/** Вызов, в котором опознанному отказали или который не удался. */
export interface RefusedCall {
  readonly operationId: string;
  readonly principal: Principal;
  readonly code: ErrorCode;
  /** Параметры пути, ещё не проверенные. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly remoteAddress: string;
  readonly requestId: string;
}

export interface AppOptions<Ops> {
  readonly service: string;
  readonly version: string;
  readonly log: Logger;
  /** Собранный контракт: `new URL('../api/openapi.gen.json', import.meta.url)`. */
  readonly contract: URL;
  readonly operations: Operations<Ops>;
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>;
  /** Худшая проверка решает общий ответ /health/ready. */
  readonly readiness: () => Promise<Record<string, Check>>;
  readonly metrics: Metrics;
  readonly tls?: TlsPair | undefined;
  /** Адреса и сети посредников, чьему X-Forwarded-For верить; по умолчанию никому. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Отдельные пределы: операция → запросов в минуту с одного адреса; 0 — без предела. */
  readonly operationLimits?: Partial<Record<keyof Ops, number>> | undefined;
  /** Узнаёт о каждом неудачном вызове опознанного раньше самого клиента; сам ошибок не бросает. */
  readonly refused?: ((call: RefusedCall) => Promise<void>) | undefined;
  /** Сверять ответы с контрактом; расхождение — INTERNAL_ERROR. Для тестов: в работе это лишний труд. */
  readonly checkAnswers?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
}
