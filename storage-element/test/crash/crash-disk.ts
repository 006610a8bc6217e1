// Диск испытаний: Disk поверх образа в памяти. Считает действия, перед каждым зовёт наблюдателя, умеет отказывать.
// Асинхронные действия ждут своей очереди, и очередь выбирает случай: контрольная точка и писатели перемежаются
// по-разному, но при одном зерне — одинаково.
import type { Disk, DiskFile, DiskSpace, OpenHow } from '../../src/engine/disk.ts';
import { DiskError, type MemoryImage } from './memory-image.ts';
import type { Random } from './random.ts';

export type OperationKind =
  | 'open'
  | 'write'
  | 'read'
  | 'datasync'
  | 'close'
  | 'writeSmall'
  | 'readSmall'
  | 'rename'
  | 'link'
  | 'remove'
  | 'makeDirectory'
  | 'list'
  | 'syncFile'
  | 'syncDirectory';

export interface Operation {
  readonly index: number;
  readonly kind: OperationKind;
  readonly path: string;
  /** Меняет ли оно диск или его сброшенную часть: только такие точки сбоя отличимы. */
  readonly mutates: boolean;
  /** Нужно ли ему новое место: перезапись заведённого, сброс и уборка обходятся без него. */
  readonly grows: boolean;
}

/** Как действие отказывает. forget — сброс, после которого страницы чисты, а на диске прежнее. */
export type Refusal = 'EIO' | 'ENOSPC' | 'forget';

export interface CrashDiskOptions {
  readonly image: MemoryImage;
  readonly random: Random;
  /** Зовётся перед каждым действием; образ ещё прежний. */
  readonly before?: (operation: Operation, disk: CrashDisk) => void;
  readonly refuse?: (operation: Operation) => Refusal | undefined;
  readonly freeBytes?: () => number;
}

const READ_ONLY: ReadonlySet<OperationKind> = new Set(['read', 'close', 'readSmall', 'list']);

export class CrashDisk implements Disk {
  readonly image: MemoryImage;
  readonly #options: CrashDiskOptions;
  readonly #waiting: (() => void)[] = [];
  #pumping = false;
  #operations = 0;
  #openFiles = 0;
  #stopped = false;

  constructor(options: CrashDiskOptions) {
    this.image = options.image;
    this.#options = options;
  }

  /** Сколько действий уже началось. */
  get operations(): number {
    return this.#operations;
  }

  get openFiles(): number {
    return this.#openFiles;
  }

  /** С этого мига ни одно действие не завершится: машина выключена. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  open(path: string, how: OpenHow): Promise<DiskFile> {
    return this.#later(() => {
      const refusal = this.#enter('open', path, how === 'create' || how === 'stream');
      if (refusal !== undefined) throw new DiskError(refusal, path);
      const inode = how === 'create' || how === 'stream' ? this.image.create(path) : this.image.find(path);
      if (inode === undefined) throw new DiskError('ENOENT', path);
      this.#openFiles += 1;
      return this.#handle(path, inode);
    });
  }

  #handle(path: string, inode: number): DiskFile {
    return {
      write: (chunks, position) =>
        this.#later(() => {
          const bytes = Buffer.concat(chunks);
          const grows = position + bytes.length > this.image.content(inode).length;
          const refusal = this.#enter('write', path, grows);
          // Отказавшая запись успевает положить часть байтов.
          if (refusal !== undefined) this.image.write(inode, bytes.subarray(0, bytes.length >> 1), position);
          if (refusal !== undefined) throw new DiskError(refusal, path);
          this.image.write(inode, bytes, position);
        }),
      read: (buffer, position) =>
        this.#later(() => {
          if (this.#enter('read', path) !== undefined) throw new DiskError('EIO', path);
          const found = this.image.content(inode).subarray(position, position + buffer.byteLength);
          buffer.set(found);
          return found.length;
        }),
      datasync: () => this.#later(() => this.#sync('datasync', path, inode)),
      size: () =>
        this.#later(() => {
          if (this.#enter('read', path) !== undefined) throw new DiskError('EIO', path);
          return this.image.content(inode).length;
        }),
      close: () =>
        this.#later(() => {
          this.#openFiles -= 1;
          if (this.#enter('close', path) !== undefined) throw new DiskError('EIO', path);
        }),
    };
  }

  writeSmall(path: string, bytes: Uint8Array | string, how: 'create' | 'replace'): void {
    const refusal = this.#enter('writeSmall', path, true);
    const known = this.image.find(path);
    if (how === 'create' && known !== undefined) throw new DiskError('EEXIST', path);
    const content = Buffer.from(bytes as Uint8Array);
    const inode = known ?? this.image.create(path);
    const written = refusal === undefined ? content : content.subarray(0, content.length >> 1);
    this.image.write(inode, written, 0, known !== undefined);
    if (refusal !== undefined) throw new DiskError(refusal, path);
  }

  overwrite(path: string, bytes: Uint8Array | string): void {
    const refusal = this.#enter('writeSmall', path);
    const inode = this.image.find(path);
    if (inode === undefined) throw new DiskError('ENOENT', path);
    const content = Buffer.from(bytes as Uint8Array);
    this.image.write(inode, refusal === undefined ? content : content.subarray(0, content.length >> 1), 0);
    if (refusal !== undefined) throw new DiskError(refusal, path);
  }

  readSmall(path: string): Buffer | undefined {
    if (this.#enter('readSmall', path) !== undefined) throw new DiskError('EIO', path);
    const inode = this.image.find(path);
    return inode === undefined ? undefined : Buffer.from(this.image.content(inode));
  }

  rename(from: string, to: string): void {
    this.#enterOrThrow('rename', to, this.image.find(to) === undefined);
    this.image.rename(from, to);
  }

  link(from: string, to: string): void {
    this.#enterOrThrow('link', to, true);
    this.image.link(from, to);
  }

  remove(path: string): boolean {
    this.#enterOrThrow('remove', path);
    return this.image.unlink(path);
  }

  makeDirectory(path: string): void {
    this.#enterOrThrow('makeDirectory', path, this.image.names(path) === undefined);
    this.image.makeDirectory(path);
  }

  list(path: string): string[] {
    this.#enterOrThrow('list', path);
    const names = this.image.names(path);
    if (names === undefined && this.image.find(path) !== undefined) throw new DiskError('ENOTDIR', path);
    return names ?? [];
  }

  sizeOf(path: string): number | undefined {
    const inode = this.image.find(path);
    return inode === undefined ? undefined : this.image.content(inode).length;
  }

  syncFile(path: string): Promise<void> {
    return this.#later(() => {
      const inode = this.image.find(path);
      if (inode === undefined) throw new DiskError('ENOENT', path);
      this.#sync('syncFile', path, inode);
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.#later(() => {
      this.#enterOrThrow('syncDirectory', path);
      this.image.syncDirectory(path);
    });
  }

  space(): Promise<DiskSpace> {
    const freeBytes = this.#options.freeBytes?.() ?? 2 ** 30;
    return Promise.resolve({ freeBytes, totalBytes: 2 ** 30, freeNames: Number.POSITIVE_INFINITY });
  }

  #sync(kind: OperationKind, path: string, inode: number): void {
    const refusal = this.#enter(kind, path);
    if (refusal === undefined) {
      this.image.syncInode(inode);
      return;
    }
    if (refusal === 'forget') this.image.forgetInode(inode);
    throw new DiskError('EIO', path);
  }

  #enterOrThrow(kind: OperationKind, path: string, grows = false): void {
    const refusal = this.#enter(kind, path, grows);
    if (refusal !== undefined) throw new DiskError(refusal === 'forget' ? 'EIO' : refusal, path);
  }

  #enter(kind: OperationKind, path: string, grows = false): Refusal | undefined {
    const operation = { index: this.#operations, kind, path, mutates: !READ_ONLY.has(kind), grows };
    this.#options.before?.(operation, this);
    this.#operations += 1;
    return this.#options.refuse?.(operation);
  }

  #later<T>(act: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#stopped) return promise;
    this.#waiting.push(() => {
      try {
        resolve(act());
      } catch (error) {
        reject(error);
      }
    });
    this.#pump();
    return promise;
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const [act] = this.#waiting.splice(this.#options.random.below(this.#waiting.length || 1), 1);
      act?.();
      if (this.#waiting.length > 0) this.#pump();
    });
  }
}
