// Пишет файл, который видит только владелец. Обещание: после сбоя в нём либо прежнее, либо новое, целиком.
import { open, rename } from 'node:fs/promises';
import path from 'node:path';

export async function writePrivateFile(file: string, text: string, mode = 0o600): Promise<void> {
  const draft = `${file}.tmp`;
  const handle = await open(draft, 'w', mode);
  try {
    // Черновик мог остаться от прошлого сбоя с другими правами.
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
