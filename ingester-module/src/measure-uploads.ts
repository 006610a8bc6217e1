// Метрики загрузок: сколько и чем кончилось, байты, сколько идёт сейчас, свежесть списка элементов.

import type { Metrics } from '@artstore/chassis';
import { isArtError } from '@artstore/contracts';
import type { RetentionPolicy } from '@artstore/clients';
import type { ElementList } from './elements/element-list.ts';
import type { AcceptUpload } from './upload/accept-upload.ts';
import { writable } from './upload/choose-element.ts';

const POLICIES: readonly RetentionPolicy[] = ['temporary', 'permanent'];

/** Та же загрузка, но считаемая. */
export function measureUploads(metrics: Metrics, accept: AcceptUpload): AcceptUpload {
  const outcomes = metrics.counter({
    name: 'ingester_uploads_total',
    help: 'Загрузки по политике и исходу: done, pending, код ошибки или aborted.',
    labelNames: ['policy', 'outcome'],
  });
  const bytes = metrics.counter({ name: 'ingester_upload_bytes_total', help: 'Принятые и сохранённые байты файлов.' });
  const active = metrics.gauge({ name: 'ingester_uploads_active', help: 'Загрузки, которые идут сейчас.' });
  return async (upload) => {
    const policy = upload.intent.retention_policy;
    active.inc();
    try {
      const result = await accept(upload);
      outcomes.inc({ policy, outcome: result.registration });
      bytes.inc(result.file.size);
      return result;
    } catch (error) {
      outcomes.inc({
        policy,
        outcome: upload.signal.aborted ? 'aborted' : isArtError(error) ? error.code : 'INTERNAL_ERROR',
      });
      throw error;
    } finally {
      active.dec();
    }
  };
}

/** Сколько элементов готово под каждую политику и сколько лет списку. */
export function measureElements(metrics: Metrics, elements: ElementList): void {
  metrics.gauge({
    name: 'ingester_elements_writable',
    help: 'Элементы хранения, готовые принимать файлы, по политике.',
    labelNames: ['policy'],
    collect() {
      for (const policy of POLICIES) this.set({ policy }, writable(elements.known(), policy).length);
    },
  });
  metrics.gauge({
    name: 'ingester_elements_age_seconds',
    help: 'Возраст списка элементов хранения, секунды; −1, пока списка нет.',
    collect() {
      const ageMs = elements.ageMs();
      this.set(ageMs === undefined ? -1 : ageMs / 1000);
    },
  });
}
