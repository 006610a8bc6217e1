// Условия поиска → SQL из готовых частей; всё пришедшее от клиента уходит параметрами. Чистая комната: базы не касается.
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Criteria, SearchMode, SearchStatus, SortBy } from './criteria.ts';
import type { WordQuery } from './word-query.ts';

/** Трёх начал хватает, чтобы отсеять почти всё лишнее. */
const BEGINNINGS_MAX = 3;
/** Столько слов запроса с кавычками ищется индексом порознь. */
const PHRASE_WORDS_MAX = 8;

export type Clause = RawBuilder<SqlBool>;

/** Столбец или выражение, по которому стоит индекс порядка. */
export type SortKey = Exclude<SortBy, 'relevance'>;

/** Условие, которым удобно проверять строку: вектор слов строится один раз и только там, где есть начала всех слов. */
export function whereClause(criteria: Criteria): Clause {
  return clauseWith(criteria, (words) => allOf([...beginningClauses(words), wordsClause(words.websearch)]));
}

/**
 * То же условие для поиска по индексу. Нужные слова — порознь: пересекая отдельные ключи, GIN перескакивает через лишнее
 * и втрое быстрее, чем вычисляя один составной tsquery.
 */
export function lookupClause(criteria: Criteria): Clause {
  return clauseWith(criteria, (words) => {
    if (words.phrases.length > 0) return allOf(phraseClauses(words));
    return words.required.length < 2 ? wordsClause(words.websearch) : allOf(separateClauses(words));
  });
}

/** Условие без подсказок исполнителю: по нему планировщик оценивает число совпадений. */
export function plainClause(criteria: Criteria): Clause {
  return clauseWith(criteria, (words) => wordsClause(words.websearch));
}

/** Только условия на слова и имя, как их увидит индекс. */
export function textClause(criteria: Criteria): Clause {
  return allOf(textClauses(criteria, (words) => wordsClause(words.websearch)));
}

function clauseWith(criteria: Criteria, render: (words: WordQuery) => Clause): Clause {
  return allOf([fieldsClause(criteria), ...textClauses(criteria, render)]);
}

function textClauses(criteria: Criteria, render: (words: WordQuery) => Clause): Clause[] {
  const clauses: Clause[] = [];
  if (criteria.words !== undefined) clauses.push(render(criteria.words));
  else if (criteria.query !== undefined) clauses.push(nameClause(criteria.mode, criteria.query));
  if (criteria.filename !== undefined) clauses.push(nameClause(criteria.mode, criteria.filename));
  return clauses;
}

/** Все условия, кроме текста: простые поля. */
export function fieldsClause(criteria: Criteria): Clause {
  const clauses: Clause[] = [statusClause(criteria.status), ...rangeClauses(criteria)];
  if (criteria.extension !== undefined) clauses.push(extensionClause(criteria.extension));
  if (criteria.tags.length > 0) clauses.push(sql`tags @> ${criteria.tags}::text[]`);
  if (criteria.metadata !== undefined) clauses.push(sql`metadata @> ${criteria.metadata}::jsonb`);
  if (criteria.checksum !== undefined) clauses.push(sql`checksum = ${criteria.checksum}`);
  if (criteria.uploadedBy !== undefined) clauses.push(sql`uploaded_by = ${criteria.uploadedBy}`);
  if (criteria.retentionPolicy !== undefined) clauses.push(sql`retention_policy = ${criteria.retentionPolicy}`);
  return allOf(clauses);
}

/** Только условия на сам ключ порядка: внутри них ищется окно новейших (или крупнейших) строк. */
export function keyRangeClause(criteria: Criteria, key: SortKey): Clause {
  const { sizeMin, sizeMax, uploadedAfter, uploadedBefore } = criteria;
  const none = { sizeMin: undefined, sizeMax: undefined, uploadedAfter: undefined, uploadedBefore: undefined };
  if (key === 'size') return allOf(rangeClauses({ ...none, sizeMin, sizeMax }));
  if (key === 'uploaded_at') return allOf(rangeClauses({ ...none, uploadedAfter, uploadedBefore }));
  return allOf([]);
}

/** Выражение ключа порядка, в точности как в индексе. */
export function sortKeyExpression(key: SortKey): RawBuilder<unknown> {
  if (key === 'original_filename') return sql`query.fold(original_filename)`;
  return key === 'size' ? sql`size` : sql`uploaded_at`;
}

/** Сужает условие до начала порядка: по эту сторону от edge, включительно. */
export function upToEdge({
  where,
  key,
  edge,
  descending,
}: {
  where: Clause;
  key: SortKey;
  edge: string;
  descending: boolean;
}): Clause {
  const type = key === 'uploaded_at' ? sql`timestamptz` : key === 'size' ? sql`bigint` : sql`text`;
  const side = descending ? sql`>=` : sql`<=`;
  return sql<SqlBool>`${where} AND ${sortKeyExpression(key)} ${side} ${edge}::${type}`;
}

/** Близость найденного к запросу, от 0 до 1; без запроса её нет. */
export function relevanceExpression({
  query,
  words,
}: Pick<Criteria, 'query' | 'words'>): RawBuilder<number> | undefined {
  if (words !== undefined) {
    // 1 — делить на логарифм длины: короткое имя с тем же словом ближе; 32 — привести к отрезку от 0 до 1.
    return sql`ts_rank_cd('{0.1, 0.25, 0.5, 1.0}', query.search_vector(original_filename, description, tags),
      query.words_query(${words.websearch}), 1 | 32)::float8`;
  }
  return query === undefined ? undefined : nameRelevance(query);
}

/** Имя целиком, имя без расширения, начало имени, начало слова, середина; при равенстве короткое имя ближе. */
function nameRelevance(query: string): RawBuilder<number> {
  const folded = sql`query.fold(${query}::text)`;
  const name = sql`query.fold(original_filename)`;
  const words = sql`btrim(query.words(${query}::text))`;
  return sql`(CASE
      WHEN ${name} = ${folded} THEN 1.0
      WHEN ${name} = ${folded} || '.' || query.extension(original_filename) THEN 0.9
      WHEN starts_with(${name}, ${folded}) THEN 0.6
      WHEN strpos(' ' || query.words(original_filename), ' ' || ${words}) > 0 THEN 0.4
      ELSE 0.2
    END + 0.09 * length(${folded}) / greatest(length(${name}), length(${folded}), 1) * (${name} <> ${folded})::int)::float8`;
}

/** Есть ли в части имени три знака подряд, из которых строятся триграммы (query.part): без них индекс её не найдёт. */
export function hasTrigram(part: string): boolean {
  return /[\p{Alphabetic}\p{Nd} _\-.()№]{3}/u.test(part);
}

/** Шаблон LIKE «содержит»: подстановочные знаки клиента — просто знаки. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
}

function allOf(clauses: readonly Clause[]): Clause {
  return clauses.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`${sql.join([...clauses], sql` AND `)}`;
}

function rangeClauses(o: Pick<Criteria, 'sizeMin' | 'sizeMax' | 'uploadedAfter' | 'uploadedBefore'>): Clause[] {
  const clauses: Clause[] = [];
  if (o.sizeMin !== undefined) clauses.push(sql`size >= ${o.sizeMin}::bigint`);
  if (o.sizeMax !== undefined) clauses.push(sql`size <= ${o.sizeMax}::bigint`);
  if (o.uploadedAfter !== undefined) clauses.push(sql`uploaded_at >= ${o.uploadedAfter}::timestamptz`);
  if (o.uploadedBefore !== undefined) clauses.push(sql`uploaded_at < ${o.uploadedBefore}::timestamptz`);
  return clauses;
}

/** Срок решает время базы, а не отметка в строке: её могли ещё не поставить. */
function statusClause(status: SearchStatus): Clause {
  if (status === 'active') return sql`status = 'active' AND (expires_at IS NULL OR expires_at > now())`;
  if (status === 'expired') return sql`(status = 'expired' OR (status = 'active' AND expires_at <= now()))`;
  return sql`status = ${status}`;
}

function wordsClause(websearch: string): Clause {
  if (websearch === '') return sql<SqlBool>`false`;
  return sql`query.search_vector(original_filename, description, tags) @@ query.words_query(${websearch})`;
}

/** Часть из одних стоп-слов ничего не требует, если требует хоть что-то весь запрос; планировщик это сворачивает сам. */
function separateClauses({ websearch, required }: WordQuery): Clause[] {
  return [
    sql`(NOT query.is_noise(${websearch}) OR ${wordsClause(websearch)})`,
    ...required.map((part): Clause => sql`(query.is_noise(${part}) OR ${wordsClause(part)})`),
  ];
}

function nameClause(mode: SearchMode, name: string): Clause {
  if (mode === 'exact') {
    // Индекс стоит на свёрнутом имени, где ё и е равны; точное совпадение их различает.
    return sql`query.fold(original_filename) = query.fold(${name}::text) AND lower(original_filename) = lower(${name}::text)`;
  }
  // Без трёх знаков подряд индекс триграмм перебрал бы себя целиком: пусть планировщик о нём и не знает.
  if (!hasTrigram(name)) return sql`strpos(query.fold(original_filename), query.fold(${name}::text)) > 0`;
  return sql`query.part(original_filename) LIKE query.part(${containsPattern(name)}::text)`;
}

/**
 * Слова рядом: индекс отбирает строки, где есть все слова, но порядка их не знает. Дешёвая проверка соседства по тексту идёт
 * перед дорогой, а дорогая записана так, чтобы индекс за неё не взялся: его перепроверка шла бы первой.
 */
function phraseClauses({ websearch, phrases, wanted }: WordQuery): Clause[] {
  const neighbours = phrases.flatMap((words) =>
    words.slice(1).flatMap((word, index) => {
      const previous = words[index] ?? '';
      return scriptOf(word) !== undefined && scriptOf(word) === scriptOf(previous) ? [[previous, word] as const] : [];
    }),
  );
  const vector = sql`query.search_vector(original_filename, description, tags)`;
  return [
    sql`(NOT query.is_noise(${websearch}) OR ${wordsClause(websearch)})`,
    ...[...new Set(wanted)]
      .slice(0, PHRASE_WORDS_MAX)
      .map((word): Clause => sql`(query.is_noise(${word}) OR ${vector} @@ query.words_query(${word}))`),
    ...neighbours.slice(0, BEGINNINGS_MAX).map(
      ([previous, word]): Clause => sql`(query.is_noise(${previous}) OR query.is_noise(${word}) OR ${FOLDED_TEXT} ~
        (${beginning(previous)} || '[[:alnum:]]*[^[:alnum:]]+' || ${beginning(word)}) OR ${ACCENTED_TEXT})`,
    ),
    sql`(${vector} || ''::tsvector) @@ query.words_query(${websearch})`,
  ];
}

/**
 * Дешёвая проверка перед дорогой: в тексте есть начало каждого нужного слова.
 * Слово с диакритикой так не узнать (оно сравнивается без неё), поэтому текст с ней проходит дальше.
 */
function beginningClauses({ websearch, required, wanted }: WordQuery): Clause[] {
  const distinct = [...new Set(wanted)];
  const known = distinct.filter((word) => scriptOf(word) !== undefined);
  // С or хватает любого слова, но тогда знать надо каждое; отрицание рядом с or подошло бы и строке без единого слова.
  const anyOf = required.length === 1 && /(?:^|\s)or(?:\s|$)/.test(websearch);
  const all = known.length === distinct.length && known.length <= BEGINNINGS_MAX;
  if (known.length === 0 || (anyOf && (!all || websearch.includes('-')))) return [];
  const begins = known
    .slice(0, BEGINNINGS_MAX)
    .map((word): Clause => sql`(query.is_noise(${word}) OR strpos(${FOLDED_TEXT}, ${beginning(word)}) > 0)`);
  return [sql`(${anyOf ? sql`(${sql.join(begins, sql` OR `)})` : allOf(begins)} OR ${ACCENTED_TEXT})`];
}

/** В том же порядке, в каком поля идут в векторе слов. */
const FOLDED_TEXT = sql`query.fold(original_filename || ' ' || array_to_string(tags, ' ') || ' ' || description)`;
const ACCENTED_TEXT = sql`original_filename || array_to_string(tags, ' ') || description ~ '[À-ɏ]'`;

/**
 * Начало слова, общее у всех его форм. Русская основа — всегда начало слова; английская расходится с ним в последних
 * буквах (company → compani, dying → die), они отброшены.
 */
function beginning(word: string): RawBuilder<string> {
  const stem = sql<string>`(query.stems(${word}::text))[1]`;
  return scriptOf(word) === 'latin' ? sql<string>`left(${stem}, greatest(length(${stem}) - 2, 1))` : stem;
}

/** Письмо слова, у которого основа — его начало; про остальные этого не обещано. */
function scriptOf(word: string): 'latin' | 'cyrillic' | 'digits' | undefined {
  if (/^[a-z]+$/.test(word)) return 'latin';
  if (/^[а-я]+$/.test(word)) return 'cyrillic';
  return /^[0-9]+$/.test(word) ? 'digits' : undefined;
}

/** Составное расширение (tar.gz): последняя часть по индексу, остальное — концом имени. */
function extensionClause(extension: string): Clause {
  const last = extension.slice(extension.lastIndexOf('.') + 1);
  const byLast: Clause = sql`query.extension(original_filename) = lower(${last}::text)`;
  if (last === extension) return byLast;
  const ending = containsPattern(`.${extension}`).slice(0, -1);
  return sql`${byLast} AND lower(original_filename) LIKE lower(${ending}::text)`;
}
