// Метрики загрузок: чем кончились, сколько длились, какого размера файлы.
import type { Metrics } from '@artstore/chassis';

/** Счёт загрузок, дошедших до тела или отказа движка. */
export interface UploadMeter {
  /** Чем кончилась загрузка и сколько секунд заняла. */
  readonly ended: (result: 'created' | 'known' | 'failed', seconds: number) => void;
  /** Сколько байт в принятом файле. */
  readonly received: (bytes: number) => void;
}

const KIB = 1 << 10;
const SIZE_BUCKETS_BYTES = [0, 4 * KIB, 64 * KIB, 1 << 20, 16 << 20, 256 << 20, 1 << 30];
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 30, 300];

export function measureUploads(metrics: Metrics): UploadMeter {
  const uploads = metrics.counter({
    name: 'se_uploads_total',
    help: 'Сколько загрузок кончилось: файл создан, уже был, отказ.',
    labelNames: ['result'],
  });
  const duration = metrics.histogram({
    name: 'se_upload_seconds',
    help: 'Сколько длилась загрузка вместе с передачей тела, секунды.',
    labelNames: ['result'],
    buckets: DURATION_BUCKETS_SECONDS,
  });
  const sizes = metrics.histogram({
    name: 'se_upload_size_bytes',
    help: 'Размер принятых файлов, байты.',
    buckets: SIZE_BUCKETS_BYTES,
  });
  const received = metrics.counter({ name: 'se_received_bytes_total', help: 'Сколько байт файлов принято.' });
  // Ряды видны и до первой загрузки: отсутствие ряда и ноль — не одно и то же.
  for (const result of ['created', 'known', 'failed'] as const) uploads.inc({ result }, 0);
  return {
    ended(result, seconds) {
      uploads.inc({ result });
      duration.observe({ result }, seconds);
    },
    received(bytes) {
      sizes.observe(bytes);
      received.inc(bytes);
    },
  };
}
