// Единственный, кто касается node:fs. Движок получает Disk параметром, поэтому те же строки работают
// и на настоящем диске, и на диске испытаний, который теряет несброшенное.
//
// Малые записи (описание, байты до 64 КиБ) синхронны: это копия в кэш страниц, около 25 мкс,
// втрое дешевле трёх походов в пул потоков. Всё, что ждёт железо, асинхронно.
//
// Длиннее трёхсот строк: сюда собраны все обращения к node:fs — файлы, каталоги, присмотр за каталогом.
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Открытый файл. Позиции и длины — в байтах. */
export interface DiskFile {
  /** Пишет все куски подряд с позиции; короткая запись продолжается до конца. */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** Читает в буфер; меньше длины буфера возвращает только на конце файла. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** fdatasync: содержимое и длина переживут отключение питания. */
  datasync(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** Свободное и всё место диска (statfs). */
export interface DiskSpace {
  /** Свободно для непривилегированных, байт. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Сколько ещё имён (inode) можно завести сверх малого запаса самому движку; Infinity, если им нет числа. */
  readonly freeNames: number;
}

export type OpenHow = 'read' | 'create' | 'update' | 'stream';

export interface Disk {
  /** stream — создать для большого потока: ровные куски идут мимо кэша страниц, если файловая система это умеет. */
  open(path: string, how: OpenHow): Promise<DiskFile>;
  /** Создаёт или (replace) целиком переписывает малый файл, без сброса на диск. */
  writeSmall(path: string, bytes: Uint8Array | string, how: 'create' | 'replace'): void;
  /** Пишет поверх начала существующего файла, не укорачивая его и не заводя нового. */
  overwrite(path: string, bytes: Uint8Array | string): void;
  /** Читает малый файл; undefined, если его нет. Прочие ошибки бросает. */
  readSmall(path: string): Buffer | undefined;
  rename(from: string, to: string): void;
  /** Второе имя тех же байтов; занятое имя не перекрывает (EEXIST). */
  link(from: string, to: string): void;
  /** Убирает имя; false, если его и не было. */
  remove(path: string): boolean;
  makeDirectory(path: string): void;
  /** Имена в каталоге; пустой список, если каталога нет. */
  list(path: string): string[];
  /** Длина файла; undefined, если его нет. */
  sizeOf(path: string): number | undefined;
  syncFile(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  space(path: string): Promise<DiskSpace>;
}

export function isCode(error: unknown, code: string): error is Error {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Места больше нет: на диске, в квоте или у SQLite, который назвал это по-своему. */
export function isNoSpace(error: unknown): boolean {
  if (isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')) return true;
  return error instanceof Error && 'errcode' in error && SQLITE_NO_SPACE.has(Number(error.errcode));
}

/** SQLITE_FULL, IOERR_SHMOPEN и IOERR_SHMSIZE: не нашлось места самой базе или памяти, общей у её соединений. */
const SQLITE_NO_SPACE: ReadonlySet<number> = new Set([13, 4618, 4874]);

/** Нехватка места там, где диск её сам не назвал: в другом потоке (код ошибки через сообщение не проходит) или раньше. */
export function noSpace(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: 'ENOSPC' });
}

/** Значение, если имя есть; undefined при ENOENT; прочие ошибки идут дальше. */
function unlessMissing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const OPEN_FLAGS = { read: 'r', create: 'wx+', update: 'r+', stream: 'wx+' } as const;

class RealFile implements DiskFile {
  readonly #handle: fsp.FileHandle;

  constructor(handle: fsp.FileHandle) {
    this.#handle = handle;
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    let rest = chunks;
    let at = position;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest as Uint8Array[], at);
      at += bytesWritten;
      rest = dropBytes(rest, bytesWritten);
    }
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < buffer.byteLength) {
      const { bytesRead } = await this.#handle.read(buffer, done, buffer.byteLength - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Блок, которому кратны место и длина прямой записи на любом известном диске. */
const BLOCK_BYTES = 4096;
/** Короче — дешевле через кэш: прямая запись ждёт диск. */
const DIRECT_BYTES_MIN = 128 << 10;

/**
 * Файл, который пишут подряд и много. Ровное идёт прямо из памяти на диск (O_DIRECT): без копии в кэш страниц
 * и без страниц под неё, а они и стоили дороже всего — на гигабайт 0,6 с ядра, а где память выдаёт гипервизор, до 3 с.
 * Хвост и всё неровное идёт обычной записью; страниц, начатых прямой записью, она не касается.
 * Файловая система, которая так не умеет, отвечает EINVAL, и файл дописывается обычным путём.
 */
class StreamFile extends RealFile {
  readonly #path: string;
  #direct: fsp.FileHandle | undefined;
  #refused = false;

  constructor(handle: fsp.FileHandle, path: string) {
    super(handle);
    this.#path = path;
  }

  override async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    const written = !this.#refused && isEven(chunks, position) ? await this.#writeDirect(chunks, position) : 0;
    const rest = dropBytes(chunks, written);
    if (rest.length > 0) await super.write(rest, position + written);
  }

  /** Сколько байт легло мимо кэша; 0 — здесь так нельзя. */
  async #writeDirect(chunks: readonly Uint8Array[], position: number): Promise<number> {
    try {
      this.#direct ??= await fsp.open(this.#path, fs.constants.O_WRONLY | fs.constants.O_DIRECT);
      return (await this.#direct.writev(chunks as Uint8Array[], position)).bytesWritten;
    } catch (error) {
      if (!isCode(error, 'EINVAL')) throw error;
      this.#refused = true;
      return 0;
    }
  }

  override async close(): Promise<void> {
    try {
      await this.#direct?.close();
    } finally {
      await super.close();
    }
  }
}

function isEven(chunks: readonly Uint8Array[], position: number): boolean {
  const bytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return (
    bytes >= DIRECT_BYTES_MIN &&
    position % BLOCK_BYTES === 0 &&
    chunks.every(({ byteOffset, byteLength }) => byteOffset % BLOCK_BYTES === 0 && byteLength % BLOCK_BYTES === 0)
  );
}

/** Что осталось дописать после короткой записи. */
function dropBytes(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  let index = 0;
  for (; index < chunks.length; index += 1) {
    const length = chunks[index]?.byteLength ?? 0;
    if (left < length) break;
    left -= length;
  }
  const first = chunks[index];
  if (first === undefined) return [];
  return left === 0 ? chunks.slice(index) : [first.subarray(left), ...chunks.slice(index + 1)];
}

async function syncPath(path: string): Promise<void> {
  const handle = await fsp.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Каталог вместе с недостающими родителями. Своими шагами: mkdir с recursive там, где создать ничего нельзя,
 * а ответ — ENOENT (например, в /proc), перебирает родителей без конца.
 */
function makeDirectory(path: string): void {
  if (unlessMissing(() => fs.statSync(path).isDirectory())) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  fs.mkdirSync(path, { mode: 0o750 });
}

/** Настоящий диск. */
export function createRealDisk(): Disk {
  return {
    open: async (path, how) => {
      const handle = await fsp.open(path, OPEN_FLAGS[how], 0o640);
      return how === 'stream' ? new StreamFile(handle, path) : new RealFile(handle);
    },
    writeSmall: (path, bytes, how) => {
      fs.writeFileSync(path, bytes, { flag: how === 'create' ? 'wx' : 'w', mode: 0o640 });
    },
    overwrite: (path, bytes) => fs.writeFileSync(path, bytes, { flag: 'r+' }),
    readSmall: (path) => unlessMissing(() => fs.readFileSync(path)),
    rename: (from, to) => fs.renameSync(from, to),
    link: (from, to) => fs.linkSync(from, to),
    remove: (path) => unlessMissing(() => (fs.unlinkSync(path), true)) ?? false,
    makeDirectory,
    list: (path) => unlessMissing(() => fs.readdirSync(path)) ?? [],
    // Без исключения: при повторе журнала большинства имён нет, а исключение втрое дороже самого взгляда.
    sizeOf: (path) => fs.statSync(path, { throwIfNoEntry: false })?.size,
    syncFile: syncPath,
    syncDirectory: syncPath,
    space: async (path) => {
      const stat = await fsp.statfs(path);
      const totalBytes = stat.blocks * stat.bsize;
      // Где имена конечны (ext4), без них не поможет и свободное место; btrfs и подобные считают их нулём.
      const kept = Math.max(NAMES_MIN, Math.min(NAMES_MAX, stat.files / 16));
      const freeNames = stat.files > 0 ? stat.ffree - kept : Number.POSITIVE_INFINITY;
      return { freeBytes: stat.bavail * stat.bsize, totalBytes, freeNames };
    },
  };
}

/**
 * Столько имён (inode) остаётся движку: новому ведру и дню, указателю, точке и отметкам, описаниям, которые правят.
 * На диске, где имён много, — с запасом.
 */
const NAMES_MIN = 16;
const NAMES_MAX = 1024;

/** Взгляд на каталог как на часть машины: тот ли это диск и что он позволяет. Настоящему диску, не испытаниям. */
export interface DirectoryProbe {
  /** Устройство и номер: у подменённого каталога они другие. undefined, если его нет или не видно. */
  identify(path: string): string | undefined;
  /** Файловая система под путём оборвана: даже взгляд на каталог кончается EIO. */
  dead(path: string): boolean;
  /** Устройство; undefined, если каталога нет. */
  device(path: string): string | undefined;
  /** Файл, каким его видно снаружи: меняется с каждой заменой. undefined, если его нет или не видно. */
  version(path: string): string | undefined;
  /** false — каталог только для чтения: так считает ядро (ask) или так кончилась пробная запись (try). */
  writable(path: string, how: 'ask' | 'try'): boolean;
  /** Свободно прямо сейчас, байт; тем, кому нельзя ждать между проверкой и записью. */
  freeBytes(path: string): number;
  /** Длина блока файловой системы под путём. */
  blockBytes(path: string): number;
  /** Вид файловой системы под путём: число statfs и слово из mountinfo, если оно известно. */
  fileSystem(path: string): { readonly type: number; readonly name: string | undefined };
}

export function createDirectoryProbe(): DirectoryProbe {
  return {
    identify: (path) => visible(path, ({ dev, ino }) => `${dev}:${ino}`),
    dead: (path) => {
      try {
        fs.statSync(path);
        return false;
      } catch (error) {
        return isCode(error, 'EIO');
      }
    },
    device: (path) => visible(path, ({ dev }) => String(dev)),
    version: (path) => visible(path, ({ dev, ino, mtimeNs, size }) => `${dev}:${ino}:${mtimeNs}:${size}`),
    writable: (path, how) => {
      try {
        if (how === 'ask') fs.accessSync(path, fs.constants.W_OK);
        else tryWriting(join(path, '.write-probe'));
        return true;
      } catch (error) {
        return !isCode(error, 'EROFS');
      }
    },
    freeBytes: (path) => {
      const { bavail, bsize } = fs.statfsSync(path);
      return bavail * bsize;
    },
    blockBytes: (path) => fs.statfsSync(path).bsize,
    fileSystem: (path) => {
      const { dev } = fs.statSync(path, { bigint: true });
      return { type: fs.statfsSync(path).type, name: mountedAs(dev) };
    },
  };
}

function tryWriting(path: string): void {
  fs.writeFileSync(path, '');
  fs.unlinkSync(path);
}

/** Не видно — всё равно почему: имени нет, диск отвечает ошибкой, прав больше нет. */
function visible<T>(path: string, read: (stat: fs.BigIntStats) => T): T | undefined {
  try {
    return read(fs.statSync(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** Слово mountinfo (proc(5)) для устройства: `fuse.sshfs` говорит больше, чем число. */
function mountedAs(device: bigint): string | undefined {
  const number = `${(device >> 8n) & 0xfffn}:${(device & 0xffn) | ((device >> 12n) & 0xfff00n)}`;
  const table = unlessMissing(() => fs.readFileSync('/proc/self/mountinfo', 'utf8')) ?? '';
  const line = table.split('\n').find((entry) => entry.split(' ')[2] === number);
  return line?.split(' - ')[1]?.split(' ')[0];
}

/**
 * Заменяет малый файл так, что после отключения питания на месте либо прежний, либо новый целиком:
 * новый текст → сброс → переименование → сброс каталога.
 */
export async function replaceDurably(disk: Disk, path: string, text: string): Promise<void> {
  const fresh = `${path}.tmp`;
  disk.writeSmall(fresh, text, 'replace');
  await disk.syncFile(fresh);
  disk.rename(fresh, path);
  await disk.syncDirectory(dirname(path));
}
