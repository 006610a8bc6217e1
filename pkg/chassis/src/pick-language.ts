// Язык ответа по Accept-Language (RFC 9110, 12.5.4): русский или английский, английский — когда неясно.
import type { Language } from '@artstore/contracts';

/** Длиннее бывает только нарочно. */
const HEADER_CHARS_MAX = 256;

export function pickLanguage(header: string | undefined): Language {
  if (header === undefined || header.length > HEADER_CHARS_MAX) return 'en';
  let best: Language = 'en';
  let bestWeight = 0;
  for (const range of header.split(',')) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const language = tag.split('-')[0];
    if (language !== 'ru' && language !== 'en') continue;
    const weight = readWeight(parameters);
    if (weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}

function readWeight(parameters: readonly string[]): number {
  const q = parameters
    .map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  return q === undefined ? 1 : Number(q);
}
