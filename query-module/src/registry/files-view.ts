// Единственное место модуля с SQL: чтение таблицы files, которой владеет Admin Module. Обещание: ничего не пишет,
// каждый запрос ограничен временем, отказ базы — NOT_READY, а не падение.
import { ArtError } from '@artstore/contracts';
import { Kysely, PostgresDialect, type RawBuilder, type Transaction, sql } from 'kysely';
import type pg from 'pg';
import type { Clause } from '../search/where-clause.ts';
import { FILE_COLUMNS, type FileRow } from './file-row.ts';

/** Таблиц модуль сам не создаёт, поэтому их типов kysely не знает: запросы написаны явно. */
type Database = Record<never, never>;

/** Какие строки нашлись: точное число, пока их не больше предела, и страница. */
export interface Hits {
  readonly found: number;
  readonly rows: readonly FoundRow[];
}

export interface FoundRow extends FileRow {
  /** Близость; null — строка вне окна, которое ранжируется. */
  readonly relevance: number | null;
}

export interface OrderKey {
  readonly expression: RawBuilder<unknown>;
  readonly descending: boolean;
}

export interface Rank {
  readonly expression: RawBuilder<number>;
  readonly rowsMax: number;
  /** С такого числа совпадений страница всё равно не пригодится: её возьмут другим способом. */
  readonly uselessFrom?: number;
}

export interface PageQuery {
  /** Условие для поиска по индексу. */
  readonly where: Clause;
  /** Равносильное условие для проверки строки за строкой. */
  readonly check: Clause;
  readonly order: OrderKey;
  /** Близость и то, сколько первых по порядку строк она переставляет. */
  readonly rank?: Rank | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Поиск внутри одной транзакции только для чтения: у всех запросов общий снимок и общий предел времени. */
export interface SearchSession {
  /** Сколько строк ждёт планировщик. Таблицу не читает. */
  estimate(where: Clause): Promise<number>;
  /**
   * Сколько строк найдётся на самом деле: индекс пройден целиком, а проверка строк — по образцу первых sampleRows
   * совпадений. Дешевле, чем собрать их все; undefined — одним индексом условие не ищется.
   */
  probe(where: Clause, sampleRows: number): Promise<number | undefined>;
  /** Собирает совпадения без порядка, но не больше hitsMax, и упорядочивает собранное. */
  collect(page: PageQuery, hitsMax: number): Promise<Hits>;
  /** Берёт первые hitsMax совпадений по порядку. */
  first(page: PageQuery, hitsMax: number): Promise<Hits>;
  /** Проверяет не больше rowsMax строк range от начала порядка и берёт первые hitsMax совпадений. */
  walk(
    page: PageQuery,
    o: { readonly range: Clause; readonly rowsMax: number; readonly hitsMax: number },
  ): Promise<Hits>;
  /** Ключ строки, стоящей в порядке на месте skip среди строк range; undefined — строк меньше. */
  keyAt(o: { readonly range: Clause; readonly order: OrderKey; readonly skip: number }): Promise<string | undefined>;
  /** Какие из слов имеют общую основу с искомыми. */
  matchingWords(words: readonly string[], wanted: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface FilesView {
  find(fileId: string): Promise<FileRow | undefined>;
  search<T>(work: (session: SearchSession) => Promise<T>): Promise<T>;
  /** Создана ли таблица реестра и можно ли её читать. */
  tableExists(): Promise<boolean>;
  ping(): Promise<void>;
}

export interface FilesViewOptions {
  readonly pool: pg.Pool;
  /** Предел одного поиска целиком, мс. */
  readonly searchTimeoutMs: number;
}

export function openFilesView({ pool, searchTimeoutMs }: FilesViewOptions): FilesView {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return {
    async find(fileId) {
      const { rows } = await named(() =>
        sql<FileRow>`SELECT ${columns()} FROM files WHERE file_id = ${fileId}::uuid`.execute(db),
      );
      return rows[0];
    },
    async search(work) {
      const deadlineMs = performance.now() + searchTimeoutMs;
      return await named(() =>
        db
          .transaction()
          .setAccessMode('read only')
          .setIsolationLevel('repeatable read')
          .execute((transaction) => work(openSession(transaction, deadlineMs))),
      );
    },
    async tableExists() {
      const { rows } = await named(() =>
        sql<{ exists: boolean }>`
          SELECT coalesce(has_table_privilege(to_regclass('files'), 'select'), false) AS exists`.execute(db),
      );
      return rows[0]?.exists === true;
    },
    async ping() {
      await named(() => sql`SELECT 1`.execute(db));
    },
  };
}

/** Предел времени запроса обновляется, когда от прежнего остатка ушла десятая часть. */
const RESET_SHARE = 0.9;

function openSession(db: Transaction<Database>, deadlineMs: number): SearchSession {
  let allowedMs = Number.POSITIVE_INFINITY;

  /** Каждому запросу достаётся остаток общего времени; пока он почти прежний, предел не переставляется. */
  async function run<Row>(query: RawBuilder<Row>): Promise<Row[]> {
    const leftMs = Math.floor(deadlineMs - performance.now());
    if (leftMs <= 0) throw searchTooSlow(undefined);
    if (leftMs < allowedMs * RESET_SHARE) {
      allowedMs = leftMs;
      await sql`SELECT set_config('statement_timeout', ${String(leftMs)}, true)`.execute(db);
    }
    return (await query.execute(db)).rows;
  }

  return {
    async estimate(where) {
      const rows = await run(sql<{ 'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[] }>`
        EXPLAIN (FORMAT JSON) SELECT FROM files WHERE ${where}`);
      return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
    },
    async probe(where, sampleRows) {
      await run(sql`SELECT ${setBitmapOnly('off')}`);
      const rows = await run(sql<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>`
        EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, FORMAT JSON)
        SELECT FROM files WHERE ${where} LIMIT ${sampleRows}`);
      await run(sql`SELECT ${setBitmapOnly('on')}`);
      return countByBitmap(rows[0]?.['QUERY PLAN'][0]?.Plan);
    },
    collect: async (page, hitsMax) =>
      toHits(
        await run(
          pageQuery(
            page,
            sql`SELECT file_id, ${page.order.expression} AS key FROM files WHERE ${page.where} LIMIT ${hitsMax}`,
          ),
        ),
      ),
    first: async (page, hitsMax) => {
      const hits = sql`SELECT file_id, ${page.order.expression} AS key FROM files WHERE ${page.where}
        ORDER BY ${page.order.expression} ${direction(page.order)}, file_id ${direction(page.order)} LIMIT ${hitsMax}`;
      return toHits(await run(pageQuery(page, hits)));
    },
    walk: async (page, { range, rowsMax, hitsMax }) => {
      const nearest = sql`SELECT *, ${page.order.expression} AS key FROM files WHERE ${range}
        ORDER BY ${page.order.expression} ${direction(page.order)}, file_id ${direction(page.order)} LIMIT ${rowsMax}`;
      const hits = sql`SELECT file_id, key FROM (${nearest}) AS nearest WHERE ${page.check}
        ORDER BY key ${direction(page.order)}, file_id ${direction(page.order)} LIMIT ${hitsMax}`;
      return toHits(await run(pageQuery(page, hits)));
    },
    async keyAt({ range, order, skip }) {
      const rows = await run(sql<{ key: string }>`SELECT (${order.expression})::text AS key FROM files WHERE ${range}
        ORDER BY ${order.expression} ${direction(order)}, file_id ${direction(order)} OFFSET ${skip} LIMIT 1`);
      return rows[0]?.key;
    },
    async matchingWords(words, wanted) {
      if (words.length === 0 || wanted.length === 0) return new Set();
      const rows = await run(sql<{ word: string }>`
        SELECT word FROM unnest(${words}::text[]) AS word, query.stems(${wanted.join(' ')}::text) AS wanted
        WHERE query.stems(word) && wanted`);
      return new Set(rows.map((row) => row.word));
    },
  };
}

/** Узел плана: только то, что читает probe. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Карта строк строится целиком ещё до первой из них, поэтому её размер известен и при LIMIT. */
function setBitmapOnly(others: 'on' | 'off'): RawBuilder<unknown> {
  return sql.join(
    ['enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan'].map(
      (name) => sql`set_config(${name}, ${others}, true)`,
    ),
  );
}

/** Строк в карте × доля прошедших проверку; карта из нескольких индексов своего размера не сообщает. */
function countByBitmap(plan: PlanNode | undefined): number | undefined {
  const heap = plan?.Plans?.[0];
  const index = heap?.Plans?.[0];
  if (heap?.['Node Type'] !== 'Bitmap Heap Scan' || index?.['Node Type'] !== 'Bitmap Index Scan') return undefined;
  const passed = heap['Actual Rows'];
  const seen = passed + (heap['Rows Removed by Filter'] ?? 0) + (heap['Rows Removed by Index Recheck'] ?? 0);
  return seen === 0 ? 0 : index['Actual Rows'] * (passed / seen);
}

/**
 * Страница поверх отобранных совпадений: их число, ранжирование первых по порядку, сами строки по ключу таблицы.
 * Число совпадений приходит и с пустой страницей.
 */
function pageQuery(page: PageQuery, hits: RawBuilder<unknown>): RawBuilder<PageRow> {
  const order = sql`key ${direction(page.order)}, file_id ${direction(page.order)}`;
  return sql<PageRow>`
    WITH hits AS MATERIALIZED (${hits}),
      total AS MATERIALIZED (SELECT count(*)::int AS found FROM hits),
      page AS (
        SELECT file_id, key, relevance FROM (${ranked(page, order)}) AS ranked
        ORDER BY relevance DESC NULLS LAST, ${order} LIMIT ${page.limit} OFFSET ${page.offset})
    SELECT total.found, page.relevance, ${columns()}
    FROM total LEFT JOIN (page JOIN files USING (file_id)) ON true
    ORDER BY page.relevance DESC NULLS LAST, ${sql`page.key ${direction(page.order)}, page.file_id ${direction(page.order)}`}`;
}

/**
 * Совпадения с близостью: считается она у первых по порядку, остальные идут за ними. Соединения здесь нет нарочно: при
 * заниженной оценке планировщик перебрал бы пары. Когда совпадений больше предела, страница не понадобится, и близость
 * не считается вовсе.
 */
function ranked({ rank }: PageQuery, order: RawBuilder<unknown>): RawBuilder<unknown> {
  if (rank === undefined) return sql`SELECT file_id, key, NULL::float8 AS relevance FROM hits`;
  const rows =
    rank.uselessFrom === undefined
      ? sql`${rank.rowsMax}::bigint`
      : sql`(SELECT CASE WHEN found < ${rank.uselessFrom}::int THEN ${rank.rowsMax}::bigint ELSE 0 END FROM total)`;
  return sql`
    SELECT file_id, key, ${rank.expression} AS relevance
    FROM (SELECT file_id, key FROM hits ORDER BY ${order} LIMIT ${rows}) AS newest JOIN files USING (file_id)
    UNION ALL
    SELECT * FROM (SELECT file_id, key, NULL::float8 FROM hits ORDER BY ${order} OFFSET ${rows}) AS rest`;
}

type PageRow = { readonly found: number } & (FoundRow | { readonly file_id: null });

function toHits(rows: readonly PageRow[]): Hits {
  return {
    found: rows[0]?.found ?? 0,
    rows: rows.filter((row) => row.file_id !== null),
  };
}

function direction(order: OrderKey): RawBuilder<unknown> {
  return order.descending ? sql`DESC` : sql`ASC`;
}

function columns(): RawBuilder<unknown> {
  return sql.join(FILE_COLUMNS.map((name) => sql.ref(name)));
}

const QUERY_CANCELED = '57014';
/** Нет таблицы, функции, схемы, конфигурации или прав на них: Admin Module или собственные миграции ещё не дошли до них. */
const NOT_PREPARED = new Set(['42P01', '42883', '3F000', '42704', '42501']);

/** Ошибки базы, у которых есть смысл для клиента, получают его; прочие остаются собой. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (code === QUERY_CANCELED) throw searchTooSlow(error);
    if (NOT_PREPARED.has(code)) throw notPrepared(error);
    throw error;
  }
}

function searchTooSlow(cause: unknown): ArtError {
  return new ArtError('NOT_READY', {
    cause,
    retryAfterSeconds: 5,
    explain: {
      ru: 'Поиск не уложился в отведённое время: сузьте запрос или повторите позже.',
      en: 'The search took too long: narrow the query or try again later.',
    },
  });
}

function notPrepared(cause: unknown): ArtError {
  return new ArtError('NOT_READY', {
    cause,
    retryAfterSeconds: 5,
    explain: {
      ru: 'Реестр файлов ещё готовится, повторите позже.',
      en: 'The file registry is still being prepared; try again later.',
    },
  });
}
