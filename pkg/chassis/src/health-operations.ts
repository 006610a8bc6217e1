// Здоровье и метрики в общей форме (требования, 2.9): одинаковы у всех модулей, поэтому живут в шасси.
import type { AppState } from './app-state.ts';
import type { Check } from './app-options.ts';
import type { UntypedHandler } from './bind-operation.ts';
import type { Logger } from './create-logger.ts';
import type { HealthOperation } from './operation-types.ts';
import type { Metrics } from './create-metrics.ts';

export interface HealthParts {
  readonly service: string;
  readonly version: string;
  readonly readiness: () => Promise<Record<string, Check>>;
  readonly metrics: Metrics;
  readonly state: AppState;
  readonly log: Logger;
}

/** Проверка, которая не ответила за это время, сама по себе отказ. */
const READINESS_TIMEOUT_MS = 5_000;

export function healthOperations(parts: HealthParts): Record<HealthOperation, UntypedHandler> {
  const { service, version, metrics } = parts;
  const common = () => ({ timestamp: new Date().toISOString(), version, service });
  return {
    getLiveness: async () => ({ status: 200, body: { status: 'ok', ...common() } }),
    getReadiness: async () => {
      const checks = await collectChecks(parts);
      const status = worst(checks);
      return { status: status === 'fail' ? 503 : 200, body: { status, ...common(), checks } };
    },
    getMetrics: async () => ({
      status: 200,
      body: await metrics.registry.metrics(),
      headers: { 'content-type': metrics.registry.contentType },
    }),
  };
}

/** Общее состояние — худшее из частных. */
export function worst(checks: Readonly<Record<string, Check>>): Check['status'] {
  const statuses = Object.values(checks).map(({ status }) => status);
  if (statuses.includes('fail')) return 'fail';
  return statuses.includes('degraded') ? 'degraded' : 'ok';
}

async function collectChecks({ readiness, state, log }: HealthParts): Promise<Record<string, Check>> {
  const closing: Record<string, Check> = state.draining
    ? { process: { status: 'fail', message: 'shutting down' } }
    : {};
  const { promise: late, resolve } = Promise.withResolvers<Record<string, Check>>();
  const timer = setTimeout(
    () => resolve({ readiness: { status: 'fail', message: 'checks timed out' } }),
    READINESS_TIMEOUT_MS,
  );
  try {
    return { ...(await Promise.race([readiness(), late])), ...closing };
  } catch (error) {
    // Причина — в журнал; наружу она могла бы вынести адреса и имена.
    log.warn({ event: 'readiness_failed', err: error }, 'проверка готовности не удалась');
    return { readiness: { status: 'fail', message: 'checks failed' }, ...closing };
  } finally {
    clearTimeout(timer);
  }
}
