// Единственное место, где порождённое пишут на диск или сверяют с тем, что в нём лежит.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Output {
  /** Кладёт файл (или сверяет его в режиме check); путь от корня проекта. */
  put(path: string, text: string): Promise<void>;
  /** Печатает итог; false — в режиме check что-то отстало. */
  report(): boolean;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param check true — ничего не писать, только запомнить отставшее */
export function createOutput({ root, check }: { root: string; check: boolean }): Output {
  const stale: string[] = [];
  let current = 0;
  return {
    async put(path, text) {
      const full = join(root, path);
      if ((await readIfPresent(full)) === text) {
        current += 1;
        return;
      }
      stale.push(path);
      if (check) return;
      await mkdir(dirname(full), { recursive: true });
      // Переименование, а не запись на место: тот, кто читает файл в эту минуту, не увидит половины.
      const temporary = `${full}.${process.pid}.tmp`;
      await writeFile(temporary, text);
      await rename(temporary, full);
    },
    report() {
      for (const path of stale) console.log(check ? `отстал: ${path}` : `записан: ${path}`);
      if (check && stale.length > 0) console.log('Запустите npm run generate и закоммитьте результат.');
      if (!check) console.log(`порождено: изменилось ${stale.length}, осталось прежним ${current}`);
      return !check || stale.length === 0;
    },
  };
}
