// Папка встроенного сервера: пароль, данные, журнал, кто ею владеет. Единственное место, где записаны её имена.
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { claimFile } from '../claim-file.ts';

const LOG_BYTES_MAX = 10 * 1024 * 1024;

export interface ServerFolder {
  readonly root: string;
  readonly data: string;
  readonly dataDraft: string;
  readonly log: string;
  readonly password: string;
  readonly owner: string;
}

export async function openServerFolder(directory: string): Promise<ServerFolder> {
  const root = path.resolve(directory);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const at = (name: string) => path.join(root, name);
  return {
    root,
    data: at('data'),
    dataDraft: at('data.new'),
    log: at('server.log'),
    password: at('password'),
    owner: at('owner.json'),
  };
}

/** Пароль создаётся один раз, раньше данных: данных без пароля не бывает. */
export async function readOrCreatePassword(folder: ServerFolder): Promise<string> {
  const known = await readFile(folder.password, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (known !== undefined && known.trim() !== '') return known.trim();
  if (await exists(folder.data))
    throw new Error(`пароль базы потерян: нет файла ${folder.password}, а данные в ${folder.data} есть`);
  const password = randomBytes(24).toString('base64url');
  await writeFileDurably(folder.password, `${password}\n`);
  return password;
}

/** Пишет рядом, синхронизирует, переименовывает: после сбоя в файле либо прежнее, либо новое. */
async function writeFileDurably(file: string, text: string): Promise<void> {
  const draft = `${file}.tmp`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(path.dirname(file));
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Занимает папку за этим процессом; занята живым — ошибка с его номером. */
export async function claimFolder(folder: ServerFolder): Promise<void> {
  const owner = await claimFile(folder.owner);
  if (owner !== undefined) throw new Error(`базой в ${folder.root} уже занят процесс ${owner.pid}`);
}

export async function releaseFolder(folder: ServerFolder): Promise<void> {
  await rm(folder.owner, { force: true });
}

/** Открывает журнал сервера на дозапись; разросшийся уходит в server.log.1. */
export async function openServerLog(folder: ServerFolder): Promise<Awaited<ReturnType<typeof open>>> {
  const size = (await stat(folder.log).catch(() => undefined))?.size ?? 0;
  if (size > LOG_BYTES_MAX) await rename(folder.log, `${folder.log}.1`);
  return open(folder.log, 'a', 0o600);
}

export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
