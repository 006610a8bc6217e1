// Один процесс на каталог данных.
import { DatabaseSync } from 'node:sqlite';
import { WrongDataDirectory } from './element-identity.ts';
import type { Layout } from './layout.ts';

const SQLITE_BUSY = 5;

/**
 * Исключительный замок каталога данных. Держит его ядро (fcntl через SQLite), поэтому смерть процесса его снимает.
 * На диске испытаний процесс один, замок не нужен.
 */
export function lockDirectory(layout: Layout, real: boolean): () => void {
  if (!real) return () => undefined;
  const db = new DatabaseSync(layout.lock, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    if (!(cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY)) throw cause;
    throw new WrongDataDirectory(`${layout.dataDir} уже занят другим процессом`, cause);
  }
  return () => db.close();
}
