// Для проверок: команда в этом процессе, со своей папкой, окружением и потоками.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { messagesFor } from '../../src/messages.ts';
import { runProgram } from '../../src/program.ts';
import type { SystemDouble } from './system-double.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly bytes: Buffer;
  readonly err: string;
}

export interface Shell {
  readonly dir: string;
  readonly run: (
    args: readonly string[],
    o?: { env?: Record<string, string>; stdin?: string; signal?: AbortSignal; tty?: boolean },
  ) => Promise<Ran>;
}

/** Оболочка с выполненным входом на стенд этого двойника. */
export async function openShell(t: TestContext, system: SystemDouble, signIn = true): Promise<Shell> {
  const dir = await mkdtemp(join(tmpdir(), 'artstore-cli-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'stand.json'), system.standFile());
  const env = { XDG_CONFIG_HOME: join(dir, 'config'), ARTSTORE_HOME: dir };
  const run: Shell['run'] = async (args, o = {}) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    if (o.tty === true) Object.assign(stderr, { isTTY: true, columns: 80 });
    const [out, err] = [collect(stdout), collect(stderr)];
    const code = await runProgram(
      {
        env: { ...env, ...o.env },
        cwd: dir,
        stdin: Readable.from(o.stdin === undefined ? [] : [Buffer.from(o.stdin)]),
        stdout,
        stderr,
        language: 'ru',
        text: messagesFor('ru'),
        signal: o.signal ?? new AbortController().signal,
      },
      args,
    );
    stdout.end();
    stderr.end();
    const bytes = await out;
    return { code, out: bytes.toString(), bytes, err: (await err).toString() };
  };
  if (signIn) await run(['login']);
  return { dir, run };
}

async function collect(stream: PassThrough): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
