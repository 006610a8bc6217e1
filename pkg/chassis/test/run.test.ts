// Жизнь процесса: порт, сигналы, уход родителя, незаконченные вызовы.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchangeRaw, openRaw, readRaw } from './raw-http.ts';

const PROGRAM = fileURLToPath(new URL('run-example.ts', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
}

function launch(t: TestContext, args: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = fork(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let text = '';
  child.stdout?.on('data', (chunk) => (text += String(chunk)));
  child.stderr?.on('data', (chunk) => (text += String(chunk)));
  t.after(() => child.kill('SIGKILL'));
  return { child, output: () => text };
}

async function start(t: TestContext, drainMs = 2_000): Promise<Running> {
  const { child, output } = launch(t, ['0', String(drainMs)]);
  const [message] = (await once(child, 'message')) as [{ type: string; port: number }];
  assert.equal(message.type, 'listening');
  return { child, port: message.port, output };
}

test('сигнал: идущий вызов кончается, комнаты закрываются, код выхода 0', async (t) => {
  const { child, port, output } = await start(t);
  const call = fetch(`http://127.0.0.1:${port}/api/v1/things`);
  await sleep(150);
  child.kill('SIGTERM');
  const response = await call;
  assert.deepEqual([response.status, await response.json()], [200, { slow: true }]);
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.match(output(), /stopping[\s\S]*rooms_closed[\s\S]*stopped/);
});

test('сигнал: новых соединений нет, в открытом готовность отвечает fail', async (t) => {
  const { child, port } = await start(t);
  const held = await openRaw(
    port,
    'GET /api/v1/things HTTP/1.1\r\nHost: x\r\n\r\nGET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  await sleep(100);
  child.kill('SIGTERM');
  await sleep(100);
  await assert.rejects(exchangeRaw(port, ''), /ECONNREFUSED/);
  assert.match((await readRaw(held)).text, /HTTP\/1\.1 200 /);
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('вызов, который не кончился в срок, обрывается', async (t) => {
  const { child, port, output } = await start(t, 100);
  const call = fetch(`http://127.0.0.1:${port}/api/v1/things`).catch(() => 'оборван');
  await sleep(150);
  child.kill('SIGTERM');
  assert.equal(await call, 'оборван');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.match(output(), /drain_timed_out/);
});

test('простаивающее соединение закрытия не держит', async (t) => {
  const { child, port } = await start(t, 5_000);
  await openRaw(port, '');
  const held = await openRaw(port, 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  await readRaw(held, /"ok"/);
  const startedMs = performance.now();
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.ok(performance.now() - startedMs < 2_000);
});

test('второй сигнал закрывает сразу', async (t) => {
  const { child, port } = await start(t, 10_000);
  const call = fetch(`http://127.0.0.1:${port}/api/v1/things`).catch(() => undefined);
  await sleep(150);
  child.kill('SIGTERM');
  await sleep(50);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [1, null]);
  await call;
});

test('родителя не стало — процесс закрывается сам', async (t) => {
  const { child } = await start(t);
  child.disconnect();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('занятый порт — одна понятная строка и код 1', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { child, output } = launch(t, [String(port)]);
  assert.deepEqual(await once(child, 'exit'), [1, null]);
  assert.match(output(), new RegExp(`не могу слушать 127\\.0\\.0\\.1:${port}: порт уже занят`));
  assert.doesNotMatch(output(), /at .*\.ts/);
});
