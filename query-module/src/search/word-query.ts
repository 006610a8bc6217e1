// Запрос человека → строка для websearch_to_tsquery, в которой остались только слова, кавычки, or и минус.
// Чистая комната. Имя файла, вставленное в запрос как есть, разбирается на слова, а не на операторы.
import { splitWords } from './split-words.ts';

export interface WordQuery {
  /** Строка для базы; пустая — слов в запросе нет, и найтись ничего не может. */
  readonly websearch: string;
  /** Слова, которые искали (без отрицаемых): по ним подсвечивается найденное. */
  readonly wanted: readonly string[];
}

/** Кусок запроса: текст в кавычках или слово между пробелами; минус впереди — отрицание. */
const PIECE = /(?<minus>(?<![^\s])-)?"(?<phrase>[^"]*)"|(?<bare>[^\s"]+)/gu;

export function readWordQuery(query: string): WordQuery {
  const parts: string[] = [];
  const wanted: string[] = [];
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
    parts.push(renderPiece(words, { negative, phrase: bare === undefined }));
  }
  return {
    websearch: wanted.length === 0 && !parts.some((part) => part.startsWith('-')) ? '' : parts.join(' '),
    wanted,
  };
}

/** Слово or, пришедшее куском имени, берётся в кавычки: оператором оно быть не просилось. */
function renderPiece(words: readonly string[], o: { negative: boolean; phrase: boolean }): string {
  if (o.negative) return words.length === 1 && words[0] !== 'or' ? `-${words.join('')}` : `-"${words.join(' ')}"`;
  if (o.phrase) return `"${words.join(' ')}"`;
  return words.map((word) => (word === 'or' ? '"or"' : word)).join(' ');
}
