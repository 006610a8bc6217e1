// Таблицы административной части: то, чего нет на элементах хранения и что после потери базы берётся только из копии.
// Строки уходят и приходят текстом JSON, который собирает и разбирает сама база: модуль их не толкует.
import { escapeIdentifier } from 'pg';
import type { Db } from '../database-table.ts';

/** В порядке ссылок: сперва те, на кого ссылаются. key — порядок строк в копии. */
export const ADMINISTRATIVE_TABLES: readonly { readonly name: string; readonly key: string }[] = [
  { name: 'storage_elements', key: 'id' },
  { name: 'syncs', key: 'started_at, id' },
  { name: 'admin_users', key: 'id' },
  { name: 'login_attempts', key: 'name_hash' },
  { name: 'service_accounts', key: 'id' },
  { name: 'signing_keys', key: 'kid' },
  { name: 'audit_log', key: 'id' },
];

/** Чего в копии нет и почему это не потеря. */
export const LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ['files', 'собирается из элементов'],
  ['file_counters', 'считается по files'],
  ['file_counter_deltas', 'считается по files'],
  ['file_growth_hours', 'считается по files'],
  ['login_failure_hours', 'число за сутки; сами неудачи — в audit_log'],
  ['file_absences', 'судит о строках, которых ещё нет'],
  ['sync_absent_rows', 'живёт один проход'],
  ['sessions', 'копия вернула бы сеансы, закрытые после неё'],
  ['refresh_tokens', 'копия вернула бы уже использованные токены'],
  ['admin_migrations', 'перечислены в начале копии, применяются при восстановлении'],
]);

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

export async function listMigrations(db: Db): Promise<Migration[]> {
  const { rows } = await db.query<Migration>('select number, name, checksum from admin_migrations order by number');
  return rows;
}

/** Отдаёт строки таблицы порциями; память занимает одна порция. Нужна транзакция: в ней живёт курсор. */
export async function* readRows(
  db: Db,
  { name, key }: (typeof ADMINISTRATIVE_TABLES)[number],
  portion: number,
): AsyncGenerator<readonly string[]> {
  await db.query(
    `declare dumped no scroll cursor for
     select row_to_json(t)::text as line from (select * from ${escapeIdentifier(name)} order by ${key}) as t`,
  );
  for (;;) {
    const { rows } = await db.query<{ line: string }>(`fetch ${portion} from dumped`);
    if (rows.length === 0) break;
    yield rows.map((row) => row.line);
  }
  await db.query('close dumped');
}

/** Не даёт никому писать в эти таблицы до конца транзакции и отвечает, в каких из них уже есть строки. */
export async function claimEmptyTables(db: Db): Promise<string[]> {
  const names = [...ADMINISTRATIVE_TABLES.map(({ name }) => name), 'files'];
  await db.query(`lock table ${names.map(escapeIdentifier).join(', ')} in exclusive mode`);
  const taken: string[] = [];
  for (const name of names) {
    const { rows } = await db.query<{ taken: boolean }>(
      `select exists (select from ${escapeIdentifier(name)}) as taken`,
    );
    if (rows[0]?.taken === true) taken.push(name);
  }
  return taken;
}

export async function insertRows(db: Db, table: string, lines: readonly string[]): Promise<void> {
  const name = escapeIdentifier(table);
  await db.query(
    `insert into ${name} overriding system value
     select * from json_populate_recordset(null::${name}, $1::json)`,
    [`[${lines.join(',')}]`],
  );
}

/**
 * Строки внесены: журнал продолжится со следующего номера, а реестр каждого элемента ждёт полного прохода —
 * позиции лент в копии относятся к строкам files, которых в ней нет.
 */
export async function settleRestored(db: Db): Promise<void> {
  await db.query(
    `select setval(pg_get_serial_sequence('audit_log', 'id'), max(id)) from audit_log having max(id) is not null`,
  );
  await db.query(`update storage_elements set full_sync_reason = 'restored' where removed_at is null`);
}
