// Таблицы каталога. Их можно потерять: всё, кроме надгробий, выводится из описаний.
//
// due_at — миг, от которого считает сборщик: у живого и истёкшего файла это срок, у удалённого — время удаления.
// Узкий указатель по нему отвечает и на «кто следующий», и на «сколько их», не читая описаний.
import type { DatabaseSync } from 'node:sqlite';

/** Вид таблиц. Каталог другого вида строится заново: переделывать его незачем. */
const CATALOG_FORMAT = 4;

const CATALOG_SCHEMA = `
CREATE TABLE IF NOT EXISTS files (
  file_id    TEXT PRIMARY KEY,
  place      TEXT NOT NULL,
  status     TEXT NOT NULL,
  size       INTEGER NOT NULL,
  expires_at TEXT,
  due_at     TEXT,
  revision   INTEGER NOT NULL,
  verified_at INTEGER NOT NULL,
  attr       TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS files_by_revision ON files (revision);
CREATE INDEX IF NOT EXISTS files_by_status ON files (status, file_id, expires_at, size);
CREATE INDEX IF NOT EXISTS files_by_due ON files (status, due_at, file_id, size) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS files_by_verified ON files (verified_at);
CREATE INDEX IF NOT EXISTS files_by_place ON files (place);
CREATE TABLE IF NOT EXISTS tombstones (
  revision   INTEGER PRIMARY KEY,
  file_id    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  removed_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS damaged (file_id TEXT PRIMARY KEY, place TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

/** Заводит таблицы. Бросает, если они прежнего вида. */
export function openSchema(db: DatabaseSync): void {
  const known = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'files'").get() !== undefined;
  const format = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (known && format !== CATALOG_FORMAT) {
    db.close();
    throw new Error(`каталог вида ${format}, а нужен ${CATALOG_FORMAT}`);
  }
  // Готовую базу запуск не трогает: на полном диске ему нечем.
  if (known && hasEveryIndex(db)) return;
  // Вид записан вместе с таблицами: сбой не оставит таблиц, о которых неизвестно, какие они.
  db.exec(`BEGIN; ${CATALOG_SCHEMA} PRAGMA user_version = ${CATALOG_FORMAT}; COMMIT;`);
}

/** Построение каталога убирает самый дорогой индекс и заводит его в конце. */
function hasEveryIndex(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'files_by_status'").get() !== undefined;
}
