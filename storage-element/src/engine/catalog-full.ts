// Указатель на полном диске: освободить место и повторить. Сперва балласт, потом журнал самой базы, который растёт до
// контрольной точки; не помогло и это — отказ.
import type { DatabaseSync } from 'node:sqlite';
import { isNoSpace } from './disk.ts';

/** act безвреден при повторе: полная база его отменяет. */
export function unlessFull(db: DatabaseSync, makeRoom: () => boolean, act: () => void): void {
  for (const free of [makeRoom, () => foldLog(db)]) {
    try {
      act();
      return;
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      free();
    }
  }
  act();
}

/** Сворачивает журнал базы, насколько хватает места. */
export function foldLog(db: DatabaseSync): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!isNoSpace(error)) throw error;
  }
}
