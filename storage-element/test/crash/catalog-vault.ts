// Каталог в испытаниях — настоящая SQLite. Хранилище снимает её в любой миг и возвращает такой, какой её оставило бы
// отключение питания: сброшенной, живой, оборванной или пропавшей. Хранилищ два: база в файле, как в работе, и база
// в памяти — в десять раз дешевле, на ней обходятся сотни зёрен.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../src/engine/catalog.ts';
import type { LogRecord } from '../../src/engine/wal-record.ts';
import type { Random } from './random.ts';

/** Что осталось от каталога; содержимое неизменно, снимки делят его. */
export interface CatalogRemains {
  /** База такой, какой её оставил последний сброс; undefined — файла нет. */
  readonly synced: Uint8Array | undefined;
  /** Чем она стала после: у базы в файле — [файл, журнал], у базы в памяти — вид после каждой перемены. */
  readonly later: readonly Uint8Array[];
}

/** Что стало с каталогом: synced — только сброшенное, live — всё, torn — последних перемен нет, lost — файлов нет, garbage — не база. */
export type CatalogFate = 'synced' | 'live' | 'torn' | 'lost' | 'garbage';

export const NO_CATALOG: CatalogRemains = { synced: undefined, later: [] };
const GARBAGE = Buffer.from('это не база данных'.repeat(40));

export interface Vault {
  /** Что от снятого оставит сбой. */
  remains(catalog: CatalogRemains, fate: CatalogFate, random: Random): CatalogRemains;
  /** Готовит то, что оставит сбой, для следующего запуска. */
  load(catalog: CatalogRemains, fate: CatalogFate, random: Random): void;
  /** Так каталог открывает движок. */
  readonly open: (fresh: boolean) => Catalog;
  snapshot(): CatalogRemains;
  close(): void;
}

/**
 * Тот же каталог, который говорит, что переменился или сброшен. Перемена — это закреплённое: внесённое в открытую
 * транзакцию не переживёт и kill -9. Записей в испытаниях мало, поэтому закрепляются они чаще, чем в работе, но не сразу.
 */
class WatchedCatalog extends Catalog {
  readonly #onChange: (synced: boolean) => void;

  constructor(at: string | DatabaseSync, onChange: (synced: boolean) => void) {
    super(at);
    this.#onChange = onChange;
    onChange(false);
  }

  override apply(records: readonly LogRecord[]): void {
    super.apply(records);
    if (this.appliedRevision % 3 !== 0) this.commit();
  }

  override commit(): void {
    super.commit();
    this.#onChange(false);
  }

  override transaction(work: () => void): void {
    super.transaction(work);
    this.#onChange(false);
  }

  override sync(): void {
    super.sync();
    this.#onChange(true);
  }
}

/** База в файле с журналом, как в работе. */
export class CatalogVault implements Vault {
  readonly #dir: string;
  #number = 0;
  #path = '';
  #changed = true;
  #synced: Uint8Array | undefined;
  #snapshot: CatalogRemains = NO_CATALOG;

  constructor() {
    const memory = '/dev/shm';
    this.#dir = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'artstore-crash-'));
  }

  remains(catalog: CatalogRemains, fate: CatalogFate, random: Random): CatalogRemains {
    const { synced, later } = catalog;
    const [database, log] = later;
    if (fate === 'live') return catalog;
    if (fate === 'torn') {
      const left = log?.subarray(0, random.below(log.length + 1));
      return { synced: database, later: [database, left].filter((bytes) => bytes !== undefined) };
    }
    const left = fate === 'synced' ? synced : fate === 'garbage' ? GARBAGE : undefined;
    return { synced: left, later: left === undefined ? [] : [left] };
  }

  load(catalog: CatalogRemains, fate: CatalogFate, random: Random): void {
    const { synced, later } = this.remains(catalog, fate, random);
    const [database, log] = later;
    this.#wipe();
    this.#number += 1;
    this.#path = join(this.#dir, `catalog-${this.#number}.db`);
    this.#changed = true;
    this.#synced = synced;
    if (database !== undefined) writeFileSync(this.#path, database);
    if (log !== undefined && log.length > 0) writeFileSync(`${this.#path}-wal`, log);
  }

  readonly open = (fresh: boolean): Catalog => {
    if (fresh) this.#wipe();
    return new WatchedCatalog(this.#path, (synced) => {
      this.#changed = true;
      if (synced) this.#synced = read(this.#path);
    });
  };

  snapshot(): CatalogRemains {
    if (this.#changed) {
      const files = [read(this.#path), read(`${this.#path}-wal`)];
      this.#snapshot = { synced: this.#synced, later: files.filter((bytes) => bytes !== undefined) };
      this.#changed = false;
    }
    return this.#snapshot;
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

/** База в памяти. Оборванный журнал SQLite оставляет базу после какой-то из прежних перемен: здесь она и берётся. */
export class MemoryVault implements Vault {
  #synced: Uint8Array | undefined;
  #later: readonly Uint8Array[] = [];

  remains(catalog: CatalogRemains, fate: CatalogFate, random: Random): CatalogRemains {
    const { synced, later } = catalog;
    switch (fate) {
      case 'live':
        return catalog;
      case 'synced':
        return { synced, later: [] };
      case 'torn':
        return { synced, later: later.slice(0, random.below(later.length + 1)) };
      case 'garbage':
        return { synced: GARBAGE, later: [] };
      case 'lost':
        return NO_CATALOG;
    }
  }

  load(catalog: CatalogRemains, fate: CatalogFate, random: Random): void {
    this.#put(this.remains(catalog, fate, random));
  }

  #put({ synced, later }: CatalogRemains): void {
    this.#synced = synced;
    this.#later = later;
  }

  readonly open = (fresh: boolean): Catalog => {
    if (fresh) this.#put(NO_CATALOG);
    const database = new DatabaseSync(':memory:');
    const last = this.#later.at(-1) ?? this.#synced;
    if (last === undefined) database.exec('PRAGMA page_size = 512');
    else database.deserialize(last);
    return new WatchedCatalog(database, (synced) => {
      // Незакреплённого на диске нет, хотя база в памяти его показала бы.
      const image = database.isTransaction ? (this.#later.at(-1) ?? this.#synced) : database.serialize();
      if (image === undefined) return;
      if (synced) this.#synced = image;
      this.#later = synced ? [] : [...this.#later, image];
    });
  };

  snapshot(): CatalogRemains {
    return { synced: this.#synced, later: this.#later };
  }

  close(): void {
    this.#put(NO_CATALOG);
  }
}
