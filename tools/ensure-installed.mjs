// Ставит зависимости, если их нет или они отстали от package-lock.json. Работает на любом Node >= 20, без пакетов.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Убеждается, что node_modules на месте.
 * @returns путь к Node, которым запускают остальное
 */
export async function ensureInstalled() {
  const node = join(root, 'node_modules/.bin/node');
  if (!existsSync(node)) {
    const result = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: root, stdio: 'inherit' });
    if (result.status !== 0) throw new Error('npm ci не удался: смотрите вывод выше');
  }
  return node;
}
