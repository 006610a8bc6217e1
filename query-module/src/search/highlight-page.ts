// Подсветка страницы найденного: для слов основы спрашивает у базы одним запросом на страницу, для части имени — сама.
import type { components } from '@artstore/contracts/generated/query-module.gen.ts';
import type { FoundRow, SearchSession } from '../registry/files-view.ts';
import type { Criteria } from './criteria.ts';
import { highlightPart, highlightWords } from './highlight.ts';
import { splitWords } from './split-words.ts';

export type Highlight = components['schemas']['Highlight'];

/** Столько разных слов проверяется на страницу; у остальных подсветки нет. */
const WORDS_MAX = 5_000;

export async function highlightPage(
  session: SearchSession,
  { query, words: sought }: Criteria,
  rows: readonly FoundRow[],
): Promise<readonly (Highlight | undefined)[]> {
  if (query === undefined || rows.length === 0) return [];
  if (sought === undefined) return rows.map((row) => highlightName(row, query));
  const words = new Set<string>();
  for (const row of rows) {
    for (const text of [row.original_filename, row.description ?? '', ...(row.tags ?? [])]) {
      for (const word of splitWords(text)) {
        if (words.size < WORDS_MAX) words.add(word.text);
      }
    }
  }
  const matching = await session.matchingWords([...words], sought.wanted);
  return rows.map((row) => highlightFields(row, matching));
}

function highlightName(row: FoundRow, query: string): Highlight | undefined {
  const name = highlightPart(row.original_filename, query);
  return name === undefined ? undefined : { original_filename: name };
}

function highlightFields(row: FoundRow, matching: ReadonlySet<string>): Highlight | undefined {
  const name = highlightWords(row.original_filename, matching);
  const description = highlightWords(row.description ?? '', matching);
  const tags = (row.tags ?? []).flatMap((tag) => {
    const parts = highlightWords(tag, matching);
    return parts === undefined ? [] : [parts];
  });
  if (name === undefined && description === undefined && tags.length === 0) return undefined;
  return {
    ...(name === undefined ? {} : { original_filename: name }),
    ...(description === undefined ? {} : { description }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}
