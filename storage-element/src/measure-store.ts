// Метрики хранилища: журнал, контрольные точки, ёмкость, счёт файлов, принятые и отданные байты.
// Мгновенные величины читаются у движка в миг опроса, движок о метриках не знает.
import type { Metrics } from '@artstore/chassis';
import type { Store } from './engine/store.ts';
import type { StoreHooks } from './engine/store-options.ts';
import { measureDisk } from './measure-disk.ts';
import { type UploadMeter, measureUploads } from './measure-uploads.ts';

export interface StoreMeter {
  readonly hooks: Required<Pick<StoreHooks, 'onFrame' | 'onCheckpoint'>>;
  readonly uploads: UploadMeter;
  readonly sent: (bytes: number) => void;
  /** С этого мига опрос метрик спрашивает и движок. */
  watch(store: Store): void;
}

const SYNC_BUCKETS_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const MODES = ['edit', 'rw', 'ro', 'ar'] as const;

export function measureStore(metrics: Metrics): StoreMeter {
  const batch = metrics.histogram({
    name: 'se_log_batch_records',
    help: 'Сколько записей разделили один сброс журнала.',
    buckets: BATCH_BUCKETS,
  });
  const sync = metrics.histogram({
    name: 'se_log_sync_seconds',
    help: 'Сколько длился сброс журнала, секунды.',
    buckets: SYNC_BUCKETS_SECONDS,
  });
  const logBytes = metrics.counter({ name: 'se_log_bytes_total', help: 'Сколько байт записано в журнал.' });
  const checkpoint = metrics.histogram({
    name: 'se_checkpoint_seconds',
    help: 'Сколько длилась контрольная точка, секунды.',
  });
  const sent = metrics.counter({ name: 'se_sent_bytes_total', help: 'Сколько байт файлов отдавалось.' });
  let checkpointAtMs = performance.now();
  return {
    hooks: {
      onFrame(count, bytes, syncMs) {
        batch.observe(count);
        sync.observe(syncMs / 1000);
        logBytes.inc(bytes);
      },
      onCheckpoint(_files, durationMs) {
        checkpoint.observe(durationMs / 1000);
        checkpointAtMs = performance.now();
      },
    },
    uploads: measureUploads(metrics),
    sent: (bytes) => sent.inc(bytes),
    watch(store) {
      watchLog(metrics, store, () => (performance.now() - checkpointAtMs) / 1000);
      watchFiles(metrics, store);
      measureDisk(metrics, store);
      watchRebuild(metrics, store);
    },
  };
}

function watchLog(metrics: Metrics, store: Store, checkpointAgeSeconds: () => number): void {
  metrics.gauge({
    name: 'se_checkpoint_age_seconds',
    help: 'Сколько прошло с последней контрольной точки, секунды.',
    collect() {
      this.set(checkpointAgeSeconds());
    },
  });
  metrics.gauge({
    name: 'se_log_segments',
    help: 'Сколько сегментов журнала занято.',
    collect() {
      this.set(store.logSegments);
    },
  });
  metrics.gauge({
    name: 'se_revision',
    help: 'Последняя позиция журнала.',
    collect() {
      this.set(store.revision);
    },
  });
}

function watchRebuild(metrics: Metrics, store: Store): void {
  metrics.gauge({
    name: 'se_catalog_rebuild_files',
    help: 'Сколько файлов внесено в каталог, который строится заново; ноль, когда каталог цел.',
    collect() {
      this.set(store.rebuild?.files ?? 0);
    },
  });
  metrics.gauge({
    name: 'se_catalog_rebuild_ratio',
    help: 'Какая доля каталога уже построена; единица, когда каталог цел.',
    collect() {
      this.set(store.rebuild === undefined ? 1 : store.rebuild.percent / 100);
    },
  });
}

function watchFiles(metrics: Metrics, store: Store): void {
  metrics.gauge({
    name: 'se_files',
    help: 'Сколько файлов в каждом состоянии.',
    labelNames: ['status'],
    collect() {
      for (const [status, { files }] of Object.entries(store.catalog.totals(new Date(store.nowMs()).toISOString()))) {
        this.set({ status }, files);
      }
    },
  });
  metrics.gauge({
    name: 'se_catalog_bytes',
    help: 'Сколько места занимает указатель, байты.',
    collect() {
      this.set(store.catalogBytes);
    },
  });
  metrics.gauge({
    name: 'se_catalog_tombstones',
    help: 'Сколько надгробий помнит лента изменений.',
    collect() {
      this.set(store.catalog.tombstoneCount);
    },
  });
  metrics.gauge({
    name: 'se_mode',
    help: 'Нынешний режим: 1 у действующего.',
    labelNames: ['mode'],
    collect() {
      for (const mode of MODES) this.set({ mode }, mode === store.mode ? 1 : 0);
    },
  });
}
