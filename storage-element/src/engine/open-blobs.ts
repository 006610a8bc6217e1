// Открытые файлы по кругу: участки одного файла просят один за другим (докачка, перемотка), и открывать его каждый раз
// втрое дороже, чем прочесть. Файл без читателей закрывается через несколько секунд.
//
// Убранный файл забывается сразу: место на диске держит и открытый дескриптор, а под тем же именем может лечь другой.
import type { DiskFile } from './disk.ts';

/** Сколько файлов без читателей держать открытыми и как долго. */
const IDLE_FILES_MAX = 64;
const IDLE_MS_MAX = 3_000;

interface SharedFile {
  readonly path: string;
  readonly file: Promise<DiskFile>;
  size: Promise<number> | undefined;
  readers: number;
  idleSinceMs: number;
}

export interface OpenBlobsRoom {
  readonly open: (path: string) => Promise<DiskFile>;
  /** 0 — закрывать сразу, как ушёл последний читатель. */
  readonly idleFilesMax?: number | undefined;
  readonly monotonicMs: () => number;
}

export class OpenBlobs {
  readonly #room: OpenBlobsRoom;
  readonly #idleFilesMax: number;
  readonly #files = new Map<string, SharedFile>();
  readonly #timer: NodeJS.Timeout;

  constructor(room: OpenBlobsRoom) {
    this.#room = room;
    this.#idleFilesMax = room.idleFilesMax ?? IDLE_FILES_MAX;
    this.#timer = setInterval(() => this.#closeIdle(), IDLE_MS_MAX);
    this.#timer.unref();
  }

  /** Открытый для чтения файл; close отдаёт его обратно. Бросает то же, что open. */
  async open(path: string): Promise<DiskFile> {
    let shared = this.#files.get(path);
    if (shared === undefined) {
      shared = { path, file: this.#room.open(path), size: undefined, readers: 0, idleSinceMs: 0 };
      this.#files.set(path, shared);
    }
    shared.readers += 1;
    try {
      return this.#lend(shared, await shared.file);
    } catch (error) {
      if (this.#files.get(path) === shared) this.#files.delete(path);
      throw error;
    }
  }

  #lend(shared: SharedFile, file: DiskFile): DiskFile {
    let lent = true;
    const readOnly = (): Promise<never> => Promise.reject(new Error('этот файл только читают'));
    return {
      write: readOnly,
      datasync: readOnly,
      read: (buffer, position) => file.read(buffer, position),
      // Длина содержимого не меняется: её достаточно спросить раз.
      size: () => (shared.size ??= file.size()),
      close: async () => {
        if (!lent) return;
        lent = false;
        await this.#giveBack(shared);
      },
    };
  }

  async #giveBack(shared: SharedFile): Promise<void> {
    shared.readers -= 1;
    if (shared.readers > 0) return;
    shared.idleSinceMs = this.#room.monotonicMs();
    if (this.#files.get(shared.path) !== shared) {
      await close(shared);
      return;
    }
    // Кто отдан последним, тот и закроется последним.
    this.#files.delete(shared.path);
    this.#files.set(shared.path, shared);
    await this.#closeExcess();
  }

  async #closeExcess(): Promise<void> {
    if (this.#files.size <= this.#idleFilesMax) return;
    const idle = [...this.#files.values()].filter(({ readers }) => readers === 0);
    for (const shared of idle.slice(0, Math.max(0, idle.length - this.#idleFilesMax))) await this.#drop(shared);
  }

  #closeIdle(): void {
    const before = this.#room.monotonicMs() - IDLE_MS_MAX;
    for (const shared of this.#files.values()) {
      if (shared.readers === 0 && shared.idleSinceMs <= before) void this.#drop(shared);
    }
  }

  async #drop(shared: SharedFile): Promise<void> {
    this.#files.delete(shared.path);
    await close(shared);
  }

  /** Файла под этим именем больше нет: следующий откроет то, что лежит там теперь. */
  forget(path: string): void {
    const shared = this.#files.get(path);
    if (shared === undefined) return;
    this.#files.delete(path);
    if (shared.readers === 0) void close(shared);
  }

  /** Закрывает всё, что никто не читает; читаемое закроют читатели. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const shared of this.#files.values()) {
      this.#files.delete(shared.path);
      if (shared.readers === 0) await close(shared);
    }
  }
}

/** Отказ закрытия файла, который только читали, ничего не значит. */
async function close({ file }: SharedFile): Promise<void> {
  await file.then((opened) => opened.close()).catch(() => undefined);
}
