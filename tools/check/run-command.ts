// Запуск одного внешнего инструмента: собрать вывод, измерить время, не дать зависнуть.

import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
}

/** Сколько вывода держать: дальше инструмент только повторяется. */
const OUTPUT_CHARS_MAX = 200_000;

/** Выполняет команду и возвращает итог; отказ запуска — тоже итог, а не исключение. */
export function runCommand(command: Command): Promise<CommandResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let output = '';
    const collect = (chunk: string): void => {
      if (output.length < OUTPUT_CHARS_MAX) output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const timer = setTimeout(() => {
      collect(`\nне уложился в ${command.timeoutMs / 1000} с\n`);
      child.kill('SIGKILL');
    }, command.timeoutMs);
    const finish = (ok: boolean): void => {
      clearTimeout(timer);
      resolve({ ok, output: output.trimEnd(), seconds: (performance.now() - startedAt) / 1000 });
    };
    child.once('error', (error) => {
      collect(`${error.message}\n`);
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
  });
}
