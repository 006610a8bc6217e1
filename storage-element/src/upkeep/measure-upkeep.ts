// Метрики сверки и проверки сумм. Читаются у них в миг опроса, сами они о метриках не знают.
import type { Metrics } from '@artstore/chassis';
import type { Reconciler } from './reconcile.ts';
import type { Scrubber } from './scrub.ts';

export function measureReconcile(metrics: Metrics, reconciler: Reconciler): void {
  const finished = () => (reconciler.report?.status === 'running' ? undefined : reconciler.report);
  metrics.gauge({
    name: 'se_reconcile_issues',
    help: 'Сколько находок каждого вида в последней законченной сверке.',
    labelNames: ['type'],
    collect() {
      for (const [type, count] of Object.entries(finished()?.counts ?? {})) this.set({ type }, count);
    },
  });
  metrics.gauge({
    name: 'se_reconcile_last_run_timestamp_seconds',
    help: 'Когда закончилась последняя сверка, секунды Unix; 0 — сверки ещё не было.',
    collect() {
      const report = finished();
      if (report || reconciler.report === undefined) this.set((report?.finishedAtMs ?? 0) / 1000);
    },
  });
  metrics.gauge({
    name: 'se_reconcile_duration_seconds',
    help: 'Сколько длилась последняя сверка, секунды.',
    collect() {
      const report = finished();
      if (report?.finishedAtMs !== undefined) this.set((report.finishedAtMs - report.startedAtMs) / 1000);
    },
  });
}

export function measureScrub(metrics: Metrics, scrubber: Scrubber): void {
  metrics.gauge({
    name: 'se_scrub_oldest_age_seconds',
    help: 'Сколько прошло с проверки суммы самого давнего файла, секунды.',
    collect() {
      this.set(scrubber.oldestAgeMs / 1000);
    },
  });
  const totals = { files: 'файлов', bytes: 'байт', issues: 'находок' } as const;
  for (const kind of ['files', 'bytes', 'issues'] as const) {
    let told = 0;
    metrics.counter({
      name: `se_scrub_${kind}_total`,
      help: `Проверка сумм: сколько ${totals[kind]} с запуска.`,
      collect() {
        const now = scrubber.counts[kind];
        this.inc(now - told);
        told = now;
      },
    });
  }
}
