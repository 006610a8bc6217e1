// Модуль управления отдельным процессом, каким его запускает оператор: свой main.ts, своё окружение.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { cleanUp } from './clean-up.ts';
import { callsTo, type TestAdmin } from './start-admin.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

export interface AdminProcess extends Pick<TestAdmin, 'url' | 'call' | 'token' | 'adminToken'> {
  readonly pid: number;
  /** Процесса больше нет. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

interface Spawned {
  /** Порт, если процесс начал слушать; undefined — кончился, не начав. */
  readonly port: Promise<number | undefined>;
  readonly ended: Promise<Ended>;
  readonly pid: number;
}

export async function startAdminProcess(t: TestContext, env: Record<string, string>): Promise<AdminProcess> {
  const { port, ended, pid } = spawnMain(t, env);
  const listening = await port;
  if (listening === undefined) throw new Error(`модуль не запустился: ${(await ended).output}`);
  return { pid, ended, ...callsTo(`http://127.0.0.1:${listening}`) };
}

/** Для запусков, которые обязаны не удаться. */
export async function failToStart(t: TestContext, env: Record<string, string>): Promise<Ended> {
  const { port, ended } = spawnMain(t, env);
  if ((await port) !== undefined) throw new Error('модуль запустился');
  return await ended;
}

function spawnMain(t: TestContext, env: Record<string, string>): Spawned {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], ARTSTORE_TEST_RUN: process.env['ARTSTORE_TEST_RUN'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (output += part.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  const port = new Promise<number | undefined>((resolve) => {
    child.on('message', (message: { type?: string; port?: number }) => {
      if (message.type === 'listening') resolve(message.port);
    });
    void ended.then(() => resolve(undefined));
  });
  cleanUp(t, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { port, ended, pid: child.pid ?? 0 };
}
