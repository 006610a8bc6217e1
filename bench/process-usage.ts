// Сколько процессора и памяти взяли процессы сервера: по /proc, то есть только в Linux.

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Процессорное время процесса (своё и дождавшихся детей), с. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Имя в скобках может содержать пробелы, поэтому поля считают после последней скобки.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Наибольшая резидентная память процесса за его жизнь, байт. */
export async function peakResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Сколько резидентной памяти у процесса сейчас, байт. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Процессорное время всех процессов вместе, с. */
export async function totalCpuSeconds(pids: readonly number[]): Promise<number> {
  const values = await Promise.all(pids.map(cpuSeconds));
  return values.reduce((sum, value) => sum + value, 0);
}
