import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { markProcess } from '@artstore/postgres';
import { freePort, temporaryDirectory, waitUntil } from '@artstore/testing';
import { messagesIn } from '../src/messages.ts';
import { type Supervised, supervisePart } from '../src/supervise-part.ts';

const SMALL_PART = fileURLToPath(new URL('./small-part/src/main.ts', import.meta.url));

async function supervise(t: TestContext, env: Record<string, string> = {}) {
  const port = await freePort();
  const lines: string[] = [];
  const room = {
    logFile: path.join(await temporaryDirectory(t), 'part.log'),
    codeCache: path.join(await temporaryDirectory(t), 'code'),
    env: process.env,
    ca: '',
    messages: messagesIn('ru'),
    say: (line: string) => void lines.push(line),
    onStart: () => undefined,
  };
  const folder = path.join(path.dirname(SMALL_PART), '..');
  const part = {
    name: 'query',
    folder,
    port,
    url: `http://127.0.0.1:${port}`,
    tls: false,
    env: { QM_PORT: String(port), ...env },
  } as const;
  const start = async (): Promise<Supervised> => {
    const supervised = await supervisePart(part, room, new AbortController().signal);
    t.after(() => supervised.stop());
    return supervised;
  };
  return { start, lines };
}

test('убитая часть поднимается снова сама, много раз подряд и без пауз', async (t) => {
  const { start, lines } = await supervise(t);
  const part = await start();
  for (let round = 0; round < 5; round += 1) {
    const before = part.pid();
    part.kill('SIGKILL');
    await part.whenReady();
    assert.notEqual(part.pid(), before);
  }
  assert.equal(lines.filter((line) => line === 'query завершился (сигнал SIGKILL), запускаю снова').length, 5);
});

test('часть, которая не поднимается при запуске, — отказ с её собственными словами', async (t) => {
  const flag = path.join(await temporaryDirectory(t), 'сломано');
  writeFileSync(flag, '');
  const { start } = await supervise(t, { QM_BROKEN_WHILE: flag });
  await assert.rejects(start(), /query завершился при запуске \(код 1\): мне нужен порядок \(журнал: /);
});

test('часть, которая падает снова и снова, поднимается с паузами и оживает, когда причина ушла', async (t) => {
  const flag = path.join(await temporaryDirectory(t), 'сломано');
  const { start, lines } = await supervise(t, { QM_BROKEN_WHILE: flag });
  const part = await start();
  writeFileSync(flag, '');
  part.kill('SIGKILL');
  await waitUntil('три неудачные попытки', () => lines.filter((line) => line.includes('код 1')).length >= 2);
  rmSync(flag);
  await part.whenReady();
  assert.match(lines.at(-1) ?? '', /query снова работает/);
});

test('глухая к SIGTERM часть останавливается всё равно и быстро', async (t) => {
  const { start } = await supervise(t, { QM_STUBBORN: '1' });
  const part = await start();
  const pid = part.pid() ?? 0;
  const startedAt = performance.now();
  await part.stop();
  assert.equal(markProcess(pid), undefined);
  assert.ok(performance.now() - startedAt < 3_500);
});
