// Для проверок: элемент отдельным процессом — его можно убить, перезапустить и измерить.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { cleanUp } from './clean-up.ts';
import type { TokenIssuer } from './issue-tokens.ts';
import { send } from './send.ts';
import { type Element, type ElementInfo, callsTo } from './start-element.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

export interface ElementProcess extends Pick<Element, 'token' | 'call' | 'put'> {
  readonly child: ChildProcess;
  readonly url: string;
  readonly storageId: string;
  readonly startedMs: number;
  readonly output: () => string;
  /** Завершение: код или сигнал. */
  readonly ended: Promise<number | string>;
  /** Резидентная память процесса сейчас, байт. */
  residentBytes(): Promise<number>;
  cpuSeconds(): Promise<number>;
}

/**
 * Что напечатал процесс и чем он кончил; для запусков, которые обязаны не удаться.
 * through — команда, через которую его запустить (setpriv, sh -c): она обязана кончаться exec.
 */
export function spawnMain(
  t: TestContext,
  env: Record<string, string>,
  through: readonly string[] = [],
): Pick<ElementProcess, 'child' | 'output' | 'ended'> {
  const [program, ...words] = [...through, process.execPath, MAIN];
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'], ARTSTORE_TEST_RUN: process.env['ARTSTORE_TEST_RUN'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  cleanUp(t, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => text, ended };
}

export async function startProcess(
  t: TestContext,
  o: { env: Record<string, string>; ca: string; tokens: TokenIssuer; through?: readonly string[] },
): Promise<ElementProcess> {
  const startedAt = performance.now();
  const { child, output, ended } = spawnMain(t, o.env, o.through);
  const listening = once(child, 'message') as Promise<[{ type: string; port: number }]>;
  const first = await Promise.race([listening, ended]);
  if (!Array.isArray(first)) throw new Error(`процесс кончился раньше, чем открыл порт (${first}):\n${output()}`);
  const url = `${o.env['SE_PLAIN_HTTP'] === 'true' ? 'http' : 'https'}://127.0.0.1:${first[0].port}`;
  const startedMs = performance.now() - startedAt;
  const storageId = (await send({ method: 'GET', url: `${url}/api/v1/info`, ca: o.ca })).json<ElementInfo>().storage_id;
  return {
    child,
    url,
    storageId,
    startedMs,
    output,
    ended,
    ...callsTo({ url, ca: o.ca, tokens: o.tokens, storageId }),
    residentBytes: async () =>
      Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    cpuSeconds: async () => {
      const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
  };
}
