// Временный файл скачивания и его владелец. Имя владельца стоит в имени файла, а переходит файл переименованием:
// оно неделимо, поэтому двум запускам один и тот же файл не достанется. Брошенное убитым запуском подбирает следующий.

import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type Claim =
  | { readonly kind: 'owned'; readonly path: string; readonly release: () => Promise<void> }
  | { readonly kind: 'busy'; readonly pid: number };

interface Owned {
  readonly name: string;
  readonly pid: number;
  readonly startMark: string;
}

/**
 * Занимает временный файл с этим свободным именем (`….part`), при нужде заводит пустой. Освобождённый файл
 * возвращается под свободное имя, и следующий запуск продолжит с него.
 */
export async function claimPart(free: string): Promise<Claim> {
  const own = join(dirname(free), ownedName(free, process.pid, await startMarkOf(process.pid)));
  const owned: Claim = { kind: 'owned', path: own, release: () => renameIfThere(own, free).then(() => undefined) };
  // Сначала переименование, потом просмотр: кто не успел переименовать, увидит успевшего.
  if (await renameIfThere(free, own)) return owned;
  for (const other of await listOwned(free)) {
    if (await isAlive(other)) return { kind: 'busy', pid: other.pid };
    if (await renameIfThere(join(dirname(free), other.name), own)) return owned;
  }
  await (await open(own, 'a', 0o644)).close();
  // Начавшие в один миг могли не увидеть друг друга: уступает тот, чей номер больше. Если и так продолжат оба,
  // файлы у них разные, и содержимое каждого верно.
  for (const other of await listOwned(free)) {
    if (other.pid >= process.pid || !(await isAlive(other))) continue;
    // Пустой и под свободное имя не возвращается: победитель мог уже закончить, и убрать его было бы некому.
    await rm(own, { force: true });
    return { kind: 'busy', pid: other.pid };
  }
  return owned;
}

function ownedName(free: string, pid: number, startMark: string): string {
  return `${basename(free, '.part')}.${pid}-${startMark}.part`;
}

async function listOwned(free: string): Promise<Owned[]> {
  const stem = `${basename(free, '.part')}.`;
  return (await readdir(dirname(free))).flatMap((name) => {
    const [, pid, startMark] = name.startsWith(stem)
      ? (/^(\d{1,10})-(\d+)\.part$/.exec(name.slice(stem.length)) ?? [])
      : [];
    return pid === undefined || startMark === undefined ? [] : [{ name, pid: Number(pid), startMark }];
  });
}

async function isAlive({ pid, startMark }: Owned): Promise<boolean> {
  // Свой номер на чужом файле остался от прежней жизни: в контейнере номера повторяются.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: процесс есть, но чужой.
    if (!hasCode(error, 'EPERM')) return false;
  }
  const now = await startMarkOf(pid);
  return startMark === UNKNOWN_MARK || now === UNKNOWN_MARK || now === startMark;
}

const UNKNOWN_MARK = '0';
/** Место времени запуска в /proc/PID/stat, считая от состояния процесса (proc_pid_stat(5), поле 22). */
const START_TIME_FIELD = 19;

/** Когда запущен процесс: отличает владельца от постороннего с тем же номером. Вне Linux неизвестно. */
async function startMarkOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const mark = line.slice(line.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD] ?? '';
  return /^\d+$/.test(mark) ? mark : UNKNOWN_MARK;
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
