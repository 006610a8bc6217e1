// Что каталог помнит для сверки и проверки сумм: кто лежит в каком ведре и когда байты файла проверены последний раз.
// Загрузка считается проверкой: сумму считали на ходу. Каталог построен заново — счёт опять от загрузки.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Place, parsePlace, placeText } from './layout.ts';

export interface Unverified {
  readonly fileId: string;
  readonly place: Place;
}

export class VerifiedIndex {
  readonly #db: DatabaseSync;
  readonly #touch: StatementSync;
  readonly #oldest: StatementSync;
  readonly #due: StatementSync;
  readonly #inBucket: StatementSync;
  readonly #clampFuture: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#touch = db.prepare('UPDATE files SET verified_at = ? WHERE file_id = ?');
    this.#oldest = db.prepare('SELECT verified_at FROM files ORDER BY verified_at LIMIT 1');
    this.#due = db.prepare('SELECT file_id, place FROM files WHERE verified_at <= ? ORDER BY verified_at LIMIT ?');
    this.#clampFuture = db.prepare(
      'UPDATE files SET verified_at = ? WHERE file_id IN (SELECT file_id FROM files WHERE verified_at > ? LIMIT ?)',
    );
    this.#inBucket = db.prepare('SELECT file_id FROM files WHERE place = ?');
  }

  /** Файлы, проверенные не позже beforeMs; самые давние впереди. */
  due(beforeMs: number, limit: number): Unverified[] {
    return this.#due
      .all(beforeMs, limit)
      .map((row) => ({ fileId: String(row.file_id), place: parsePlace(String(row.place)) }));
  }

  /** Миг, когда проверен самый давний файл, миллисекунды Unix; undefined, если файлов нет. */
  oldestMs(): number | undefined {
    const row = this.#oldest.get();
    return row === undefined ? undefined : Number(row.verified_at);
  }

  touch(fileIds: readonly string[], nowMs: number): void {
    for (const fileId of fileIds) this.#touch.run(nowMs, fileId);
  }

  /** Не больше limit за раз: переменённое лежит в памяти, пока не закреплено. Возвращает, сколько. */
  clampFuture(nowMs: number, atMs: number, limit: number): number {
    return Number(this.#clampFuture.run(atMs, nowMs, limit).changes);
  }

  /** Вёдра, в которых по каталогу есть файлы. */
  places(): Place[] {
    return this.#db
      .prepare('SELECT DISTINCT place FROM files')
      .all()
      .map((row) => parsePlace(String(row.place)));
  }

  fileIdsIn(place: Place): string[] {
    return this.#inBucket.all(placeText(place)).map((row) => String(row.file_id));
  }
}
