// Нечитаемые описания: файл есть, а рассказать о нём нечего. Таблица каталога рядом со списком файлов.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Place, parsePlace, placeText } from './layout.ts';

export class DamagedAttrs {
  readonly #db: DatabaseSync;
  readonly #has: StatementSync;
  readonly #mark: StatementSync;
  readonly #clear: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#has = db.prepare('SELECT 1 FROM damaged WHERE file_id = ?');
    this.#mark = db.prepare('INSERT OR REPLACE INTO damaged (file_id, place) VALUES (?, ?)');
    this.#clear = db.prepare('DELETE FROM damaged WHERE file_id = ?');
  }

  /** Описание лежит на диске, но не читается: файл есть, и «не найдено» о нём было бы ложью. */
  has(fileId: string): boolean {
    return this.#has.get(fileId) !== undefined;
  }

  mark(fileId: string, place: Place): void {
    this.#mark.run(fileId, placeText(place));
  }

  clear(fileId: string): void {
    this.#clear.run(fileId);
  }

  /** Целое описание того же файла в другом ведре важнее испорченного. */
  dropTwins(): void {
    this.#db.exec(
      'DELETE FROM damaged WHERE EXISTS (SELECT 1 FROM files f WHERE f.file_id = damaged.file_id AND f.place <> damaged.place)',
    );
  }

  /** Те, о которых в списке ещё не сказано: о них надо сказать журналу. */
  unmarked(limit: number): { fileId: string; place: Place }[] {
    return this.#db
      .prepare(
        `SELECT d.file_id, d.place FROM damaged d LEFT JOIN files f ON f.file_id = d.file_id
         WHERE f.status IS NOT 'corrupted' LIMIT ?`,
      )
      .all(limit)
      .map((row) => ({ fileId: String(row.file_id), place: parsePlace(String(row.place)) }));
  }
}
