// Запрос человека → строка для websearch_to_tsquery, в которой остались только слова, кавычки, or и минус.
// Чистая комната. Имя файла, вставленное в запрос как есть, разбирается на слова, а не на операторы.
import { splitWords } from './split-words.ts';

export interface WordQuery {
  /** Строка для базы; пустая — слов в запросе нет, и найтись ничего не может. */
  readonly websearch: string;
  /** Тот же запрос частями, которые нужны все; одна часть — делить нечего. */
  readonly required: readonly string[];
  /** Слова внутри кавычек, стоящие рядом; пусто, если кавычек нет или запрос с or. */
  readonly phrases: readonly (readonly string[])[];
  /** Слова, которые искали (без отрицаемых): по ним подсвечивается найденное. */
  readonly wanted: readonly string[];
}

/** Больше частей порознь не ищется: остальные идут вместе с последней. */
const REQUIRED_MAX = 8;

/** Кусок запроса: текст в кавычках или слово между пробелами; минус впереди — отрицание. */
const PIECE = /(?<minus>(?<![^\s])-)?"(?<phrase>[^"]*)"|(?<bare>[^\s"]+)/gu;

export function readWordQuery(query: string): WordQuery {
  const parts: string[] = [];
  const wanted: string[] = [];
  const phrases: string[][] = [];
  for (const { groups } of query.matchAll(PIECE)) {
    const bare = groups?.['bare'];
    if (bare !== undefined && /^or$/i.test(bare)) {
      parts.push('or');
      continue;
    }
    const negative = groups?.['minus'] !== undefined || (bare !== undefined && /^-[\p{Alphabetic}\p{Nd}]/u.test(bare));
    const words = splitWords(groups?.['phrase'] ?? bare ?? '').map((word) => word.text);
    if (words.length === 0) continue;
    if (!negative) wanted.push(...words);
    if (!negative && bare === undefined && words.length > 1) phrases.push(words);
    if (negative || bare === undefined) parts.push(renderPhrase(words, negative));
    else parts.push(...words.map((word) => (word === 'or' ? '"or"' : word)));
  }
  const websearch = wanted.length === 0 && !parts.some((part) => part.startsWith('-')) ? '' : parts.join(' ');
  return { websearch, required: splitRequired(parts, websearch), phrases: parts.includes('or') ? [] : phrases, wanted };
}

/** Отрицания сами ничего не находят и остаются при первой части; с or делить нельзя. */
function splitRequired(parts: readonly string[], websearch: string): string[] {
  const positive = [...new Set(parts.filter((part) => !part.startsWith('-')))];
  if (parts.includes('or') || positive.length < 2) return [websearch];
  const negative = parts.filter((part) => part.startsWith('-'));
  const separate = positive.slice(0, REQUIRED_MAX - 1);
  const rest = positive.slice(REQUIRED_MAX - 1).join(' ');
  const required = rest === '' ? separate : [...separate, rest];
  return [[required[0], ...negative].join(' '), ...required.slice(1)];
}

/** Слово or, пришедшее куском имени, берётся в кавычки: оператором оно быть не просилось. */
function renderPhrase(words: readonly string[], negative: boolean): string {
  if (negative && words.length === 1 && words[0] !== 'or') return `-${words.join('')}`;
  return `${negative ? '-' : ''}"${words.join(' ')}"`;
}
