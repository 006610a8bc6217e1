// Надгробия ленты: что и когда убрано. Из описаний они не выводятся; потерян каталог — потеряны и они, тогда новая эпоха.
// Самые старые забываются, а отметка historyFrom говорит, до какой revision история неполна.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Change } from './catalog.ts';
import type { LogRecord } from './wal-record.ts';

type Removal = Extract<LogRecord, { type: 'remove' }>;

export class Tombstones {
  readonly #db: DatabaseSync;
  readonly #bury: StatementSync;
  #historyFrom: number | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#bury = db.prepare(
      'INSERT OR REPLACE INTO tombstones (revision, file_id, reason, removed_at) VALUES (?, ?, ?, ?)',
    );
  }

  get historyFrom(): number {
    this.#historyFrom ??= Number(
      this.#db.prepare("SELECT value FROM facts WHERE name = 'history_from'").get()?.value ?? 0,
    );
    return this.#historyFrom;
  }

  get count(): number {
    return Number(this.#db.prepare('SELECT count(*) AS count FROM tombstones').get()?.count ?? 0);
  }

  /** Повтор журнала забытых не возвращает. */
  bury({ revision, fileId, reason, removedAt }: Removal): void {
    if (revision > this.historyFrom) this.#bury.run(revision, fileId, reason, removedAt);
  }

  /** Надгробия после revision по порядку. */
  after(revision: number, limit: number): Change[] {
    return this.#db
      .prepare(
        'SELECT revision, file_id, reason, removed_at FROM tombstones WHERE revision > ? ORDER BY revision LIMIT ?',
      )
      .all(revision, limit)
      .map((row) => ({
        type: 'remove',
        revision: Number(row.revision),
        fileId: String(row.file_id),
        reason: row.reason === 'trash' ? 'trash' : 'expired',
        removedAt: String(row.removed_at),
      }));
  }

  /** Забывает до limit самых старых, не новее untilIso; возвращает, сколько. Зовётся внутри транзакции. */
  forget(untilIso: string, limit: number): number {
    const rows = this.#db.prepare('SELECT revision, removed_at FROM tombstones ORDER BY revision LIMIT ?').all(limit);
    const kept = rows.findIndex((row) => String(row.removed_at) > untilIso);
    const count = kept === -1 ? rows.length : kept;
    const last = rows[count - 1];
    if (last === undefined) return 0;
    const revision = Math.max(Number(last.revision), this.historyFrom);
    this.#db.prepare('DELETE FROM tombstones WHERE revision <= ?').run(revision);
    this.#db.prepare("INSERT OR REPLACE INTO facts (name, value) VALUES ('history_from', ?)").run(String(revision));
    this.#historyFrom = revision;
    return count;
  }

  /** Транзакция отменена: отметку надо прочитать заново. */
  reload(): void {
    this.#historyFrom = undefined;
  }
}
