// Очередь сборщика в каталоге: чей срок вышел и кто лежит в корзине, самые давние впереди.
// Отвечает узкий указатель files_by_due: и страница, и точный счёт не читают описаний.
import type { DatabaseSync } from 'node:sqlite';
import type { StoredFile, StoredStatus } from '../files/file.ts';
import type { StatusTotals } from './catalog.ts';

/** Файл в очереди: dueAt — его срок или время удаления. */
export interface DueFile {
  readonly fileId: string;
  readonly dueAt: string;
  readonly size: number;
}

/** От какого мига считает сборщик. Помеченных missing и corrupted он не трогает: это находка для человека. */
export function dueAtOf(file: StoredFile): string | null {
  if (file.status === 'active' || file.status === 'expired') return file.expiresAt;
  return file.status === 'deleted' ? file.deletedAt : null;
}

export class DueQueue {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Страница по ключу (dueAt, fileId): файлы в состоянии status с dueAt не позже untilIso. */
  page(order: { status: StoredStatus; untilIso: string; after?: DueFile; limit: number }): DueFile[] {
    const { status, untilIso, after, limit } = order;
    return this.#db
      .prepare(
        `SELECT file_id, due_at, size FROM files
         WHERE due_at IS NOT NULL AND status = ? AND due_at <= ? AND (due_at, file_id) > (?, ?)
         ORDER BY due_at, file_id LIMIT ?`,
      )
      .all(status, untilIso, after?.dueAt ?? '', after?.fileId ?? '', limit)
      .map((row) => ({ fileId: String(row.file_id), dueAt: String(row.due_at), size: Number(row.size) }));
  }

  /** Сколько файлов и байт в состоянии status с dueAt позже afterIso и не позже untilIso. */
  totals(status: StoredStatus, untilIso: string, afterIso = ''): StatusTotals {
    const row = this.#db
      .prepare(
        `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files
         WHERE due_at IS NOT NULL AND status = ? AND due_at > ? AND due_at <= ?`,
      )
      .get(status, afterIso, untilIso);
    return { files: Number(row?.files ?? 0), bytes: Number(row?.bytes ?? 0) };
  }
}
