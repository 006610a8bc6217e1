// Поиск файлов: выбрать способ по ожидаемому числу совпадений, взять страницу, посчитать, подсветить.
// Обещание: число точно до предела, дальше — оценка; время не зависит от того, насколько широк запрос.
import { ArtError } from '@artstore/contracts';
import type { components } from '@artstore/contracts/generated/query-module.gen.ts';
import { toMetadata } from '../registry/file-row.ts';
import type { FilesView, Hits, PageQuery, SearchSession } from '../registry/files-view.ts';
import { type Criteria, type SearchRequest, readCriteria } from './criteria.ts';
import { highlightPage } from './highlight-page.ts';
import { type SortKey, keyRangeClause, relevanceExpression, sortKeyExpression, upToEdge, whereClause } from './where-clause.ts';

export type SearchPage = Readonly<components['schemas']['SearchPage']>;

/** До этого числа total точен. */
const EXACT_TOTAL_MAX = 10_000;
/** Запас к пределу: оценка планировщика ошибается, и лучше лишний раз пересчитать точно. */
const BROAD_ESTIMATE_MIN = 3 * EXACT_TOTAL_MAX;
/** Дальше этого места широкий запрос не листают. */
const BROAD_OFFSET_MAX = 100_000;
/** Сколько новейших совпадений располагается по близости. */
const RANKED_ROWS_MAX = 500;
/** Окно берётся с запасом: совпадения лежат неровно. */
const WINDOW_MARGIN = 3;
const WINDOW_HITS_MIN = 300;
const WINDOW_ROWS_MIN = 2_000;
const WINDOW_ROWS_MAX = 200_000;
/** Столько совпадений ещё дешевле собрать и отсортировать, чем искать их по порядку вслепую. */
const SORT_ALL_MAX = 300_000;

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
 * Широкий: собирать нечего, верхние строки порядка найдутся в окне рядом с его началом.
 */
async function find(session: SearchSession, criteria: Criteria): Promise<Found> {
  const page = planPage(criteria);
  const expected = await session.estimate(page.where);
  if (expected <= BROAD_ESTIMATE_MIN) {
    const hits = await session.collect(page, EXACT_TOTAL_MAX + 1);
    if (hits.found <= EXACT_TOTAL_MAX) return exact(hits);
  }
  if (criteria.offset > BROAD_OFFSET_MAX) throw offsetTooDeep();
  return await findBroad(session, criteria, { page, expected });
}

interface Broad {
  readonly page: PageQuery;
  readonly expected: number;
}

async function findBroad(session: SearchSession, criteria: Criteria, { page, expected }: Broad): Promise<Found> {
  const needed = Math.max(criteria.offset + criteria.limit + 1, page.rank?.rowsMax ?? WINDOW_HITS_MIN);
  const total = Math.max(expected, EXACT_TOTAL_MAX + 1);
  const windowed = await withinWindow(session, criteria, { page, expected, needed });
  if (windowed !== undefined) {
    const hits = await session.first(windowed, needed);
    if (hits.found >= needed) return { ...hits, total, totalIsEstimate: true };
  }
  if (expected <= SORT_ALL_MAX) {
    const hits = await session.collect(page, SORT_ALL_MAX);
    if (hits.found < SORT_ALL_MAX) return exact(hits);
  }
  const hits = await session.first(page, needed);
  // Меньше, чем просили, — значит, это все: число точно, каким бы широким запрос ни казался.
  return hits.found < needed ? exact(hits) : { ...hits, total, totalIsEstimate: true };
}

function exact(hits: Hits): Found {
  return { ...hits, total: hits.found, totalIsEstimate: false };
}

function planPage(criteria: Criteria): PageQuery {
  const rank = criteria.sortBy === 'relevance' ? relevanceExpression(criteria) : undefined;
  return {
    where: whereClause(criteria),
    // По близости переставляются новейшие, поэтому под ней — порядок времени.
    order: { expression: sortKeyExpression(sortKeyOf(criteria)), descending: rank !== undefined || criteria.descending },
    rank: rank === undefined ? undefined : { expression: rank, rowsMax: RANKED_ROWS_MAX },
    // Лишняя строка говорит, есть ли что-то дальше.
    limit: criteria.limit + 1,
    offset: criteria.offset,
  };
}

function sortKeyOf(criteria: Criteria): SortKey {
  return criteria.sortBy === 'relevance' ? 'uploaded_at' : criteria.sortBy;
}

/** Сужает запрос до начала порядка, где по ожиданию лежит нужное число совпадений с запасом. */
async function withinWindow(
  session: SearchSession,
  criteria: Criteria,
  { page, expected, needed }: Broad & { readonly needed: number },
): Promise<PageQuery | undefined> {
  const key = sortKeyOf(criteria);
  const range = keyRangeClause(criteria, key);
  const rowsInRange = await session.estimate(range);
  const rows = Math.max(WINDOW_ROWS_MIN, Math.ceil((needed * WINDOW_MARGIN * rowsInRange) / Math.max(expected, 1)));
  if (rows > WINDOW_ROWS_MAX || rows >= rowsInRange) return undefined;
  const edge = await session.keyAt({ range, order: page.order, skip: rows });
  if (edge === undefined) return undefined;
  return { ...page, where: upToEdge({ where: page.where, key, edge, descending: page.order.descending }) };
}

function offsetTooDeep(): ArtError {
  return new ArtError('VALIDATION_ERROR', {
    details: [
      {
        field: 'body.offset',
        message: `широкий запрос листается до ${BROAD_OFFSET_MAX}: сузьте его / a broad search is paged up to ${BROAD_OFFSET_MAX}: narrow it`,
      },
    ],
  });
}

