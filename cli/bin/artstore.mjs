#!/usr/bin/env node
// Вход команды artstore на любом Node >= 20: сама команда написана на TypeScript, и исполняет её закреплённый Node.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_OWN = 26;

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '..', 'src', 'main.ts');
const pinned = join(here, '..', '..', 'node_modules', '.bin', 'node');

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_OWN) {
  await import(main);
} else if (existsSync(pinned)) {
  // Канал ipc — знак жизни: если этот процесс убьют, команда заметит обрыв и остановится.
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // Ctrl+C получает вся группа; здесь важно лишь дождаться, чем кончит сама команда.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
  child.on('error', (error) => {
    process.stderr.write(`artstore: ${error.message}\n`);
    process.exitCode = 1;
  });
} else {
  process.stderr.write(
    'artstore: зависимости не установлены, выполните npm start или npm ci / run npm start or npm ci first\n',
  );
  process.exitCode = 1;
}
