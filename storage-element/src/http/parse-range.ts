// Какой участок файла просит заголовок Range (RFC 9110, 14.1–14.2). Чистый разбор.

/** Весь файл, один участок (границы включительно, в байтах) или участок, которого в файле нет. */
export type WantedRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: WantedRange = { kind: 'whole' };
const RANGE_SET = /^bytes[ \t]*=(.*)$/i;
const RANGE_SPEC = /^(\d*)-(\d*)$/;

/**
 * Непонятный Range, чужая единица и несколько участков означают весь файл: сервер вправе не заметить Range,
 * а собирать multipart/byteranges мы не беремся.
 */
export function parseRange(header: string | undefined, size: number): WantedRange {
  const set = RANGE_SET.exec(header?.trim() ?? '')?.[1];
  if (set === undefined) return WHOLE;
  const specs = set.split(',').map((spec) => spec.trim());
  const named = specs.filter((spec) => spec !== '');
  const match = RANGE_SPEC.exec(named[0] ?? '');
  if (named.length !== 1 || match === null) return WHOLE;
  const [, first = '', last = ''] = match;
  if (first === '') return last === '' ? WHOLE : suffix(Number(last), size);
  if (last !== '' && Number(last) < Number(first)) return WHOLE;
  if (Number(first) >= size) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** `bytes=-N`: последние N байт. У пустого файла такой участок — он сам, целиком. */
function suffix(length: number, size: number): WantedRange {
  if (length === 0) return { kind: 'unsatisfiable' };
  return size === 0 ? WHOLE : { kind: 'part', start: Math.max(0, size - length), end: size - 1 };
}
