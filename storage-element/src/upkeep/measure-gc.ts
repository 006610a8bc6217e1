// Метрики уборки. Очередь и остановка читаются в миг опроса, сделанное складывается после каждого прохода.
import type { Metrics } from '@artstore/chassis';
import type { GcReport } from './collect-expired.ts';
import type { Gc } from './run-gc.ts';

export interface GcMeter {
  readonly onPass: (report: GcReport, durationMs: number) => void;
  /** С этого мига опрос метрик спрашивает и уборку. */
  watch(gc: Gc): void;
}

export function measureGc(metrics: Metrics): GcMeter {
  const expired = metrics.counter({ name: 'se_gc_expired_files_total', help: 'Сколько файлов помечено истёкшими.' });
  const removed = metrics.counter({ name: 'se_gc_removed_files_total', help: 'Сколько файлов убрала уборка.' });
  const freed = metrics.counter({ name: 'se_gc_freed_bytes_total', help: 'Сколько байт освободила уборка.' });
  const duration = metrics.histogram({
    name: 'se_gc_pass_seconds',
    help: 'Сколько длился проход уборки, секунды.',
    buckets: [0.01, 0.1, 1, 10, 60],
  });
  const lastRun = metrics.gauge({
    name: 'se_gc_last_run_timestamp_seconds',
    help: 'Когда закончился последний проход уборки, секунды Unix; 0 — проходов не было.',
  });
  return {
    onPass(report, durationMs) {
      expired.inc(report.filesExpired);
      removed.inc(report.filesRemoved);
      freed.inc(report.bytesFreed);
      duration.observe(durationMs / 1000);
      lastRun.set(Date.now() / 1000);
    },
    watch: (gc) => watchGc(metrics, gc),
  };
}

function watchGc(metrics: Metrics, gc: Gc): void {
  metrics.gauge({
    name: 'se_gc_backlog_files',
    help: 'Сколько файлов пора убрать.',
    collect() {
      this.set(gc.backlog.files);
    },
  });
  metrics.gauge({
    name: 'se_gc_backlog_bytes',
    help: 'Сколько байт пора убрать.',
    collect() {
      this.set(gc.backlog.bytes);
    },
  });
  metrics.gauge({
    name: 'se_gc_suspended',
    help: '1 — уборка стоит, потому что часам нет веры.',
    collect() {
      this.set(gc.suspended === null ? 0 : 1);
    },
  });
}
