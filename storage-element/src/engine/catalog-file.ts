// Каталог на своём месте в каталоге данных.
import { DatabaseSync } from 'node:sqlite';
import { Catalog } from './catalog.ts';
import { createDirectoryProbe, type Disk, isNoSpace } from './disk.ts';
import type { Layout } from './layout.ts';

interface CatalogFile {
  /** Прежнюю базу убрать. */
  readonly fresh: boolean;
  /** Освобождает место на полном диске; false — освобождать нечего. */
  readonly makeRoom: () => boolean;
}

/** Страница общей памяти соединений: SQLite занимает под неё место одним последним байтом (os_unix.c, unixShmMap). */
const SHARED_PAGE_BYTES = 4096;

/**
 * Бросает, если прежняя база не читается. Полный диск — не порча: общей памяти соединений (-shm) нужно место, и когда его
 * нет совсем, база открывается одним соединением, которому эта память не нужна.
 *
 * Где блок короче страницы (ext4 на диске до 512 МиБ), один байт всей страницы не занимает, и запись в неё на полном
 * диске убивает процесс сигналом SIGBUS: там соединение всегда одно.
 */
export function openCatalogFile(disk: Disk, layout: Layout, { fresh, makeRoom }: CatalogFile): Catalog {
  if (fresh) for (const suffix of ['', '-wal', '-shm']) disk.remove(layout.catalog + suffix);
  const isBlockShort = createDirectoryProbe().blockBytes(layout.dataDir) < SHARED_PAGE_BYTES;
  for (const isAlone of isBlockShort ? [true, true] : [false, false, true]) {
    try {
      return open(layout.catalog, makeRoom, isAlone);
    } catch (error) {
      if (!isNoSpace(error) && !isUnopenable(error)) throw error;
      makeRoom();
    }
  }
  return open(layout.catalog, makeRoom, true);
}

function open(path: string, makeRoom: () => boolean, isAlone: boolean): Catalog {
  const db = new DatabaseSync(path);
  try {
    if (isAlone) db.exec('PRAGMA locking_mode = EXCLUSIVE');
    return new Catalog(db, makeRoom, isAlone);
  } catch (error) {
    if (db.isOpen) db.close();
    throw error;
  }
}

const SQLITE_CANTOPEN = 14;

/** Базу или её журнал не завести и не открыть: нет имён на диске, прав, дескрипторов. О порче это не говорит. */
export function isUnopenable(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_CANTOPEN;
}
