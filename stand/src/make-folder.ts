// Папка вместе с недостающими родителями. mkdir с recursive здесь не годится: там, где создать ничего нельзя,
// а ответ — ENOENT (например, в /proc), Node перебирает родителей без конца.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './stand-error.ts';

const FOLDER_MODE = 0o700;

/** Бросает ошибку файловой системы, если папки нет и создать её нельзя. */
export async function makeFolder(folder: string): Promise<void> {
  if (await isThere(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
  } catch (error) {
    // Её мог только что создать другой запуск.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
