// Журнал части: процесс пишет в файл сам, поэтому журнал не зависит от жизни стенда; размер ограничен.
import { copyFile, open, stat, truncate } from 'node:fs/promises';

const LOG_BYTES_MAX = 20 * 1024 * 1024;
const TAIL_BYTES = 4_000;

/** Открывает на дозапись: при такой записи усечение файла снаружи не оставляет в нём дыр. */
export async function openPartLog(file: string): Promise<Awaited<ReturnType<typeof open>>> {
  await rotateLog(file);
  return open(file, 'a', 0o600);
}

/** Разросшийся журнал копируется в `.1` и усекается; больше двух файлов на часть не бывает. */
export async function rotateLog(file: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size <= LOG_BYTES_MAX) return;
  await copyFile(file, `${file}.1`);
  await truncate(file, 0);
}

/** Последняя жалоба части одной фразой: сообщение об ошибке, а если его не узнать — последняя строка. */
export async function readLogTail(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(TAIL_BYTES),
      position: Math.max(0, size - TAIL_BYTES),
    });
    const lines = buffer.toString('utf8', 0, bytesRead).trim().split('\n');
    return (
      lines
        .findLast(isComplaint)
        ?.replace(/^.*"msg":"(.*?[^\\])".*$/, '$1')
        .trim() ??
      lines.at(-1)?.trim() ??
      ''
    );
  } finally {
    await handle.close();
  }
}

/** Строка pino с уровнем 50 и выше или текст ошибки Node. */
function isComplaint(line: string): boolean {
  return /"level":(?:[56]0|"(?:error|fatal)")/.test(line) || /^\S*Error\b/.test(line);
}
