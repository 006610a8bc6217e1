// Что PostgreSQL не хранит в тексте и JSON: знак NUL и непарные суррогаты. Чистый файл.
// Одна такая запись не должна ронять всю пачку, поэтому её находят до базы.
import { ArtError } from '@artstore/contracts';
import type { ElementFile } from './files-table.ts';

const UNREPRESENTABLE = '\u0000';
const DEPTH_MAX = 16;

/** Поля файла, которые нельзя записать; пусто — всё годно. */
export function unstorableFields(file: ElementFile): string[] {
  return Object.entries(file)
    .filter(([, value]) => !isStorable(value, 0))
    .map(([name]) => name);
}

/** @throws VALIDATION_ERROR с именами полей */
export function checkFileText(file: ElementFile): void {
  const fields = unstorableFields(file);
  if (fields.length === 0) return;
  throw new ArtError('VALIDATION_ERROR', {
    fileId: file.file_id,
    details: fields.map((name) => ({
      field: `body.file.${name}`,
      message: 'must not contain NUL or lone surrogates',
      ru: 'без знака NUL и непарных суррогатов',
    })),
  });
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes(UNREPRESENTABLE) && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth > DEPTH_MAX) return false;
  return Object.entries(value).every(([key, item]) => isStorable(key, depth) && isStorable(item, depth + 1));
}
