// Вход npm start: на любом Node >= 20 ставит недостающее и передаёт дело стенду под закреплённым Node.
// Сигналы и код выхода проходят насквозь; стенд не переживает ни этот процесс, ни npm, который его запустил.

import { spawn } from 'node:child_process';
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

/** Убитый npm сигнала не передаст; о его конце говорит смена родителя. */
function watchNpm(child) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, PARENT_POLL_MS).unref();
}
