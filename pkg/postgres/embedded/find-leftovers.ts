// Ищет процессы PostgreSQL, оставшиеся на этих данных от прошлого запуска, и останавливает их.
// Узнаёт их не по номеру из postmaster.pid, а по рабочей папке: она у сервера и есть папка данных.
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** Сколько ждать после каждого сигнала: быстрая остановка, немедленная, затем без разговоров. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

/** Номера процессов postgres, чья рабочая папка — эти данные. */
export async function findLeftovers(dataFolder: string): Promise<number[]> {
  const data = await stat(dataFolder).catch(() => undefined);
  if (data === undefined) return [];
  const pids: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const folder = await stat(`/proc/${name}/cwd`);
      if (folder.dev !== data.dev || folder.ino !== data.ino) continue;
      const program = (await readlink(`/proc/${name}/exe`)).replace(/ \(deleted\)$/, '');
      if (path.basename(program) === 'postgres') pids.push(Number(name));
    } catch {
      // Процесс успел уйти или он чужой: чужой не мог бы открыть наши данные.
    }
  }
  return pids;
}

/** Останавливает найденное и возвращает номер главного процесса; undefined — ничего не осталось. */
export async function stopLeftovers(dataFolder: string): Promise<number | undefined> {
  const found = await findLeftovers(dataFolder);
  if (found.length === 0) return undefined;
  const main = await findMain(dataFolder, found);
  for (const step of STOP_STEPS) {
    // Быструю остановку понимает главный процесс; остальные сигналы — всем, кто ещё держит данные.
    const alive = await findLeftovers(dataFolder);
    for (const pid of step.signal === 'SIGINT' && alive.includes(main) ? [main] : alive) send(pid, step.signal);
    if (await allGone(dataFolder, step.waitMs)) return main;
  }
  throw new Error(`процесс базы ${main}, оставшийся от прошлого запуска, не останавливается`);
}

async function findMain(dataFolder: string, found: readonly number[]): Promise<number> {
  const text = await readFile(path.join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const recorded = Number(text.split('\n')[0]);
  return found.includes(recorded) ? recorded : Math.min(...found);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function allGone(dataFolder: string, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (performance.now() < deadline) {
    if ((await findLeftovers(dataFolder)).length === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}
