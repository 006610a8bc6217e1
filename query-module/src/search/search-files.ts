// Поиск файлов: выбрать способ по ожидаемому числу совпадений, взять страницу, посчитать, подсветить.
// Обещание: число точно до предела, дальше — оценка; время не зависит от того, насколько широк запрос.
import { ArtError } from '@artstore/contracts';
import type { components } from '@artstore/contracts/generated/query-module.gen.ts';
import { toMetadata } from '../registry/file-row.ts';
import type { FilesView, Hits, PageQuery, SearchSession } from '../registry/files-view.ts';
import { type Criteria, type SearchRequest, readCriteria } from './criteria.ts';
import { type CheckKind, COLLECT_MAX, type Way, chooseWays } from './choose-ways.ts';
import { highlightPage } from './highlight-page.ts';
import {
  type Clause,
  type SortKey,
  fieldsClause,
  hasTrigram,
  keyRangeClause,
  relevanceExpression,
  sortKeyExpression,
  upToEdge,
  lookupClause,
  plainClause,
  textClause,
  whereClause,
} from './where-clause.ts';

export type SearchPage = Readonly<components['schemas']['SearchPage']>;

/** До этого числа total точен. */
const EXACT_TOTAL_MAX = 10_000;
/** Запас к пределу: оценка планировщика ошибается, и лучше лишний раз пересчитать точно. */
const BROAD_ESTIMATE_MIN = 1.2 * EXACT_TOTAL_MAX;
/** Столько ожидаемых совпадений собирается без раздумий: уточнять их число дороже. */
const FEW_HITS_MAX = 2_000;
/** По стольким первым совпадениям судят, какая их доля проходит остальные условия. */
const PROBE_SAMPLE_ROWS = 200;
/** Дальше этого места широкий запрос не листают. */
const BROAD_OFFSET_MAX = 100_000;
/** Сколько новейших совпадений располагается по близости у узкого и у широкого запроса. */
const RANKED_ROWS_MAX = 500;
const BROAD_RANKED_ROWS_MAX = 200;
/** Столько найденного рядом с началом порядка подтверждает оценку планировщика. */
const EVIDENCE_HITS_MIN = 200;
/** Часть имени короче трёх знаков индексу недоступна: проверить каждую строку можно, пока их не больше стольких. */
const UNINDEXED_ROWS_MAX = 100_000;
/** Дальше её ищут среди стольких строк от начала порядка, и по ним же оценивается число. */
const UNINDEXED_WALK_ROWS = 20_000;

interface Found extends Hits {
  readonly total: number;
  readonly totalIsEstimate: boolean;
}

/** @throws VALIDATION_ERROR, NOT_READY */
export async function searchFiles(files: FilesView, request: SearchRequest): Promise<SearchPage> {
  const criteria = readCriteria(request);
  return await files.search(async (session) => {
    const found = await find(session, criteria);
    const rows = found.rows.slice(0, criteria.limit);
    const nowMs = Date.now();
    const highlights = await highlightPage(session, criteria, rows);
    return {
      items: rows.map((row, index) => ({
        ...toMetadata(row, nowMs),
        ...(row.relevance === null ? {} : { relevance: Math.min(1, Math.max(0, row.relevance)) }),
        ...(highlights[index] === undefined ? {} : { highlight: highlights[index] }),
      })),
      total: found.total,
      total_is_estimate: found.totalIsEstimate,
      limit: criteria.limit,
      offset: criteria.offset,
      has_more: found.totalIsEstimate
        ? found.rows.length > criteria.limit
        : criteria.offset + rows.length < found.total && rows.length > 0,
    };
  });
}

/**
 * Узкий запрос: собрать все совпадения (их не больше предела), и число точно.
 * Широкий: собирать нечего, верхние строки порядка найдутся рядом с его началом, а число оценено.
 */
async function find(session: SearchSession, criteria: Criteria): Promise<Found> {
  const page = planPage(criteria);
  if (await isUnindexed(session, criteria)) return await findUnindexed(session, criteria, narrowRank(page));
  const expected = await expectHits(session, criteria, page);
  let least = 0;
  if (expected <= BROAD_ESTIMATE_MIN) {
    const hits = await session.collect(uselessBeyondExact(page), EXACT_TOTAL_MAX + 1);
    if (hits.found <= EXACT_TOTAL_MAX) return exact(hits);
    least = hits.found;
  }
  if (criteria.offset > BROAD_OFFSET_MAX) throw offsetTooDeep();
  return await findBroad(session, criteria, { page: narrowRank(page), expected, least });
}

/**
 * Сколько совпадений ждать. Планировщик перемножает доли слов так, будто слова независимы, и может ошибиться в тысячу раз;
 * где ошибка стоила бы десяти тысяч прочитанных строк, число уточняется по самому индексу.
 */
async function expectHits(session: SearchSession, criteria: Criteria, page: PageQuery): Promise<number> {
  const planned = await session.estimate(plainClause(criteria));
  const guessed = planned > FEW_HITS_MAX || (criteria.words?.wanted.length ?? 0) > 1;
  if (!guessed || planned > BROAD_ESTIMATE_MIN || countIndexed(criteria) !== 1) return planned;
  const probed = await session.probe(page.where, PROBE_SAMPLE_ROWS);
  return probed === undefined ? planned : Math.round(probed);
}

/** Сколько условий берётся индексами: у пересечения двух карт размер неизвестен, и уточнять по нему нечего. */
function countIndexed(criteria: Criteria): number {
  const { query, filename, extension, metadata, checksum, uploadedBy, retentionPolicy, tags, status } = criteria;
  const { sizeMin, sizeMax, uploadedAfter, uploadedBefore } = criteria;
  const single = [query, filename, extension, metadata, checksum, uploadedBy, retentionPolicy];
  return [
    ...single.map((value) => value !== undefined),
    tags.length > 0,
    status !== 'active',
    sizeMin !== undefined || sizeMax !== undefined,
    uploadedAfter !== undefined || uploadedBefore !== undefined,
  ].filter(Boolean).length;
}

/** Имя индексу недоступно, а прочие условия оставляют слишком много строк, чтобы проверить каждую. */
async function isUnindexed(session: SearchSession, criteria: Criteria): Promise<boolean> {
  if (criteria.mode !== 'partial' || criteria.query === undefined || hasTrigram(criteria.query)) return false;
  return (await session.estimate(fieldsClause(criteria))) > UNINDEXED_ROWS_MAX;
}

/** Частое найдётся рядом с началом порядка; ради редкого придётся пройти всю таблицу. */
async function findUnindexed(session: SearchSession, criteria: Criteria, page: PageQuery): Promise<Found> {
  if (criteria.offset > BROAD_OFFSET_MAX) throw offsetTooDeep();
  const range = keyRangeClause(criteria, sortKeyOf(criteria));
  const near = await session.walk(page, { range, rowsMax: UNINDEXED_WALK_ROWS, hitsMax: COLLECT_MAX });
  if (near.found >= page.offset + page.limit) {
    const share = near.found / UNINDEXED_WALK_ROWS;
    return { ...near, total: Math.round(share * (await session.estimate(range))), totalIsEstimate: true };
  }
  const hits = await session.collect(page, COLLECT_MAX + 1);
  return hits.found <= COLLECT_MAX ? exact(hits) : exact(await session.first(page, page.offset + page.limit));
}

interface Broad {
  readonly page: PageQuery;
  /** Оценка планировщика. */
  readonly expected: number;
  /** Столько совпадений уже видели. */
  readonly least: number;
}

async function findBroad(session: SearchSession, criteria: Criteria, { page, expected, least }: Broad): Promise<Found> {
  const key = sortKeyOf(criteria);
  const range = keyRangeClause(criteria, key);
  const hitsMax = Math.max(page.offset + page.limit, page.rank?.rowsMax ?? 0, least > 0 ? 0 : EVIDENCE_HITS_MIN);
  const likely = Math.max(expected, 2 * least);
  const estimated = { total: Math.max(likely, EXACT_TOTAL_MAX + 1), totalIsEstimate: true };
  const rowsInRange = Math.max(await session.estimate(range), likely);
  const indexed = countIndexed(criteria) > 1 ? Math.max(await session.estimate(textClause(criteria)), likely) : likely;
  const ways = chooseWays({ expected: likely, rowsInRange, needed: hitsMax, check: checkKind(criteria), indexed });
  for (const way of ways) {
    const hits = await tryWay(session, way, { page, range, key, hitsMax });
    if (hits === undefined) continue;
    if (way.kind === 'all' && hits.found <= COLLECT_MAX) return exact(hits);
    if (hits.found >= hitsMax) return { ...hits, ...estimated };
    // Пройдено всё, а набралось меньше, — значит, это все: число точно, каким бы широким запрос ни казался.
    if (way.kind === 'scan') return exact(hits);
  }
  return exact(await session.first(page, hitsMax));
}

interface Attempt {
  readonly page: PageQuery;
  readonly range: Clause;
  readonly key: SortKey;
  readonly hitsMax: number;
}

async function tryWay(
  session: SearchSession,
  way: Way,
  { page, range, key, hitsMax }: Attempt,
): Promise<Hits | undefined> {
  if (way.kind === 'all') return await session.collect(page, COLLECT_MAX + 1);
  if (way.kind === 'scan') return await session.first(page, hitsMax);
  if (way.kind === 'walk') return await session.walk(page, { range, rowsMax: way.rows, hitsMax });
  const edge = await session.keyAt({ range, order: page.order, skip: way.rows });
  if (edge === undefined) return undefined;
  return await session.first(
    { ...page, where: upToEdge({ where: page.where, key, edge, descending: page.order.descending }) },
    hitsMax,
  );
}

function checkKind(criteria: Criteria): CheckKind {
  if (criteria.words !== undefined) return 'words';
  return criteria.query !== undefined || criteria.filename !== undefined ? 'name' : 'fields';
}

/** Больше предела — страница возьмётся широким поиском, и ранжировать здесь нечего. */
function uselessBeyondExact(page: PageQuery): PageQuery {
  return page.rank === undefined ? page : { ...page, rank: { ...page.rank, uselessFrom: EXACT_TOTAL_MAX + 1 } };
}

function narrowRank(page: PageQuery): PageQuery {
  return page.rank === undefined ? page : { ...page, rank: { ...page.rank, rowsMax: BROAD_RANKED_ROWS_MAX } };
}

function exact(hits: Hits): Found {
  return { ...hits, total: hits.found, totalIsEstimate: false };
}

function planPage(criteria: Criteria): PageQuery {
  const rank = criteria.sortBy === 'relevance' ? relevanceExpression(criteria) : undefined;
  return {
    where: lookupClause(criteria),
    check: whereClause(criteria),
    // По близости переставляются новейшие, поэтому под ней — порядок времени.
    order: {
      expression: sortKeyExpression(sortKeyOf(criteria)),
      descending: rank !== undefined || criteria.descending,
    },
    rank: rank === undefined ? undefined : { expression: rank, rowsMax: RANKED_ROWS_MAX },
    // Лишняя строка говорит, есть ли что-то дальше.
    limit: criteria.limit + 1,
    offset: criteria.offset,
  };
}

function sortKeyOf(criteria: Criteria): SortKey {
  return criteria.sortBy === 'relevance' ? 'uploaded_at' : criteria.sortBy;
}

function offsetTooDeep(): ArtError {
  return new ArtError('VALIDATION_ERROR', {
    details: [
      {
        field: 'body.offset',
        message: `a broad search is paged up to ${BROAD_OFFSET_MAX}: narrow it`,
        ru: `широкий запрос листается до ${BROAD_OFFSET_MAX}: сузьте его`,
      },
    ],
  });
}
