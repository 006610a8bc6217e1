// Вход npm test: работает на любом Node >= 20, ставит недостающее и передаёт дело закреплённому Node.
// Последняя строка вывода — «N passed, N failed, N skipped», даже если до проверок не дошло.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function giveUp(error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

try {
  const { ensureInstalled } = await import('./ensure-installed.mjs');
  const node = await ensureInstalled();
  const child = spawn(node, [join(root, 'tools/run-tests.ts'), ...process.argv.slice(2)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', giveUp);
  child.once('close', (code, signal) => {
    if (signal !== null) giveUp(new Error(`прогон оборван сигналом ${signal}`));
    else process.exitCode = code ?? 1;
  });
} catch (error) {
  giveUp(error);
}
