// Проверки до первого процесса: папка, место, порты. Обещание: отказ здесь не оставляет ничего начатого.
import { once } from 'node:events';
import { open, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';
import type { Messages } from './messages.ts';
import { codeOf, StandError } from './stand-error.ts';

const MIB = 1024 * 1024;
/** База, её журнал, журналы элементов и запас, чтобы начатое можно было закончить. */
const FREE_BYTES_MIN = 512 * MIB;
const PASSWORD_LENGTH_MIN = 12;
/** Порт Query, самый высокий, при таком сдвиге остаётся ниже 65536. */
const SHIFT_MAX = 57_000;

/** Разбирает ARTSTORE_PORT_SHIFT; пустое значение — без сдвига. */
export function parsePortShift(value: string | undefined, messages: Messages): number {
  if (value === undefined || value === '') return 0;
  const shift = Number(value);
  if (!/^\d{1,5}$/.test(value) || shift > SHIFT_MAX) throw new StandError(messages.badShift(value));
  return shift;
}

/** Пароль проверяется до того, как он записан: Admin всё равно отказался бы от короткого. */
export function checkAdminPassword(password: string | undefined, messages: Messages): void {
  if (password !== undefined && password.length < PASSWORD_LENGTH_MIN) {
    throw new StandError(messages.shortPassword(PASSWORD_LENGTH_MIN));
  }
}

/** Папка есть, в неё можно писать, и место на диске есть. */
export async function checkHome(home: string, messages: Messages, freeBytesMin = FREE_BYTES_MIN): Promise<void> {
  const probe = path.join(home, `.probe-${process.pid}`);
  try {
    await makeFolder(home);
    await (await open(probe, 'w', 0o600)).close();
    await rm(probe);
  } catch (error) {
    const code = codeOf(error);
    // ENOTDIR — файл на пути к папке, EEXIST — файл на её месте.
    const isFile = code === 'ENOTDIR' || code === 'EEXIST';
    const text = isFile ? messages.notFolder(home) : messages.notWritable(home, code || String(error));
    throw new StandError(text, { cause: error });
  }
  const { bavail, bsize } = await statfs(home);
  const freeBytes = bavail * bsize;
  if (freeBytes < freeBytesMin) {
    throw new StandError(messages.noSpace(home, Math.floor(freeBytes / MIB), Math.ceil(freeBytesMin / MIB)));
  }
}

export interface WantedPort {
  readonly name: string;
  readonly port: number;
}

/** Первый занятый порт — отказ. */
export async function checkPorts(wanted: readonly WantedPort[], messages: Messages): Promise<void> {
  for (const { name, port } of wanted) {
    if (!(await isFree(port))) throw new StandError(messages.portTaken(port, name));
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES') return false;
    throw error;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
