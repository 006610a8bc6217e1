// Проверка чужой или своей базы при старте: годится ли она для русского текста и сохранит ли она данные.
import type pg from 'pg';

const SERVER_VERSION_MIN = 150_000;

export interface Finding {
  readonly name: 'version' | 'encoding' | 'trigrams' | 'durability';
  readonly status: 'ok' | 'degraded' | 'fail';
  readonly message: string;
}

interface Settings {
  readonly version: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly full_page_writes: string;
  readonly has_trigrams: boolean;
}

/**
 * Находки по одной на предмет. fail — с такой базой работать нельзя (старая, не UTF-8),
 * degraded — можно, но что-то хуже обещанного. Недоступная база — ошибка NOT_READY, а не находка.
 */
export async function checkDatabase(pool: pg.Pool): Promise<Finding[]> {
  const { rows } = await pool.query<Settings>(`
    SELECT current_setting('server_version_num')::int AS version,
           current_setting('server_encoding') AS encoding,
           current_setting('fsync') AS fsync,
           current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('full_page_writes') AS full_page_writes,
           EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS has_trigrams`);
  const settings = rows[0];
  if (settings === undefined) throw new Error('сервер не ответил о своих настройках');
  return [
    judgeVersion(settings.version),
    judgeEncoding(settings.encoding),
    judgeDurability(settings),
    ...(settings.has_trigrams ? [judgeTrigrams(await russianTrigrams(pool))] : []),
  ];
}

/** Сколько триграмм сервер видит в русской букве; при lc_ctype=C их ноль, и поиск по-русски пуст. */
async function russianTrigrams(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT coalesce(cardinality(show_trgm('Ж')), 0) AS count`);
  return rows[0]?.count ?? 0;
}

function judgeVersion(version: number): Finding {
  const good = version >= SERVER_VERSION_MIN;
  return {
    name: 'version',
    status: good ? 'ok' : 'fail',
    message: `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}${good ? '' : ': нужен 15 или новее'}`,
  };
}

function judgeEncoding(encoding: string): Finding {
  const good = encoding === 'UTF8';
  return {
    name: 'encoding',
    status: good ? 'ok' : 'fail',
    message: good ? 'UTF8' : `кодировка базы ${encoding}, нужна UTF8`,
  };
}

function judgeTrigrams(count: number): Finding {
  return count > 0
    ? { name: 'trigrams', status: 'ok', message: 'триграммы видят кириллицу' }
    : {
        name: 'trigrams',
        status: 'degraded',
        message: 'lc_ctype базы не знает кириллицы: поиск по части слова её не найдёт',
      };
}

function judgeDurability(settings: Settings): Finding {
  const weak = (['fsync', 'synchronous_commit', 'full_page_writes'] as const).filter(
    (name) => settings[name] === 'off',
  );
  return weak.length === 0
    ? { name: 'durability', status: 'ok', message: 'запись переживёт отключение питания' }
    : {
        name: 'durability',
        status: 'degraded',
        message: `выключено: ${weak.join(', ')}; отключение питания может стоить данных`,
      };
}
