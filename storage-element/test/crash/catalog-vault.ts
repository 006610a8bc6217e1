// Каталог в испытаниях — настоящая база SQLite на диске в памяти. Хранилище умеет снять её файлы в любой миг
// и вернуть их такими, какими их оставило бы отключение питания: сброшенными, живыми, оборванными или пропавшими.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../src/engine/catalog.ts';
import type { LogRecord } from '../../src/engine/wal-record.ts';
import type { Random } from './random.ts';

export interface CatalogFiles {
  readonly database: Buffer | undefined;
  readonly log: Buffer | undefined;
  /** База такой, какой её оставил последний сброс. */
  readonly synced: Buffer | undefined;
}

/** Что стало с каталогом: synced — только сброшенное, live — всё, torn — журнал базы оборван, lost — файлов нет, garbage — не база. */
export type CatalogFate = 'synced' | 'live' | 'torn' | 'lost' | 'garbage';

export const NO_CATALOG: CatalogFiles = { database: undefined, log: undefined, synced: undefined };

/** Тот же каталог, который говорит, что переменился или сброшен. */
class WatchedCatalog extends Catalog {
  readonly #onChange: (synced: boolean) => void;

  constructor(path: string, onChange: (synced: boolean) => void) {
    super(path);
    this.#onChange = onChange;
    onChange(false);
  }

  override apply(records: readonly LogRecord[]): void {
    super.apply(records);
    this.#onChange(false);
  }

  override setFact(name: string, value: string): void {
    super.setFact(name, value);
    this.#onChange?.(false);
  }

  override transaction(work: () => void): void {
    super.transaction(work);
    this.#onChange?.(false);
  }

  override sync(): void {
    super.sync();
    this.#onChange(true);
  }
}

export class CatalogVault {
  readonly #dir: string;
  #number = 0;
  #path = '';
  #changed = true;
  #synced: Buffer | undefined;
  #files: CatalogFiles = NO_CATALOG;

  constructor() {
    const memory = '/dev/shm';
    this.#dir = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'artstore-crash-'));
  }

  /** Готовит файлы для следующего запуска. */
  load(files: CatalogFiles, fate: CatalogFate, random: Random): void {
    this.#wipe();
    this.#number += 1;
    this.#path = join(this.#dir, `catalog-${this.#number}.db`);
    this.#changed = true;
    const { database, log } = remains(files, fate, random);
    this.#synced = fate === 'live' ? files.synced : database;
    if (database !== undefined) writeFileSync(this.#path, database);
    if (log !== undefined && log.length > 0) writeFileSync(`${this.#path}-wal`, log);
  }

  /** Так каталог открывает движок. */
  readonly open = (fresh: boolean): Catalog => {
    if (fresh) this.#wipe();
    return new WatchedCatalog(this.#path, (synced) => {
      this.#changed = true;
      if (synced) this.#synced = read(this.#path);
    });
  };

  snapshot(): CatalogFiles {
    if (this.#changed) {
      this.#files = { database: read(this.#path), log: read(`${this.#path}-wal`), synced: this.#synced };
      this.#changed = false;
    }
    return this.#files;
  }

  close(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #wipe(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.#path + suffix, { force: true });
    this.#synced = undefined;
  }
}

function read(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

function remains(files: CatalogFiles, fate: CatalogFate, random: Random): Omit<CatalogFiles, 'synced'> {
  const { database, log, synced } = files;
  switch (fate) {
    case 'synced':
      return { database: synced, log: undefined };
    case 'live':
      return { database, log };
    case 'torn':
      return { database, log: log?.subarray(0, random.below(log.length + 1)) };
    case 'garbage':
      return { database: Buffer.from('это не база данных'.repeat(40)), log: undefined };
    case 'lost':
      return { database: undefined, log: undefined };
  }
}
