// Подсветка: разрезает текст на части «совпало» и «нет». Чистая комната; разметки не добавляет — экранирует клиент.
import { fold, splitWords } from './split-words.ts';

export interface Part {
  readonly text: string;
  readonly match: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Больше совпадений в одном поле не отмечается: остаток идёт одним куском. */
const SPANS_MAX = 150;

/** Слова текста, попавшие в набор; undefined — ни одного. */
export function highlightWords(text: string, matching: ReadonlySet<string>): Part[] | undefined {
  return cut(
    text,
    splitWords(text).filter((word) => matching.has(word.text)),
  );
}

/** Все места, где встречается подстрока без учёта регистра и ё; undefined — ни одного. */
export function highlightPart(text: string, part: string): Part[] | undefined {
  const folded = fold(text);
  const sought = fold(part);
  const spans: Span[] = [];
  for (
    let start = folded.indexOf(sought);
    start !== -1 && sought !== '';
    start = folded.indexOf(sought, start + sought.length)
  ) {
    spans.push({ start, end: start + sought.length });
  }
  return cut(text, spans);
}

function cut(text: string, spans: readonly Span[]): Part[] | undefined {
  if (spans.length === 0) return undefined;
  const parts: Part[] = [];
  let from = 0;
  for (const { start, end } of spans.slice(0, SPANS_MAX)) {
    if (start > from) parts.push({ text: text.slice(from, start), match: false });
    parts.push({ text: text.slice(start, end), match: true });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from), match: false });
  return parts;
}
