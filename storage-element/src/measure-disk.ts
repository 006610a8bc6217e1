// Метрики диска: ёмкость, балласт, неразложенное, состояние каталога данных. Пропавший каталог опросу не мешает: ряды ёмкости исчезают.
import type { Metrics } from '@artstore/chassis';
import type { Store } from './engine/store.ts';

const STATES = ['present', 'read_only', 'absent'] as const;

export function measureDisk(metrics: Metrics, store: Store): void {
  metrics.gauge({
    name: 'se_capacity_bytes',
    help: 'Ёмкость: всего, занято, доступно.',
    labelNames: ['kind'],
    async collect() {
      this.reset();
      if (store.diskState === 'absent') return;
      const report = await store.space.report().catch(() => undefined);
      if (report === undefined) return;
      this.set({ kind: 'total' }, report.totalBytes);
      this.set({ kind: 'used' }, report.usedBytes);
      this.set({ kind: 'available' }, report.availableBytes);
    },
  });
  metrics.gauge({
    name: 'se_ballast_bytes',
    help: 'Сколько байт балласта на месте; 0 при заданном балласте — диск полон.',
    collect() {
      this.set(store.ballastBytes);
    },
  });
  measurePlacing(metrics, store);
  metrics.gauge({
    name: 'se_data_directory',
    help: 'Каталог данных: 1 у нынешнего состояния (present, read_only, absent).',
    labelNames: ['state'],
    collect() {
      for (const state of STATES) this.set({ state }, state === store.diskState ? 1 : 0);
    },
  });
  metrics.gauge({
    name: 'se_writes_stopped',
    help: '1, если журнал отказал и изменения не принимаются.',
    collect() {
      this.set(store.failure === undefined ? 0 : 1);
    },
  });
}

function measurePlacing(metrics: Metrics, store: Store): void {
  metrics.gauge({
    name: 'se_unplaced_bytes',
    help: 'Сколько байт подтверждённого ждёт в памяти раскладки по местам.',
    collect() {
      this.set(store.unplacedBytes);
    },
  });
  metrics.gauge({
    name: 'se_placing_stalled',
    help: '1, если раскладке не хватает места на диске: загрузки отклоняются, пока оно не найдётся.',
    collect() {
      this.set(store.placingStalled ? 1 : 0);
    },
  });
}
