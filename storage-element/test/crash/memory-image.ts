// Образ диска в памяти: у каждого файла и каталога отдельно то, что видит процесс, и то, что уже на пластинах.
// Отключение питания оставляет второе и любую часть того, что между ними.
//
// Правила строже любой настоящей файловой системы и держатся только того, что обещает POSIX:
//   - fsync файла закрепляет его байты и длину, но не имя; fsync каталога закрепляет имена в нём;
//   - несброшенные записи и перемены имён доходят до диска порознь, в любом порядке и не все;
//   - переименование внутри каталога — одна перемена: её видно целиком или никак;
//   - отказавший fsync забывает несброшенное: страницы чисты, второй fsync их не запишет.
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Random } from './random.ts';

const SECTOR_BYTES = 512;

interface Write {
  readonly at: number;
  readonly bytes: Buffer;
  /** Запись начиналась с усечения до нуля (открытие с O_TRUNC). */
  readonly truncates: boolean;
}

interface Inode {
  readonly live: Buffer;
  readonly durable: Buffer;
  readonly pending: readonly Write[];
}

type Entry = number | 'directory';
/** Перемены имён, которые происходят разом. */
type NameChange = readonly (readonly [name: string, entry: Entry | undefined])[];

interface Directory {
  readonly live: ReadonlyMap<string, Entry>;
  readonly durable: ReadonlyMap<string, Entry>;
  readonly pending: readonly NameChange[];
}

/** Что остаётся от несброшенного: см. MemoryImage.crash. */
export type CrashMode = 'kill' | 'drop' | 'keep' | 'names' | 'bytes' | 'shuffle';

export const POWER_MODES: readonly CrashMode[] = ['drop', 'keep', 'names', 'bytes', 'shuffle'];

const EMPTY = Buffer.alloc(0);
const NO_NAMES: ReadonlyMap<string, Entry> = new Map();

export class DiskError extends Error {
  readonly code: string;

  constructor(code: string, what: string) {
    super(`${code}: ${what}`);
    this.name = 'DiskError';
    this.code = code;
  }
}

export class MemoryImage {
  readonly #inodes: Map<number, Inode>;
  readonly #directories: Map<string, Directory>;
  #nextInode: number;

  private constructor(inodes: Map<number, Inode>, directories: Map<string, Directory>, nextInode: number) {
    this.#inodes = inodes;
    this.#directories = directories;
    this.#nextInode = nextInode;
  }

  static empty(): MemoryImage {
    return new MemoryImage(new Map(), new Map([['/', { live: NO_NAMES, durable: NO_NAMES, pending: [] }]]), 1);
  }

  /** Снимок: содержимое общее, потому что неизменно. */
  clone(): MemoryImage {
    return new MemoryImage(new Map(this.#inodes), new Map(this.#directories), this.#nextInode);
  }

  // --- то, что видит процесс ---

  find(path: string): number | undefined {
    const entry = this.#directories.get(posix.dirname(path))?.live.get(posix.basename(path));
    if (entry === 'directory') throw new DiskError('EISDIR', path);
    return entry;
  }

  content(inode: number): Buffer {
    return this.#inode(inode).live;
  }

  names(path: string): string[] | undefined {
    if (this.#entryAt(path) !== 'directory') return undefined;
    return [...(this.#directories.get(path)?.live.keys() ?? [])].sort();
  }

  #entryAt(path: string): Entry | undefined {
    if (path === '/') return 'directory';
    return this.#directories.get(posix.dirname(path))?.live.get(posix.basename(path));
  }

  create(path: string): number {
    if (this.#entryAt(path) !== undefined) throw new DiskError('EEXIST', path);
    const inode = this.#nextInode;
    this.#nextInode += 1;
    this.#inodes.set(inode, { live: EMPTY, durable: EMPTY, pending: [] });
    this.#changeNames(posix.dirname(path), [[posix.basename(path), inode]]);
    return inode;
  }

  write(inode: number, bytes: Uint8Array, at: number, truncates = false): void {
    const { live, durable, pending } = this.#inode(inode);
    const change: Write = { at, bytes: Buffer.from(bytes), truncates };
    this.#inodes.set(inode, { live: applyWrite(live, change), durable, pending: [...pending, change] });
  }

  link(from: string, to: string): void {
    const inode = this.find(from);
    if (inode === undefined) throw new DiskError('ENOENT', from);
    if (this.#entryAt(to) !== undefined) throw new DiskError('EEXIST', to);
    this.#changeNames(posix.dirname(to), [[posix.basename(to), inode]]);
  }

  rename(from: string, to: string): void {
    const inode = this.find(from);
    if (inode === undefined) throw new DiskError('ENOENT', from);
    if (posix.dirname(from) !== posix.dirname(to)) throw new Error('движок переименовывает только внутри каталога');
    this.#changeNames(posix.dirname(to), [
      [posix.basename(from), undefined],
      [posix.basename(to), inode],
    ]);
  }

  unlink(path: string): boolean {
    if (this.find(path) === undefined) return false;
    this.#changeNames(posix.dirname(path), [[posix.basename(path), undefined]]);
    return true;
  }

  makeDirectory(path: string): void {
    const known = this.#entryAt(path);
    if (known === 'directory') return;
    if (known !== undefined) throw new DiskError('EEXIST', path);
    const parent = posix.dirname(path);
    this.makeDirectory(parent);
    this.#directories.set(path, { live: NO_NAMES, durable: NO_NAMES, pending: [] });
    this.#changeNames(parent, [[posix.basename(path), 'directory']]);
  }

  syncInode(inode: number): void {
    const { live, durable, pending } = this.#inode(inode);
    this.#inodes.set(inode, { live, durable: pending.reduce(applyWrite, durable), pending: [] });
  }

  /** Отказавший сброс: процесс видит написанное, но диск о нём забыл. */
  forgetInode(inode: number): void {
    const { live, durable } = this.#inode(inode);
    this.#inodes.set(inode, { live, durable, pending: [] });
  }

  syncDirectory(path: string): void {
    const directory = this.#directory(path);
    this.#directories.set(path, {
      live: directory.live,
      durable: directory.pending.reduce(applyNames, directory.durable),
      pending: [],
    });
  }

  // --- сбой ---

  /**
   * Что увидит следующий запуск. kill — умер процесс, а не машина: видно всё, но несброшенное так и не сброшено.
   * Остальное — отключение питания; из несброшенного осталось: drop — ничего, keep — всё, names — только имена,
   * bytes — только содержимое, shuffle — случайная часть, записи рвутся по секторам.
   */
  crash(mode: CrashMode, random: Random): MemoryImage {
    if (mode === 'kill') return this.clone();
    const inodes = new Map<number, Inode>();
    for (const [id, { durable, pending }] of this.#inodes) {
      const left = pending.flatMap((change) => survivors(change, { mode, random })).reduce(applyWrite, durable);
      inodes.set(id, { live: left, durable: left, pending: [] });
    }
    const directories = new Map<string, Directory>();
    for (const [path, { durable, pending }] of this.#directories) {
      const kept = pending.filter(
        () => mode === 'keep' || mode === 'names' || (mode === 'shuffle' && random.chance(0.5)),
      );
      const left = kept.reduce(applyNames, durable);
      directories.set(path, { live: left, durable: left, pending: [] });
    }
    return new MemoryImage(inodes, directories, this.#nextInode).#withoutUnreachable();
  }

  /** Портит один бит и в памяти, и на пластинах. */
  flipBit(path: string, bit: number): void {
    const inode = this.find(path);
    if (inode === undefined) throw new DiskError('ENOENT', path);
    const { live, durable, pending } = this.#inode(inode);
    const flip = (bytes: Buffer): Buffer => {
      const copy = Buffer.from(bytes);
      const at = bit >> 3;
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
      return copy;
    };
    this.#inodes.set(inode, { live: flip(live), durable: flip(durable), pending });
  }

  /** Одинаковые образы повторно не испытываются. Несброшенное входит в отпечаток: от него зависит второй сбой. */
  fingerprint(): string {
    const hash = createHash('sha1');
    for (const path of [...this.#directories.keys()].sort()) {
      if (this.#entryAt(path) !== 'directory') continue;
      const directory = this.#directory(path);
      hash.update(`\n${path}|${directory.pending.length}`);
      for (const name of [...directory.live.keys()].sort()) {
        const entry = directory.live.get(name);
        hash.update(`\n${name}|`);
        if (typeof entry !== 'number') continue;
        const { live, durable, pending } = this.#inode(entry);
        hash.update(`${pending.length}|`).update(digestOf(live));
        if (pending.length > 0 || live !== durable) hash.update(digestOf(durable));
      }
    }
    return hash.digest('base64');
  }

  #withoutUnreachable(): MemoryImage {
    const reachable = (path: string): boolean =>
      path === '/' || (this.#entryAt(path) === 'directory' && reachable(posix.dirname(path)));
    for (const path of [...this.#directories.keys()]) if (!reachable(path)) this.#directories.delete(path);
    // Имя каталога дошло, а каталог — нет: он пуст.
    for (const [path, { live }] of [...this.#directories]) {
      for (const [name, entry] of live) {
        const inner = posix.join(path, name);
        if (entry === 'directory' && !this.#directories.has(inner)) {
          this.#directories.set(inner, { live: NO_NAMES, durable: NO_NAMES, pending: [] });
        }
      }
    }
    return this;
  }

  #inode(id: number): Inode {
    const inode = this.#inodes.get(id);
    if (inode === undefined) throw new Error(`нет файла ${id}`);
    return inode;
  }

  #directory(path: string): Directory {
    const directory = this.#entryAt(path) === 'directory' ? this.#directories.get(path) : undefined;
    if (directory === undefined) throw new DiskError('ENOENT', path);
    return directory;
  }

  #changeNames(path: string, change: NameChange): void {
    const { live, durable, pending } = this.#directory(path);
    this.#directories.set(path, { live: applyNames(live, change), durable, pending: [...pending, change] });
  }
}

const digests = new WeakMap<Uint8Array, string>();

/** Сумма неизменного содержимого: снимки делят его между собой, и считается она один раз. */
export function digestOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '-';
  const digest = digests.get(bytes) ?? createHash('sha1').update(bytes).digest('base64');
  digests.set(bytes, digest);
  return digest;
}

function applyWrite(bytes: Buffer, { at, bytes: written, truncates }: Write): Buffer {
  const before = truncates ? EMPTY : bytes;
  const after = Buffer.alloc(Math.max(before.length, at + written.length));
  before.copy(after);
  written.copy(after, at);
  return after;
}

function applyNames(names: ReadonlyMap<string, Entry>, change: NameChange): ReadonlyMap<string, Entry> {
  const after = new Map(names);
  for (const [name, entry] of change) {
    if (entry === undefined) after.delete(name);
    else after.set(name, entry);
  }
  return after;
}

/** Что из одной несброшенной записи дошло до диска: вся, ничего или отдельные секторы; на месте прочих прежние байты. */
function survivors(change: Write, { mode, random }: { mode: CrashMode; random: Random }): readonly Write[] {
  if (mode === 'keep' || mode === 'bytes') return [change];
  if (mode !== 'shuffle' || random.chance(0.4)) return [];
  if (random.chance(0.4)) return [change];
  const pieces: Write[] = change.truncates ? [{ at: 0, bytes: EMPTY, truncates: true }] : [];
  let at = change.at;
  const end = change.at + change.bytes.length;
  while (at < end) {
    const next = Math.min(end, at - (at % SECTOR_BYTES) + SECTOR_BYTES);
    const bytes = change.bytes.subarray(at - change.at, next - change.at);
    if (random.chance(0.5)) pieces.push({ at, bytes, truncates: false });
    at = next;
  }
  return pieces;
}
