// Байты файла, где бы они ни были: в памяти, в staging или на своём месте. Обещание: читаются байты того файла, который
// лежит под именем теперь. Нет их нигде — сначала смотрим, на месте ли каталог данных.
import type { CatalogEntry } from './catalog.ts';
import { type Disk, type DiskFile, isCode } from './disk.ts';
import type { Layout, Place } from './layout.ts';
import { memoryFile } from './memory-file.ts';
import { OpenBlobs } from './open-blobs.ts';
import type { Unplaced } from './unplaced.ts';

export interface BlobReaderRoom {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly unplaced: Pick<Unplaced, 'find'>;
  /** Сколько файлов держать открытыми впрок; 0 — нисколько. */
  readonly idleFilesMax: number | undefined;
  readonly monotonicMs: () => number;
  /** Бросает, если каталога данных нет на месте: тогда отсутствие байтов ничего не значит. */
  readonly requirePresent: () => void;
}

export class BlobReader {
  readonly #room: BlobReaderRoom;
  readonly #blobs: OpenBlobs;

  constructor(room: BlobReaderRoom) {
    this.#room = room;
    this.#blobs = new OpenBlobs({ ...room, open: (path) => room.disk.open(path, 'read') });
  }

  /** Открывает байты файла; undefined, если их нет нигде. Бросает NOT_READY, если каталога данных нет на месте. */
  async open({ place, file: { fileId } }: CatalogEntry): Promise<DiskFile | undefined> {
    const { disk, layout, unplaced, requirePresent } = this.#room;
    const waiting = unplaced.find(fileId);
    if (waiting && 'inline' in waiting) return memoryFile(waiting.inline);
    // Имя в staging могли убрать, пока очередь доходила до открытия: тогда байты уже на месте.
    // Открытым впрок его не держат: имени скоро не будет, забыть его некому, а место держит и дескриптор.
    const staged = waiting && (await ifThere(disk.open(layout.staged(waiting.staged), 'read')));
    const blob = staged ?? (await ifThere(this.#blobs.open(layout.blob(place, fileId))));
    if (blob === undefined) requirePresent();
    return blob;
  }

  /** То же, но не из открытого раньше: под именем могли оказаться другие байты, а могло не остаться никаких. */
  reopen(entry: CatalogEntry): Promise<DiskFile | undefined> {
    this.forget(entry.place, entry.file.fileId);
    return this.open(entry);
  }

  /** Под этим именем теперь другие байты или никаких: открытое раньше больше не годится. */
  forget(place: Place, fileId: string): void {
    this.#blobs.forget(this.#room.layout.blob(place, fileId));
  }

  /** Закрывает всё, что никто не читает; читаемое закроют читатели. */
  close(): Promise<void> {
    return this.#blobs.close();
  }
}

async function ifThere(opening: Promise<DiskFile>): Promise<DiskFile | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
