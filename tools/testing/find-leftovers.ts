// Что прогон оставил после себя: процессы с его меткой в окружении и временные файлы. Только Linux; в иных системах
// процессов не ищет.

import { readdir, readFile } from 'node:fs/promises';

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
