// Файл под замком. Менять файл можно только отсюда, а получить это можно только на время замка.
import type { StoredFile } from '../files/file.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import type { ReceivedBlob } from './receive-blob.ts';
import type { Wal } from './wal.ts';
import type { RemoveReason } from './wal-record.ts';

interface LockedRoom {
  readonly catalog: Catalog;
  readonly wal: Wal;
  readonly place: () => CatalogEntry['place'];
  /** Бросает, если каталога данных сейчас нет на месте. */
  readonly requirePresent: () => void;
  /** Бросает STORAGE_FULL, если правке не лечь на диск. */
  readonly requireBreath: () => void;
}

export class LockedFile {
  readonly fileId: string;
  readonly #room: LockedRoom;

  constructor(fileId: string, room: LockedRoom) {
    this.fileId = fileId;
    this.#room = room;
  }

  current(): CatalogEntry | undefined {
    return this.#room.catalog.get(this.fileId);
  }

  /** Записывает новый файл; возвращается, когда он долговечен и виден. */
  async put(file: Omit<StoredFile, 'revision'>, bytes: ReceivedBlob['bytes']): Promise<StoredFile> {
    // Каталог могли подменить, пока текло тело: тогда байты в staging легли не на тот диск.
    if ('staged' in bytes) this.#room.requirePresent();
    const place = this.#room.place();
    const record = await this.#room.wal.append((revision) => ({
      type: 'put' as const,
      file: { ...file, revision },
      place,
      bytes,
    }));
    return record.file;
  }

  /** Записывает новое описание того же файла. На полном диске удаление проходит, когда другие правки уже нет. */
  async patch(entry: CatalogEntry, file: Omit<StoredFile, 'revision'>): Promise<StoredFile> {
    if (file.status !== 'deleted') this.#room.requireBreath();
    const record = await this.#room.wal.append((revision) => ({
      type: 'patch' as const,
      file: { ...file, revision },
      place: entry.place,
    }));
    return record.file;
  }

  /**
   * Записывает пометку движка или снимает её. Номер правки не растёт: людского в описании пометка не меняет.
   * keep — описание на диске не читается и остаётся как есть.
   */
  async mark(
    entry: Pick<CatalogEntry, 'place'>,
    file: Omit<StoredFile, 'revision'>,
    sidecar: 'rewrite' | 'keep',
  ): Promise<StoredFile> {
    const record = await this.#room.wal.append((revision) => ({
      type: 'mark' as const,
      file: { ...file, revision },
      place: entry.place,
      sidecar,
    }));
    return record.file;
  }

  /** Убирает байты и описание; в ленте остаётся надгробие. */
  async remove(entry: CatalogEntry, reason: RemoveReason, removedAt: string): Promise<void> {
    await this.#room.wal.append((revision) => ({
      type: 'remove' as const,
      fileId: this.fileId,
      place: entry.place,
      reason,
      removedAt,
      revision,
    }));
  }
}
