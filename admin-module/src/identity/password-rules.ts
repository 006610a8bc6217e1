// Годится ли новый пароль: длина и непредсказуемость (NIST SP 800-63B, 5.1.1.2). Состав знаков не навязывается.
import { ArtError } from '@artstore/contracts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

const LENGTH_MIN = 12;
const DISTINCT_MIN = 5;

/** @throws VALIDATION_ERROR с именем поля */
export function checkPasswordStrength(password: string, username: string, field: string): void {
  const fault = findFault(password, username);
  if (fault !== undefined) throw new ArtError('VALIDATION_ERROR', { details: [{ field, message: fault }] });
}

function findFault(password: string, username: string): string | undefined {
  const letters = [...password.normalize('NFC')];
  const lower = letters.join('').toLowerCase();
  if (letters.length < LENGTH_MIN) return `must have at least ${LENGTH_MIN} characters`;
  if (new Set(letters).size < DISTINCT_MIN) return 'repeats too few characters';
  if (isSequence(letters)) return 'is a plain sequence of characters';
  if (lower.includes(username.toLowerCase())) return 'contains the user name';
  if (COMMON_PASSWORDS.has(lower) || COMMON_PASSWORDS.has(lower.replace(/[\d\W_]+$/u, ''))) return 'is too common';
  return undefined;
}

/** Каждый следующий знак отстоит от прежнего на одно и то же: 123456789012, абвгдежзийкл. */
function isSequence(letters: readonly string[]): boolean {
  const codes = letters.map((letter) => letter.codePointAt(0) ?? 0);
  const step = (codes[1] ?? 0) - (codes[0] ?? 0);
  return codes.every((code, index) => index === 0 || code - (codes[index - 1] ?? 0) === step);
}
