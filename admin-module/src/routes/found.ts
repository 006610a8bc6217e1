// Найденное или NOT_FOUND: одинаковый конец чтения по идентификатору.
import { ArtError } from '@artstore/contracts';

export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new ArtError('NOT_FOUND');
  return value;
}
