// Применяет миграции модуля. Обещание: каждая применяется один раз, сколько бы копий модуля ни стартовало разом;
// правленый задним числом файл не пройдёт молча.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import { nameDatabaseError } from './database-unavailable.ts';
import { type Log, silentLog } from './log.ts';
import { type MigrationFile, MigrationError, readMigrationFiles } from './migration-files.ts';
import { lineAt, splitStatements } from './split-statements.ts';

const LOCK_POLL_MS = 200;
const LOCK_WAIT_MS = 10 * 60_000;
/** Сколько вправе ждать чужой блокировки команда вне транзакции: дольше она сама держала бы очередь за собой. */
const TABLE_LOCK_WAIT_MS = 60_000;
/**
 * В транзакции — меньше deadlock_timeout (1 с): если таблицу держит CREATE INDEX CONCURRENTLY соседнего модуля, а он ждёт
 * нас, уступить должны мы. Построение индекса длится минуты, а файл миграции просто повторится.
 */
const SHORT_LOCK_WAIT_MS = 500;
const RETRY_PAUSE_MS = 1_000;
/** lock_not_available и deadlock_detected. */
const RETRIED_CODES: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

export interface MigrateOptions {
  /** Папка с файлами `0001-имя.sql`. */
  readonly directory: URL;
  /** Таблица учёта, своя у каждого модуля. Замок тоже свой: долгое построение индексов соседа старту не мешает. */
  readonly table: string;
  /**
   * Повторяемый файл SQL: выполняется под тем же замком после миграций при каждом вызове. Если база новее кода,
   * не выполняется: прежнее понятие о ней устарело.
   */
  readonly everyTime?: URL;
  readonly log?: Log;
  readonly signal?: AbortSignal;
  /** Сколько ждать, пока миграции применяет другая копия или пока занята таблица. */
  readonly lockWaitMs?: number;
}

export interface MigrateOutcome {
  readonly applied: readonly string[];
  /** Применены раньше, но в этой версии кода таких файлов нет: база новее кода (откат выпуска). */
  readonly unknown: readonly string[];
}

interface AppliedRow {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Доводит базу до последней миграции папки.
 * Файл выполняется одной транзакцией вместе с записью в таблицу учёта. Файл с первой строкой `-- no-transaction`
 * выполняется по одной команде и после обрыва повторяется целиком, поэтому обязан быть повторяемым (IF NOT EXISTS).
 * Ошибки: MigrationError с именем файла и строкой; NOT_READY, если базы нет.
 */
export async function migrate(pool: Pool, options: MigrateOptions): Promise<MigrateOutcome> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(options.table))
    throw new MigrationError(`недопустимое имя таблицы: ${options.table}`);
  const files = await readMigrationFiles(options.directory);
  const client = await connectAlone(pool);
  try {
    await waitForLock(client, options);
    await client.query(`CREATE TABLE IF NOT EXISTS ${options.table} (
      number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<AppliedRow>(
      `SELECT number, name, checksum FROM ${options.table} ORDER BY number`,
    );
    const pending = choosePending(files, rows);
    for (const file of pending) await applyFile(client, file, options);
    const known = new Set(files.map((file) => file.number));
    const unknown = rows.filter((row) => !known.has(row.number)).map((row) => row.name);
    if (options.everyTime !== undefined && unknown.length === 0) await runEveryTime(client, options.everyTime, options);
    return { applied: pending.map((file) => file.name), unknown };
  } finally {
    // Вместе с соединением отпускается и замок.
    await client.end().catch(() => undefined);
  }
}

/** Отдельное соединение: миграция вправе идти дольше, чем обычный запрос, и места в пуле не занимает. */
async function connectAlone(pool: Pool): Promise<Client> {
  const client = new Client({
    ...pool.options,
    statement_timeout: 0,
    query_timeout: 0,
    lock_timeout: TABLE_LOCK_WAIT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SET client_min_messages = warning');
    return client;
  } catch (error) {
    throw nameDatabaseError(error);
  }
}

/**
 * Ждёт замок опросом. pg_advisory_lock здесь опасен: ожидающий держит снимок,
 * CREATE INDEX CONCURRENTLY владельца замка ждёт этот снимок, и оба стоят вечно.
 */
async function waitForLock(client: Client, options: MigrateOptions): Promise<void> {
  const deadline = performance.now() + (options.lockWaitMs ?? LOCK_WAIT_MS);
  const key = createHash('sha256').update(`artstore-migrations:${options.table}`).digest().readBigInt64BE(0).toString();
  let announced = false;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [key]);
    if (rows[0]?.locked === true) return;
    if (performance.now() > deadline)
      throw new MigrationError('миграции всё ещё применяет другая копия: время ожидания вышло');
    if (!announced) {
      announced = true;
      (options.log ?? silentLog).info({ event: 'migration_waiting' }, 'миграции применяет другая копия, ждём');
    }
    await pause(LOCK_POLL_MS, options.signal);
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
}

/** Что осталось применить; расхождение папки с таблицей учёта — ошибка. */
function choosePending(files: readonly MigrationFile[], rows: readonly AppliedRow[]): MigrationFile[] {
  const applied = new Map(rows.map((row) => [row.number, row]));
  const newest = rows.at(-1)?.number ?? -1;
  return files.filter((file) => {
    const row = applied.get(file.number);
    if (row === undefined) {
      if (file.number < newest)
        throw new MigrationError(`${file.name}: номер меньше уже применённого ${newest}, дайте следующий`);
      return true;
    }
    if (row.name !== file.name)
      throw new MigrationError(`${file.name}: под этим номером применён другой файл, ${row.name}`);
    if (row.checksum !== file.checksum)
      throw new MigrationError(`${file.name}: файл изменён после применения, нужна новая миграция`);
    return false;
  });
}

async function applyFile(client: Client, file: MigrationFile, options: MigrateOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const startedAt = performance.now();
  const record = () =>
    client.query(`INSERT INTO ${options.table} (number, name, checksum) VALUES ($1, $2, $3)`, [
      file.number,
      file.name,
      file.checksum,
    ]);
  if (file.inTransaction) {
    await applyInTransaction(client, file, { ...options, record });
  } else {
    await applyWithoutTransaction(client, file);
    await record();
  }
  const durationMs = Math.round(performance.now() - startedAt);
  (options.log ?? silentLog).info(
    { event: 'migration_applied', migration: file.name, durationMs },
    'миграция применена',
  );
}

interface Attempts extends MigrateOptions {
  readonly record: () => Promise<unknown>;
}

/** Файл целиком или ничего. Занятую таблицу ждёт короткими попытками, чтобы за ним самим не росла очередь. */
async function applyInTransaction(
  client: Client,
  file: Pick<MigrationFile, 'name' | 'sql'>,
  { record, log, lockWaitMs, signal }: Attempts,
): Promise<void> {
  const deadline = performance.now() + (lockWaitMs ?? LOCK_WAIT_MS);
  for (let announced = false; ; announced = true) {
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL lock_timeout = ${SHORT_LOCK_WAIT_MS}`);
      await runStatement(client, file, { text: file.sql, line: 1 });
      await record();
      await client.query('COMMIT');
      return;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (!isLockConflict(error) || performance.now() > deadline) throw error;
      if (!announced)
        (log ?? silentLog).info({ event: 'migration_blocked', migration: file.name }, 'таблица занята, миграция ждёт');
    }
    await pause(RETRY_PAUSE_MS, signal);
  }
}

function isLockConflict(error: unknown): boolean {
  const cause = error instanceof MigrationError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && RETRIED_CODES.has(cause.code);
}

async function runEveryTime(client: Client, file: URL, options: MigrateOptions): Promise<void> {
  const sql = await readFile(file, 'utf8');
  const record = () => Promise.resolve();
  await applyInTransaction(client, { name: path.basename(file.pathname), sql }, { ...options, record });
}

const CREATE_INDEX = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")+"|\w+)/i;

/** Оборванный CREATE INDEX CONCURRENTLY оставляет негодный индекс, который IF NOT EXISTS счёл бы готовым: сперва убираем его. */
async function applyWithoutTransaction(client: Client, file: MigrationFile): Promise<void> {
  for (const statement of splitStatements(file.sql)) {
    const match = CREATE_INDEX.exec(statement.text);
    const index = match?.[2];
    if (index !== undefined) {
      if (match?.[1] === undefined)
        throw new MigrationError(`${file.name}:${statement.line}: здесь нужно IF NOT EXISTS`);
      const { rows } = await client.query(
        'SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid',
        [index],
      );
      if (rows.length > 0) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
    }
    await runStatement(client, file, statement);
  }
}

/** Ошибку SQL дополняет именем файла и строкой: сервер сообщает только смещение внутри посланного текста. */
async function runStatement(
  client: Client,
  file: Pick<MigrationFile, 'name'>,
  statement: { text: string; line: number },
): Promise<void> {
  try {
    await client.query(statement.text);
  } catch (error) {
    if (!(error instanceof Error) || !('severity' in error)) throw error;
    const position = 'position' in error ? Number(error.position) : Number.NaN;
    const line = statement.line + (Number.isNaN(position) ? 0 : lineAt(statement.text, position - 1) - 1);
    throw new MigrationError(`${file.name}:${line}: ${error.message}`, { cause: error });
  }
}
