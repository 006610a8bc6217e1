// Ищет процессы PostgreSQL, оставшиеся на этих данных от прошлого запуска, и останавливает их.
// Узнаёт их не по номеру из postmaster.pid, а по рабочей папке: она у сервера и есть папка данных.
import { readFileSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { markProcess } from '../process-mark.ts';
import { runTool } from './run-tool.ts';
import type { ServerAccount } from './server-account.ts';

const POLL_MS = 50;
/** Сколько ждать после каждого сигнала: быстрая остановка, немедленная, затем без разговоров. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

/**
 * Печатает номера процессов postgres, чья рабочая папка та же, что у этой оболочки. Спрашивает от имени сервера:
 * root в контейнере без CAP_SYS_PTRACE чужих рабочих папок не видит, а своим процессам сервер не чужой.
 */
const SCRIPT = `for p in /proc/[0-9]*; do
  if [ "$p/cwd" -ef . ]; then
    case "$(readlink "$p/exe")" in */postgres | */postgres' (deleted)') echo "\${p#/proc/}" ;; esac
  fi
done 2>/dev/null; exit 0`;

/** Номера процессов postgres, чья рабочая папка — эти данные. */
export async function findLeftovers(dataFolder: string, account: ServerAccount): Promise<number[]> {
  if (!(await isFolder(dataFolder))) return [];
  const run = { program: '/bin/sh', parameters: ['-c', SCRIPT], account, directory: dataFolder };
  const { output } = await runTool(run);
  return output.split('\n').filter(Boolean).map(Number);
}

/** Останавливает найденное и возвращает номер главного процесса; undefined — ничего не осталось. */
export async function stopLeftovers(dataFolder: string, account: ServerAccount): Promise<number | undefined> {
  const found = await findLeftovers(dataFolder, account);
  if (found.length === 0) return undefined;
  const main = await findMain(dataFolder, found);
  for (const step of STOP_STEPS) {
    // Быструю остановку понимает главный процесс; остальные сигналы — всем, кто ещё держит данные.
    const alive = await findLeftovers(dataFolder, account);
    for (const pid of step.signal === 'SIGINT' && alive.includes(main) ? [main] : alive) send(pid, step.signal);
    await waitGone(alive, step.waitMs);
    if ((await findLeftovers(dataFolder, account)).length === 0) return main;
  }
  throw new Error(`процесс базы ${main}, оставшийся от прошлого запуска, не останавливается`);
}

/**
 * Убирает забытый postmaster.pid: совпав номером с чужим процессом, он не пустил бы сервер. Если под этим номером
 * всё же живёт какой-то postgres, файл остаётся: пусть сервер сам откажется, чем два сервера на одних данных.
 */
export async function forgetStalePid(dataFolder: string): Promise<void> {
  const pid = await readRecordedPid(dataFolder);
  if (pid === undefined || readName(pid) === 'postgres') return;
  await rm(path.join(dataFolder, 'postmaster.pid'), { force: true });
}

async function findMain(dataFolder: string, found: readonly number[]): Promise<number> {
  const recorded = await readRecordedPid(dataFolder);
  return recorded !== undefined && found.includes(recorded) ? recorded : Math.min(...found);
}

async function readRecordedPid(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(path.join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Имя программы процесса: его, в отличие от рабочей папки, видно всем. */
function readName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function waitGone(pids: readonly number[], waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (performance.now() < deadline && pids.some((pid) => markProcess(pid) !== undefined)) await sleep(POLL_MS);
}
