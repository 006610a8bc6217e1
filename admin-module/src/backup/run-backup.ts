// Команды копии на сервере: `dump FILE` и `restore FILE`. Отвечают человеку словами и кодом выхода.
import { resolve } from 'node:path';
import type { Database } from '../database-table.ts';
import { BackupFault } from './backup-file.ts';
import { dumpDatabase } from './dump-database.ts';
import { restoreDatabase } from './restore-database.ts';

export interface BackupOutcome {
  readonly exitCode: 0 | 1;
  readonly text: string;
}

export async function runBackup(
  database: Database,
  { command, file }: { command: 'dump' | 'restore'; file: string },
): Promise<BackupOutcome> {
  const path = resolve(file);
  try {
    if (command === 'dump') {
      const rows = await dumpDatabase(database, path);
      return { exitCode: 0, text: `${path}: записано строк / rows written: ${rows}\n` };
    }
    const rows = await restoreDatabase(database, path);
    return { exitCode: 0, text: `${path}: восстановлено строк / rows restored: ${rows}\n` };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { exitCode: 1, text: `${path}: ${error.message}\n` };
  }
}

/** Чего ждать от файла и от человека: нет файла, нет прав, файл уже есть, копия негодна. */
function isFault(error: unknown): error is Error {
  if (error instanceof BackupFault) return true;
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
