// Куда положить файл: взвешенный жребий по file_id (rendezvous hashing). Чистый файл.
// Ни счётчиков, ни общего состояния: все экземпляры модуля выбирают одинаково, повтор выбирает то же самое,
// доля элемента пропорциональна свободному месту, а с уходом элемента переезжают только его файлы.

import type { RetentionPolicy, StorageElement, StorageMode } from '@artstore/clients';

/** temporary живут на edit, permanent — на rw (требования, 2.8). */
export function modeFor(policy: RetentionPolicy): StorageMode {
  return policy === 'temporary' ? 'edit' : 'rw';
}

/** Элементы нужного режима, которые, по последним сведениям, могут принимать файлы. */
export function writable(elements: readonly StorageElement[], policy: RetentionPolicy): StorageElement[] {
  const mode = modeFor(policy);
  return elements.filter(
    (element) => element.mode === mode && (element.status === 'online' || element.status === 'degraded'),
  );
}

export interface Candidates {
  readonly elements: readonly StorageElement[];
  /** Верхняя граница размера в байтах; 0 — неизвестна. */
  readonly sizeMax: number;
  /** Равномерное число строго между 0 и 1, своё у каждого элемента и всегда одно у этого файла. */
  readonly draw: (elementId: string) => number;
}

/**
 * Порядок, в котором элементам предлагают файл: вес жребия — свободные байты, счёт −w / ln(u).
 * Нездоровые и тесные идут последними, а не пропадают: сведения о месте могли устареть.
 */
export function orderCandidates({ elements, sizeMax, draw }: Candidates): StorageElement[] {
  const ranked = elements.map((element) => ({
    element,
    doubtful: element.status !== 'online' || (element.available_bytes ?? 0) < sizeMax,
    score: -Math.max(element.available_bytes ?? 0, 1) / Math.log(draw(element.id)),
  }));
  ranked.sort((a, b) => Number(a.doubtful) - Number(b.doubtful) || b.score - a.score);
  return ranked.map(({ element }) => element);
}
