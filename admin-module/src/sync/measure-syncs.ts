// Метрики синхронизации по элементам: возраст последней, длительность, пометки, ожидание подтверждения, неудачи.
import type { Metrics } from '@artstore/chassis';
import type { SyncPosition } from '../elements/elements-table.ts';
import type { SyncRun } from './syncs-table.ts';

export interface SyncMeter {
  finished(run: SyncRun, elementName: string): void;
  /** Какие элементы подключены и когда каждый последний раз догнан; отключённые из метрик уходят. */
  observe(positions: readonly SyncPosition[]): void;
}

const MS_PER_SECOND = 1000;

export function measureSyncs(metrics: Metrics): SyncMeter {
  // Имя, а не storage_id: метрики открыты всем, а номера элементов — только администраторам.
  const element = ['storage_element'] as const;
  let positions: readonly SyncPosition[] = [];
  metrics.gauge<'storage_element'>({
    name: 'am_sync_age_seconds',
    help: 'Сколько секунд назад реестр последний раз догнал элемент.',
    labelNames: element,
    collect() {
      this.reset();
      for (const { name, last_sync_at: at } of positions) {
        if (at !== null)
          this.set({ storage_element: name }, Math.max(0, (Date.now() - Date.parse(at)) / MS_PER_SECOND));
      }
    },
  });
  const duration = metrics.histogram({
    name: 'am_sync_duration_seconds',
    help: 'Сколько идёт синхронизация элемента, секунды.',
    labelNames: ['mode'],
    buckets: [0.05, 0.1, 0.5, 1, 5, 15, 60, 240, 900, 3600],
  });
  const runs = metrics.counter({
    name: 'am_syncs_total',
    help: 'Законченные синхронизации по исходу.',
    labelNames: [...element, 'mode', 'state'],
  });
  const marked = metrics.counter({
    name: 'am_sync_marked_total',
    help: 'Сколько файлов синхронизация пометила удалёнными.',
    labelNames: element,
  });
  const waiting = metrics.gauge({
    name: 'am_sync_needs_confirmation',
    help: '1 — потери элемента сверх бюджета ждут подтверждения.',
    labelNames: element,
  });
  return {
    observe(seen) {
      positions = seen;
    },
    finished({ mode, state, dry_run: dryRun, duration_ms: ms, marked_deleted: files }, name) {
      runs.inc({ storage_element: name, mode, state });
      duration.observe({ mode }, (ms ?? 0) / MS_PER_SECOND);
      if (dryRun) return;
      marked.inc({ storage_element: name }, files);
      if (state === 'needs_confirmation') waiting.set({ storage_element: name }, 1);
      else if (state === 'done' && mode === 'full') waiting.set({ storage_element: name }, 0);
    },
  };
}
