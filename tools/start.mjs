// Вход npm start: на любом Node >= 20 ставит недостающее и передаёт дело стенду под закреплённым Node.
// Сигналы и код выхода проходят насквозь; стенд не переживает ни этот процесс, ни npm, который его запустил.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PARENT_POLL_MS = 500;

try {
  const { ensureInstalled } = await import('./ensure-installed.mjs');
  run(await ensureInstalled());
} catch (error) {
  console.error(`ArtStore: ${error.name === 'InstallError' ? error.message : error.stack}`);
  process.exitCode = 1;
}

function run(node) {
  // Канал ipc — знак жизни: если этот процесс убьют, стенд заметит обрыв и остановится.
  const child = spawn(node, [join(root, 'stand', 'src', 'main.ts')], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', (error) => {
    console.error(`ArtStore: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) watchNpm(child);
}

/** Убитый npm сигнала не передаст; о его конце говорит смена родителя — у нас или у оболочки, через которую он нас запустил. */
function watchNpm(child) {
  const parent = process.ppid;
  const throughShell = /^(sh|ash|dash|bash|busybox)$/.test(read(`/proc/${parent}/comm`).trim());
  const ancestors = () => `${process.ppid} ${throughShell ? parentOf(parent) : ''}`;
  const before = ancestors();
  setInterval(() => {
    if (ancestors() !== before) child.kill('SIGTERM');
  }, PARENT_POLL_MS).unref();
}

function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
