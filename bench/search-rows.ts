// Строки поиска и метаданных: p95 отклика по двумстам разным запросам вперемешку, вместе с total. Чистые данные.

import type { Row } from './rows.ts';

/** Цели для миллиона строк, мс; десяти миллионам позволено в два с половиной раза больше. */
const KINDS = [
  { kind: 'exact', what: 'имя целиком', atMostMs: 8 },
  { kind: 'partial', what: 'часть имени', atMostMs: 60 },
  { kind: 'fulltext', what: 'слова', atMostMs: 60 },
  { kind: 'filters', what: 'только условия', atMostMs: 30 },
] as const;
const TEN_MILLION_FACTOR = 2.5;

export const SEARCH_ROWS: readonly Row[] = [
  {
    id: 'query.get-cached',
    measure: 'query.get-cached',
    what: 'поиск: метаданные по id из кэша, 64 соединения',
    unit: '1/с',
    target: { kind: 'atLeast', value: 8_000 },
  },
  ...KINDS.map(
    ({ kind, what, atMostMs }): Row => ({
      id: `search.${kind}`,
      measure: 'search',
      what: `поиск среди миллиона файлов: ${what}, p95`,
      unit: 'мс',
      target: { kind: 'atMost', value: atMostMs },
      heavy: true,
    }),
  ),
  ...KINDS.map(
    ({ kind, what, atMostMs }): Row => ({
      id: `search.10m.${kind}`,
      measure: 'search.10m',
      what: `поиск среди десяти миллионов файлов: ${what}, p95`,
      unit: 'мс',
      target: { kind: 'atMost', value: atMostMs * TEN_MILLION_FACTOR },
      huge: true,
    }),
  ),
];
