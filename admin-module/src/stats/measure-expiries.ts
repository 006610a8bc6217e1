// Метрики сроков: предупреждают до того, как секрет, сертификат или ключ подписи подведёт. Рядов постоянное число.
import type { Metrics } from '@artstore/chassis';
import type { Database } from '../database-table.ts';
import { type Expiry, readExpiries, readKeyAgeSeconds } from './expiries-table.ts';

/**
 * Заводит метрики и отдаёт работу, которая их освежает.
 * @param keyAgeMaxMs возраст, в котором ключ подписи меняется сам; 0 — никогда
 */
export function createMeasureExpiries({ db }: Database, metrics: Metrics, keyAgeMaxMs: number): () => Promise<void> {
  const expiring = metrics.gauge({
    name: 'admin_expiring',
    help: 'Сколько секретов служб, сертификатов элементов и ключей подписи истекло (expired) и истекает за 7 и 30 дней.',
    labelNames: ['kind', 'within'] as const,
  });
  const soonest = metrics.gauge({
    name: 'admin_expires_seconds',
    help: 'Сколько секунд до ближайшего срока; ряда нет — нет и сроков.',
    labelNames: ['kind'] as const,
  });
  const keyAge = metrics.gauge({
    name: 'admin_signing_key_age_seconds',
    help: 'Сколько секунд подписывает нынешний ключ.',
  });

  function show({ kind, ...expiry }: Expiry): void {
    expiring.set({ kind, within: 'expired' }, expiry.expired);
    expiring.set({ kind, within: '7d' }, expiry.within_7d);
    expiring.set({ kind, within: '30d' }, expiry.within_30d);
    if (expiry.soonest === null) soonest.remove({ kind });
    else soonest.set({ kind }, expiry.soonest);
  }

  return async () => {
    for (const expiry of await readExpiries(db, keyAgeMaxMs)) show(expiry);
    keyAge.set((await readKeyAgeSeconds(db)) ?? 0);
  };
}
