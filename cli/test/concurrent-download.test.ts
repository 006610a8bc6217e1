// Скачивание несколькими запусками сразу: настоящие процессы, потому что владелец временного файла — процесс.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openShell } from './support/run-artstore.ts';
import { startSystem } from './support/system-double.ts';
import type { SystemDouble } from './support/system-double.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const SIZE = 900_000;
const CUT = 300_000;

function start(t: TestContext, dir: string, args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: join(dir, 'config'), ARTSTORE_HOME: dir, LANG: 'ru_RU.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  );
  return { child, ended };
}

/** Отдаёт начало и ждёт, пока не отпустят. */
function holdDownload(system: SystemDouble, content: Buffer): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  system.faults.push({
    path: '/download',
    answer: (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, CUT));
      void promise.then(() => response.end(content.subarray(CUT)));
    },
  });
  return resolve;
}

async function partHasBegun(dir: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const part = (await readdir(dir)).find((name) => name.endsWith('.part'));
    if (part !== undefined && ((await stat(join(dir, part)).catch(() => undefined))?.size ?? 0) >= CUT) return;
    await sleep(25);
  }
  assert.fail('скачивание не началось');
}

const parts = async (dir: string): Promise<string[]> => (await readdir(dir)).filter((name) => name.endsWith('.part'));

test('второй запуск того же скачивания отступает с кодом 8, первый получает целый файл', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(SIZE);
  const id = system.add(content);
  const release = holdDownload(system, content);
  const first = start(t, shell.dir, ['download', id, '-o', 'out.bin']);
  await partHasBegun(shell.dir);
  const second = await start(t, shell.dir, ['download', id, '-o', 'out.bin']).ended;
  assert.equal(second.code, 8, second.out + second.err);
  assert.match(second.err, new RegExp(`процесс ${first.child.pid}`));
  release();
  const ran = await first.ended;
  assert.equal(ran.code, 0, ran.err);
  assert.ok((await readFile(join(shell.dir, 'out.bin'))).equals(content));
  assert.deepEqual(await parts(shell.dir), []);
});

test('одновременный старт: удавшиеся отдают целый файл, остальные честно отказывают', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(SIZE);
  const id = system.add(content);
  const runs = await Promise.all(
    [1, 2, 3].map(() => start(t, shell.dir, ['download', id, '-o', 'out.bin', '--force']).ended),
  );
  for (const { code, err } of runs) assert.ok(code === 0 || code === 8, err);
  assert.ok(runs.some(({ code }) => code === 0));
  assert.ok((await readFile(join(shell.dir, 'out.bin'))).equals(content));
  assert.deepEqual(await parts(shell.dir), []);
});

test('начатое убитым запуском продолжает следующий', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(SIZE);
  const id = system.add(content);
  holdDownload(system, content);
  const first = start(t, shell.dir, ['download', id, '-o', 'out.bin']);
  await partHasBegun(shell.dir);
  first.child.kill('SIGKILL');
  await first.ended;
  const ran = await start(t, shell.dir, ['download', id, '-o', 'out.bin', '--json']).ended;
  assert.equal(ran.code, 0, ran.err);
  assert.equal((JSON.parse(ran.out) as { resumed_from: number }).resumed_from, CUT);
  assert.ok((await readFile(join(shell.dir, 'out.bin'))).equals(content));
  assert.deepEqual(await parts(shell.dir), []);
});

test('команда не переживает того, кто её запустил: обрыв канала прерывает скачивание', async (t) => {
  const system = await startSystem(t);
  const shell = await openShell(t, system);
  const content = randomBytes(SIZE);
  const id = system.add(content);
  holdDownload(system, content);
  const { child } = start(t, shell.dir, ['download', id, '-o', 'out.bin']);
  await partHasBegun(shell.dir);
  // После своего disconnect() родитель события close не получит: ждать нужно exit.
  const exited = once(child, 'exit');
  child.disconnect();
  assert.equal((await exited)[0], 130);
});
