// Занимает папку за живым процессом при помощи файла с его приметами. Файл мёртвого процесса места не держит.
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive, markProcess, type ProcessMark } from './process-mark.ts';

const ATTEMPTS_MAX = 20;

/** Занимает файл за этим процессом; если он уже занят живым (в том числе нами же), возвращает приметы владельца. */
export async function claimFile(file: string): Promise<ProcessMark | undefined> {
  const draft = `${file}.new-${process.pid}`;
  await writeFile(draft, JSON.stringify(markProcess(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      // link не затирает: из двух одновременных попыток удаётся одна.
      if (await succeeds(link(draft, file), 'EEXIST')) return undefined;
      const owner = await readMark(file);
      if (owner !== undefined && isAlive(owner)) return owner;
      const thief = await takeAway(file);
      if (thief !== undefined) return thief;
    }
    throw new Error(`не удаётся занять ${file}`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Убирает файл мёртвого владельца. Если за это время его сменил живой, возвращает файл на место. */
async function takeAway(file: string): Promise<ProcessMark | undefined> {
  const aside = `${file}.old-${process.pid}`;
  if (!(await succeeds(rename(file, aside), 'ENOENT'))) return undefined;
  try {
    const owner = await readMark(aside);
    if (owner === undefined || !isAlive(owner)) return undefined;
    await succeeds(link(aside, file), 'EEXIST');
    return owner;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readMark(file: string): Promise<ProcessMark | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTicks' in value)) return undefined;
    return { pid: Number(value.pid), startTicks: Number(value.startTicks) };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return undefined;
    throw error;
  }
}

async function succeeds(work: Promise<void>, expectedCode: string): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === expectedCode) return false;
    throw error;
  }
}
