// Восстановить административную часть из копии в пустую базу. Всё одной транзакцией: обрыв не оставит полубазы.
// Реестра в копии нет: он помечается к полной синхронизации и собирается из элементов после запуска модуля.
import { z } from 'zod';
import { SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database, Db } from '../database-table.ts';
import { BackupFault, readBackup } from './backup-file.ts';
import { ADMINISTRATIVE_TABLES, claimEmptyTables, insertRows, listMigrations, settleRestored } from './backup-table.ts';
import { FORMAT } from './dump-database.ts';

const PORTION = 500;
const PORTION_CHARS = 4 * 1024 * 1024;

const HEADER = z.object({
  $dump: z.literal(FORMAT),
  migrations: z.array(z.object({ number: z.int(), name: z.string(), checksum: z.string() })),
});
const SECTION = z.object({ $table: z.enum(ADMINISTRATIVE_TABLES.map(({ name }) => name)) });

/**
 * Миграции к этому времени применены. Возвращает, сколько строк внесено.
 * @throws BackupFault, если база не пуста, копия повреждена или сделана другой версией модуля
 */
export async function restoreDatabase(database: Database, path: string): Promise<number> {
  return await database.transaction(async (db) => {
    const taken = await claimEmptyTables(db);
    if (taken.length > 0) throw new BackupFault(`база не пуста / the database is not empty: ${taken.join(', ')}`);
    const rows = await insertLines(db, readBackup(path));
    await settleRestored(db);
    await recordAudit(db, {
      actor: SYSTEM,
      action: 'database_restored',
      objectType: 'database',
      objectId: null,
      reason: 'command on the server',
      after: { rows },
    });
    return rows;
  });
}

async function insertLines(db: Db, lines: AsyncIterable<string>): Promise<number> {
  let table: string | undefined;
  let opened = false;
  let waiting: string[] = [];
  let chars = 0;
  let total = 0;
  const flush = async (): Promise<void> => {
    if (table !== undefined && waiting.length > 0) await insertRows(db, table, waiting);
    total += waiting.length;
    waiting = [];
    chars = 0;
  };
  for await (const line of lines) {
    if (!opened) {
      await checkHeader(db, line);
      opened = true;
    } else if (line.startsWith('{"$table":')) {
      await flush();
      table = parse(SECTION, line).$table;
    } else {
      if (table === undefined) throw notBackup();
      waiting.push(line);
      chars += line.length;
      if (waiting.length >= PORTION || chars >= PORTION_CHARS) await flush();
    }
  }
  await flush();
  return total;
}

/** Строки ложатся только в те таблицы, из которых взяты: схема обязана совпасть до миграции. */
async function checkHeader(db: Db, line: string): Promise<void> {
  const { migrations } = parse(HEADER, line);
  if (JSON.stringify(migrations) === JSON.stringify(await listMigrations(db))) return;
  throw new BackupFault(
    `копия сделана другой версией модуля (последняя миграция ${migrations.at(-1)?.name}): восстановите той версией, ` +
      'потом обновите / the dump was made by another version: restore with that version, then update',
  );
}

function parse<T>(shape: z.ZodType<T>, line: string): T {
  try {
    return shape.parse(JSON.parse(line));
  } catch (cause) {
    throw notBackup(cause);
  }
}

function notBackup(cause?: unknown): BackupFault {
  return new BackupFault('это не копия модуля управления / this is not a dump of the admin module', { cause });
}
