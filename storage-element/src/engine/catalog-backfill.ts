// Долгая часть сброса каталога: делает её поток раскладки, чтобы главный не ждал диск.
import { DatabaseSync } from 'node:sqlite';

/** Главное соединение держит замок журнала базы доли секунды. */
const BACKFILL_WAIT_MS = 5_000;

/**
 * Своим соединением переносит журнал базы в базу и сбрасывает её, не мешая пишущему. Записанное тем временем останется
 * в журнале. Бросает, если диск отказал.
 */
export function backfillCatalog(path: string): void {
  const db = new DatabaseSync(path, { timeout: BACKFILL_WAIT_MS });
  try {
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    db.close();
  }
}
