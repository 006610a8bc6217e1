// Находит программу Debian или распаковывает её пакет в node_modules/.cache. В систему ничего не ставится: установка
// nginx запустила бы его службу на порту 80, а распаковке не нужны права root.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEBIAN_PROGRAMS, type DebianProgram, LIBRARY_FOLDER } from './debian-programs.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/artstore-debian');
const SYSTEM_PLACES = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/sbin', '/bin'];

/** Без сети apt не должен держать прогон: мало попыток, короткие сроки, общий предел. */
const APT_OPTIONS = ['-o', 'Debug::NoLocking=1', '-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10'];
const APT_TIMEOUT_MS = 60_000;

/** Где программа лежит сейчас; undefined — её нет, и ничего не скачивается. */
export function findProgram(program: DebianProgram): string | undefined {
  const installed = [...SYSTEM_PLACES.map((place) => join(place, program.name)), join('/', program.path)];
  return [...installed, join(cache, program.package, program.path)].find((path) => existsSync(path));
}

export interface FoundTool {
  readonly path: string;
  /** Окружение, с которым её запускать: у распакованного, а не поставленного пакета библиотеки лежат рядом с ним. */
  readonly env: Readonly<Record<string, string>>;
}

/** Программа по имени: из списка или из тех, что есть в системе всегда. Ничего не скачивает. */
export function findTool(name: string): FoundTool | undefined {
  const program = DEBIAN_PROGRAMS.find((known) => known.name === name);
  if (program === undefined) {
    const path = SYSTEM_PLACES.map((place) => join(place, name)).find((candidate) => existsSync(candidate));
    return path === undefined ? undefined : { path, env: {} };
  }
  const path = findProgram(program);
  if (path === undefined) return undefined;
  const unpacked = join(cache, program.package);
  const libraries = ['usr/lib', 'lib'].map((place) => join(unpacked, place, LIBRARY_FOLDER)).join(':');
  return { path, env: path.startsWith(unpacked) ? { LD_LIBRARY_PATH: libraries } : {} };
}

/**
 * Находит программу, при нужде скачивая и распаковывая пакет.
 * @returns путь или undefined, если apt нет или пакет не достать: кому программа нужна, тот пропустит своё с объяснением
 */
export async function obtainProgram(program: DebianProgram): Promise<string | undefined> {
  const found = findProgram(program);
  if (found !== undefined || !existsSync('/usr/bin/apt-get')) return found;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'work-'));
  try {
    await downloadPackage(program.package, work);
    const unpacked = join(work, 'unpacked');
    for (const name of await readdir(work)) {
      if (name.endsWith('.deb')) await run('dpkg-deb', ['-x', join(work, name), unpacked]);
    }
    await rename(unpacked, join(cache, program.package));
    return findProgram(program);
  } catch {
    // Сети нет, зеркало молчит, пакета нет или соседний прогон распаковал его раньше — различать незачем.
    return findProgram(program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function downloadPackage(name: string, directory: string): Promise<void> {
  const archives = ['-o', `Dir::Cache::archives=${directory}/`];
  const install = [...APT_OPTIONS, ...archives, 'install', '--download-only', '--no-install-recommends', '-y', name];
  const options = { timeout: APT_TIMEOUT_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } };
  try {
    await run('apt-get', install, options);
  } catch (error) {
    // Списков пакетов может ещё не быть; обновить их вправе только root.
    if (process.getuid?.() !== 0) throw error;
    await run('apt-get', [...APT_OPTIONS, 'update'], options);
    await run('apt-get', install, options);
  }
}
