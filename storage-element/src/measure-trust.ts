// Метрики доверия: когда кончится сертификат и сколько лет ключам, которыми проверяются токены.
import { X509Certificate } from 'node:crypto';
import type { JwksCache } from '@artstore/auth';
import type { Metrics } from '@artstore/chassis';

export interface TrustMeter {
  /** С этого мига действует этот сертификат (PEM, первый в цепочке — свой). */
  readonly certificate: (pem: string) => void;
}

export function measureTrust(metrics: Metrics, keys: Pick<JwksCache, 'ageMs'>): TrustMeter {
  metrics.gauge({
    name: 'se_jwks_age_seconds',
    help: 'Возраст набора ключей, секунды; +Inf, если набора нет.',
    collect() {
      this.set(keys.ageMs() / 1_000);
    },
  });
  let expiry: { set(seconds: number): void } | undefined;
  return {
    certificate(pem) {
      expiry ??= metrics.gauge({
        name: 'se_certificate_expiry_timestamp_seconds',
        help: 'Когда кончится действующий сертификат, секунды Unix.',
      });
      expiry.set(new X509Certificate(pem).validToDate.getTime() / 1_000);
    },
  };
}
