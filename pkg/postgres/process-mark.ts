// Узнаёт процесс по номеру и времени начала: один номер ядро со временем отдаёт другому процессу.
import { readFileSync } from 'node:fs';

export interface ProcessMark {
  readonly pid: number;
  /** Тики от загрузки машины до начала процесса: поле 22 в /proc/<pid>/stat (proc(5)). */
  readonly startTicks: number;
}

const START_TICKS_INDEX = 19; // счёт от поля 3: имя в скобках может содержать пробелы, поэтому читаем после него

/** Приметы живого процесса; undefined, если его нет или он уже завершился и ждёт родителя. */
export function markProcess(pid: number): ProcessMark | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[START_TICKS_INDEX]);
  return fields[0] === 'Z' || fields[0] === 'X' || !Number.isInteger(startTicks) ? undefined : { pid, startTicks };
}

/** Жив ли тот самый процесс, с которого сняты приметы. */
export function isAlive(mark: ProcessMark): boolean {
  return markProcess(mark.pid)?.startTicks === mark.startTicks;
}
