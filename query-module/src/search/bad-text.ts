// Строки, которых PostgreSQL не примет: знак NUL и разорванные суррогаты. Чистая комната.
import type { Fault } from '@artstore/contracts';

/** Глубже настоящие условия не бывают; без предела рекурсию можно было бы исчерпать телом запроса. */
const DEPTH_MAX = 32;
const FAULTS_MAX = 20;

/** Обходит значение и называет поля с негодным текстом; ключи объектов проверяются тоже. */
export function findBadText(value: unknown, field: string): Fault[] {
  const faults: Fault[] = [];
  visit({ value, field, depth: 0, faults });
  return faults;
}

function visit({
  value,
  field,
  depth,
  faults,
}: {
  value: unknown;
  field: string;
  depth: number;
  faults: Fault[];
}): void {
  if (faults.length >= FAULTS_MAX) return;
  if (typeof value === 'string') {
    if (isBad(value)) {
      faults.push({ field, message: 'a NUL or a lone surrogate', ru: 'знак NUL или разорванный суррогат' });
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEPTH_MAX) {
    faults.push({ field, message: 'too deep', ru: 'слишком глубоко' });
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (isBad(key)) {
      faults.push({
        field,
        message: 'a NUL or a lone surrogate in a key',
        ru: 'знак NUL или разорванный суррогат в ключе',
      });
    }
    visit({ value: child, field: `${field}.${key}`, depth: depth + 1, faults });
  }
}

function isBad(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}
