// Какие файлы есть у проекта: отслеживаемые git и новые, кроме игнорируемых. Удалённые с диска не считаются.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const LIST_BYTES_MAX = 64 * 1024 * 1024;

/** Пути от корня проекта. Вне git (архив исходников) проверять нечего — ошибка называет причину. */
export function listFiles(root: string): readonly string[] {
  const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const output = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: LIST_BYTES_MAX });
  return [...new Set(output.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).toSorted();
}
