// Большое тело на пути в staging: куски собираются в плиты, полная пачка плит уходит на диск и в счёт суммы сразу,
// а собирается уже следующая. Память загрузки — пачка в сборке и WRITES_BEHIND_MAX в работе.
import { SLAB_BYTES, type Slabs } from './slabs.ts';
import type { DiskFile } from './disk.ts';
import type { OpenSha256, Sha256 } from './sha256.ts';

/** На сколько пачек запись вправе отстать от приёма: одна пишется, другая ждёт её конца. */
const WRITES_BEHIND_MAX = 2;
/** Раз в столько байт запись на диск подталкивается, чтобы сброс в конце не ждал весь файл. */
const EARLY_SYNC_BYTES = 32 << 20;

/** Сброс данных отказал: страницам больше верить нельзя, процесс должен остановиться. */
export class SyncFailed extends Error {
  constructor(cause: unknown) {
    super('сброс данных на диск отказал', { cause });
    this.name = 'SyncFailed';
  }
}

export interface StagedRoom {
  readonly slabs: Slabs;
  readonly openSha256: OpenSha256;
  /** По сколько байт собирать пачку. */
  readonly gatherBytes: () => number;
  /** Столько байт от начала файла сейчас ляжет на диск. */
  readonly cover: (totalBytes: number) => Promise<void>;
}

export class StagedFile {
  readonly #file: DiskFile;
  readonly #room: StagedRoom;
  #sha256: Sha256 | undefined;
  /** Собираемая пачка: полные плиты и последняя неполная. */
  #slabs: Uint8Array[] = [];
  #gathered = 0;
  #batchBytes: number;
  /** Отправлено на диск, байт. */
  #position = 0;
  #lastWrite: Promise<void> = Promise.resolve();
  readonly #behind: Promise<void>[] = [];
  #syncing: Promise<void> | undefined;
  #syncedTo = 0;
  #closing = false;

  constructor(file: DiskFile, room: StagedRoom) {
    this.#file = file;
    this.#room = room;
    this.#batchBytes = room.gatherBytes();
  }

  /** Копирует кусок; ждёт, если запись отстала. Сам кусок после этого не нужен. */
  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength; ) {
      at += this.#copy(chunk, at);
      if (this.#gathered === this.#batchBytes) await this.#send();
    }
  }

  /** Конец тела: остаток уходит на диск. Возвращает SHA-256 всего файла. */
  async end(): Promise<string> {
    if (this.#gathered > 0) await this.#send();
    return await this.#sha().digest();
  }

  /** Байты переживут отключение питания. */
  async sync(): Promise<void> {
    await Promise.all(this.#behind);
    await this.#syncing;
    await datasync(this.#file);
    this.#closing = true;
    await orSyncFailed(this.#file.close());
  }

  /** Ждёт начатое и закрывает: имя уберёт тот, кто звал. Возвращает отказ сброса, если он был: загрузка его не отменит. */
  async abandon(): Promise<unknown> {
    this.#sha256?.drop();
    const [sync] = await Promise.allSettled([this.#syncing, ...this.#behind]);
    this.#room.slabs.give(this.#slabs);
    if (!this.#closing) await this.#file.close().catch(() => undefined);
    return sync.status === 'rejected' ? sync.reason : undefined;
  }

  /** Сколько байт куска, начиная с at, поместилось. */
  #copy(chunk: Uint8Array, at: number): number {
    const offset = this.#gathered % SLAB_BYTES;
    if (offset === 0) this.#slabs.push(this.#room.slabs.take());
    const bytes = Math.min(chunk.byteLength - at, SLAB_BYTES - offset, this.#batchBytes - this.#gathered);
    this.#slabs.at(-1)?.set(chunk.subarray(at, at + bytes), offset);
    this.#gathered += bytes;
    return bytes;
  }

  async #send(): Promise<void> {
    while (this.#behind.length >= WRITES_BEHIND_MAX) await this.#behind.shift();
    const bytes = this.#gathered;
    const position = this.#position;
    await this.#room.cover(position + bytes);
    const slabs = this.#slabs;
    const parts = slabs.map((slab, index) => slab.subarray(0, Math.min(SLAB_BYTES, bytes - index * SLAB_BYTES)));
    const hashing = this.#sha().update(parts);
    this.#lastWrite = this.#lastWrite.then(() => this.#file.write(parts, position));
    const sent = this.#giveBack(slabs, [hashing, this.#lastWrite]);
    sent.catch(() => undefined);
    this.#behind.push(sent);
    this.#slabs = [];
    this.#gathered = 0;
    this.#position += bytes;
    this.#batchBytes = this.#room.gatherBytes();
    if (this.#position - this.#syncedTo >= EARLY_SYNC_BYTES && this.#syncing === undefined) this.#syncEarly();
  }

  /** Плиты свободны, когда их больше никто не читает, чем бы чтение ни кончилось. */
  async #giveBack(slabs: readonly Uint8Array[], readers: readonly Promise<void>[]): Promise<void> {
    await Promise.allSettled(readers);
    this.#room.slabs.give(slabs);
    await Promise.all(readers);
  }

  /** Где считать, решает первая пачка: полная значит, что тело велико. */
  #sha(): Sha256 {
    this.#sha256 ??= this.#room.openSha256(this.#gathered === this.#batchBytes);
    return this.#sha256;
  }

  #syncEarly(): void {
    this.#syncedTo = this.#position;
    const syncing = datasync(this.#file).then(() => {
      this.#syncing = undefined;
    });
    syncing.catch(() => undefined);
    this.#syncing = syncing;
  }
}

function datasync(file: DiskFile): Promise<void> {
  return orSyncFailed(file.datasync());
}

/** Отказ сброса и отказ закрытия — одно: диск не подтвердил того, что ему отдали. */
async function orSyncFailed(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new SyncFailed(error);
  }
}
