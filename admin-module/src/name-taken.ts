// Нарушение единственности имени в базе — это CONFLICT с именем поля, а не внутренняя ошибка.
import { ArtError } from '@artstore/contracts';

const UNIQUE_VIOLATION = '23505';

/** Ошибка для вызвавшего: CONFLICT вместо нарушения единственности, прочие — как есть. */
export function nameTaken(error: unknown, field: string): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) return error;
  return new ArtError('CONFLICT', {
    cause: error,
    explain: { ru: 'Такое имя уже занято.', en: 'This name is already taken.' },
    details: [{ field, message: 'is already taken', ru: 'имя уже занято' }],
  });
}
