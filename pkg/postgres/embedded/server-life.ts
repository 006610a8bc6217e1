// Жизнь процесса сервера: дождаться готовности, заметить конец, остановить, прочесть его последние слова.
import type { ChildProcess } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const READY_POLL_MS = 40;
const CONNECT_TIMEOUT_MS = 2_000;
/** Восстановление после сбоя может быть долгим; сервер всё это время отвечает «запускаюсь». */
const READY_WAIT_MS = 5 * 60_000;
/** Быстрая остановка обычно занимает доли секунды; немедленная тоже ничего не теряет, но следующий запуск читает журнал. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 3_000 },
  { signal: 'SIGQUIT', waitMs: 800 },
  { signal: 'SIGKILL', waitMs: 2_000 },
] as const;
const LOG_TAIL_BYTES = 2_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function watchExit(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

/** Готовность проверяется настоящим соединением: строка в журнале её ещё не означает. */
export async function waitUntilReady(url: string, child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + READY_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error('сервер завершился');
    const failure = await tryConnect(url);
    if (failure === undefined) return;
    if (performance.now() > deadline) throw failure;
    await sleep(READY_POLL_MS);
  }
}

async function tryConnect(url: string): Promise<Error | undefined> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'artstore-start',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export async function stopServer(child: ChildProcess, exited: Promise<Ended>): Promise<void> {
  const timer = new AbortController();
  try {
    for (const step of STOP_STEPS) {
      if (child.exitCode === null && child.signalCode === null) child.kill(step.signal);
      const late = sleep(step.waitMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
      if ((await Promise.race([exited, late])) !== 'late') return;
    }
    throw new Error(`сервер базы ${child.pid ?? ''} не останавливается`);
  } finally {
    timer.abort();
  }
}

/** Что сервер сказал о себе за этот запуск. */
export async function readTail(file: string, from: number): Promise<string> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  const start = Math.max(from, size - LOG_TAIL_BYTES);
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(LOG_TAIL_BYTES), position: start });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
