// Копия административной части в файл. Один снимок базы на все таблицы; модуль при этом может работать.
// Секреты уходят такими, какие лежат: хешами и шифртекстом, главного ключа среди них нет.
import { transaction } from '@artstore/postgres';
import { SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database } from '../database-table.ts';
import { writeBackup } from './backup-file.ts';
import { ADMINISTRATIVE_TABLES, listMigrations, readRows } from './backup-table.ts';

export const FORMAT = 'artstore-admin/1';
const PORTION = 500;

/** Пишет копию; возвращает, сколько в ней строк. Файл не должен существовать. */
export async function dumpDatabase(database: Database, path: string): Promise<number> {
  let total = 0;
  await writeBackup(path, async (file) => {
    await transaction(
      database.pool,
      async (db) => {
        await file.write(JSON.stringify({ $dump: FORMAT, migrations: await listMigrations(db) }));
        for (const table of ADMINISTRATIVE_TABLES) {
          await file.write(JSON.stringify({ $table: table.name }));
          for await (const lines of readRows(db, table, PORTION)) {
            for (const line of lines) await file.write(line);
            total += lines.length;
          }
        }
      },
      { isolation: 'repeatable read' },
    );
  });
  await recordAudit(database.db, {
    actor: SYSTEM,
    action: 'database_dumped',
    objectType: 'database',
    objectId: null,
    reason: 'command on the server',
    after: { rows: total },
  });
  return total;
}
