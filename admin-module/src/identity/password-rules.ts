// Годится ли новый пароль: длина и непредсказуемость (NIST SP 800-63B, 5.1.1.2). Состав знаков не навязывается.
import { ArtError } from '@artstore/contracts';
import { COMMON_PASSWORDS } from './common-passwords.ts';

const LENGTH_MIN = 12;
const DISTINCT_MIN = 5;

type Complaint = readonly [ru: string, en: string];

/** @throws VALIDATION_ERROR с именем поля */
export function checkPasswordStrength(password: string, username: string, field: string): void {
  const complaint = findWeakness(password, username);
  if (complaint === undefined) return;
  const [ru, message] = complaint;
  throw new ArtError('VALIDATION_ERROR', { details: [{ field, message, ru }] });
}

/** Чем пароль плох, словами для человека; undefined — годится. */
export function findWeakness(password: string, username: string): Complaint | undefined {
  const letters = [...password.normalize('NFC')];
  const lower = letters.join('').toLowerCase();
  if (letters.length < LENGTH_MIN)
    return [`нужно не меньше ${LENGTH_MIN} знаков`, `must have at least ${LENGTH_MIN} characters`];
  if (new Set(letters).size < DISTINCT_MIN) return ['слишком мало разных знаков', 'repeats too few characters'];
  if (isSequence(letters)) return ['это просто знаки подряд', 'is a plain sequence of characters'];
  if (lower.includes(username.toLowerCase())) return ['содержит имя пользователя', 'contains the user name'];
  if (isCommon(lower)) return ['слишком расхожий', 'is too common'];
  return undefined;
}

/** Каждый следующий знак отстоит от прежнего на одно и то же: 123456789012, абвгдежзийкл. */
function isSequence(letters: readonly string[]): boolean {
  const codes = letters.map((letter) => letter.codePointAt(0) ?? 0);
  const step = (codes[1] ?? 0) - (codes[0] ?? 0);
  return codes.every((code, index) => index === 0 || code - (codes[index - 1] ?? 0) === step);
}

/** Расхожее слово, в том числе с приставленными цифрами, повторённое и записанное похожими знаками: P@ssw0rd2026!. */
function isCommon(lower: string): boolean {
  return [lower, repeatedPart(lower)].some((text) => {
    const bare = text.replaceAll(/^\P{L}+(?=\p{L})|(?<=\p{L})\P{L}+$/gu, '');
    const plain = bare.replaceAll(/[@4301$5]/g, (sign) => LOOKALIKES[sign] ?? sign);
    return [text, bare, plain, repeatedPart(bare)].some((form) => COMMON_PASSWORDS.has(form));
  });
}

const LOOKALIKES: Readonly<Record<string, string>> = { '@': 'a', 4: 'a', 3: 'e', 0: 'o', 1: 'i', $: 's', 5: 's' };

/** Кусок, повторением которого составлен текст; сам текст, если он не повтор. */
function repeatedPart(text: string): string {
  return /^(.+?)\1+$/u.exec(text)?.[1] ?? text;
}
