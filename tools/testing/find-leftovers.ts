// Что прогон оставил после себя: процессы с его меткой в окружении и подключённые диски. Только Linux; в иных системах
// ничего не ищет.

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LeftoverProcess {
  readonly pid: number;
  readonly command: string;
}

async function readProcFile(pid: string, name: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // Процесс завершился или чужой: ни то ни другое не наше наследство.
    return '';
  }
}

/**
 * Процессы, у которых в окружении есть метка.
 * @param marker строка вида ИМЯ=значение
 */
export async function findProcesses(marker: string): Promise<readonly LeftoverProcess[]> {
  const found: LeftoverProcess[] = [];
  const names = await readdir('/proc').catch(() => []);
  for (const pid of names) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    if (!(await readProcFile(pid, 'environ')).split('\0').includes(marker)) continue;
    const command = (await readProcFile(pid, 'cmdline')).replaceAll('\0', ' ').trim();
    if (command !== '') found.push({ pid: Number(pid), command: command.slice(0, 160) });
  }
  return found;
}

/** Снимает оставшиеся процессы: о них уже сообщено, а мешать следующему прогону они не должны. */
export function killProcesses(processes: readonly LeftoverProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')))
        throw error;
    }
  }
}

/** Куда внутри папки что-нибудь подключено; вложенное — раньше. */
export async function findMounts(folder: string): Promise<readonly string[]> {
  const table = await readProcFile('self', 'mountinfo');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point.startsWith(`${folder}/`)).toReversed();
}

/** Отключает диски; занятый отключится, когда его отпустят. Образ и петлю ядро освобождает само. */
export async function unmountAll(points: readonly string[]): Promise<void> {
  for (const point of points) await run('umount', ['-l', point]);
}
