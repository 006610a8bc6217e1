// Файл копии: строки JSON, в конце — сумма всего сказанного. Обещание: прежний файл не затирается, записанный сброшен
// на диск, читать его может лишь владелец, а оборванный или правленый при чтении не пройдёт.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const CHUNK_CHARS = 256 * 1024;

/** Копия не читается или её нельзя записать; сообщение — человеку. */
export class BackupFault extends Error {}

export interface BackupWriter {
  write(line: string): Promise<void>;
}

/** Пишет новый файл; неудача его убирает. */
export async function writeBackup(path: string, fill: (writer: BackupWriter) => Promise<void>): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let waiting = '';
    const flush = async (): Promise<void> => {
      await handle.appendFile(waiting);
      waiting = '';
    };
    await fill({
      async write(line) {
        hash.update(`${line}\n`);
        waiting += `${line}\n`;
        if (waiting.length >= CHUNK_CHARS) await flush();
      },
    });
    waiting += `${JSON.stringify({ $end: hash.digest('hex') })}\n`;
    await flush();
    await handle.sync();
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** Иначе имя нового файла может не пережить отключения питания. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Отдаёт строки файла по одной. @throws BackupFault, если сумма в конце не сошлась или её нет */
export async function* readBackup(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  await once(stream, 'open');
  const hash = createHash('sha256');
  let ended: string | undefined;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (ended !== undefined) throw new BackupFault('после конца копии есть ещё строки / lines after the end');
      if (line.startsWith('{"$end":')) {
        ended = hash.digest('hex');
        if (line !== JSON.stringify({ $end: ended })) {
          throw new BackupFault('сумма копии не сошлась: файл повреждён / the checksum does not match');
        }
        continue;
      }
      hash.update(`${line}\n`);
      yield line;
    }
  } finally {
    stream.destroy();
  }
  if (ended === undefined) throw new BackupFault('копия обрывается: конца нет / the file is truncated');
}
