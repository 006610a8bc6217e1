// Запускает программы PostgreSQL под нужной учётной записью, с окружением, не зависящим от настроек языка машины.
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import type { ServerAccount } from './server-account.ts';

/** LANG пользователя сюда не попадает: от него менялись бы сообщения и сортировка. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
const OUTPUT_CHARACTERS_MAX = 8_000;

export interface ToolRun {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly account: ServerAccount;
  /** Рабочая папка: spawn входит в неё ещё от имени root, поэтому её родители могут быть закрыты для nobody. */
  readonly directory: string;
  readonly stdio: StdioOptions;
}

/** Запуск в своей группе процессов: Ctrl-C терминала не должен останавливать базу раньше модулей. */
export function spawnTool(run: ToolRun): ChildProcess {
  return spawn(run.program, run.parameters, {
    cwd: run.directory,
    env: ENVIRONMENT,
    stdio: run.stdio,
    detached: true,
    ...(run.account.differs ? { uid: run.account.uid, gid: run.account.gid } : {}),
  });
}

/** Ждёт конца программы и отдаёт код и вывод (не больше предела, хвост). Ошибка запуска отклоняет обещание. */
export async function runTool(run: Omit<ToolRun, 'stdio'>): Promise<{ code: number | null; output: string }> {
  const child = spawnTool({ ...run, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}
