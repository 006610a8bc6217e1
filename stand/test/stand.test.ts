import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { markProcess } from '@artstore/postgres';
import { freePortShift, temporaryDirectory, waitUntil } from '@artstore/testing';
import type { StandFile } from '../index.ts';
import { callPart } from '../src/call-part.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const READY_WAIT_MS = 90_000;

interface Launched {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly file: () => StandFile;
  ready(): Promise<void>;
}

function launch(t: TestContext, home: string, shift: number): Launched {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ARTSTORE_HOME: home,
    ARTSTORE_PORT_SHIFT: String(shift),
    LANG: 'ru_RU.UTF-8',
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  const ready = () =>
    waitUntil(
      `стенд готов:\n${output}`,
      () => {
        assert.equal(child.exitCode, null, output);
        return output.includes('ArtStore ready');
      },
      READY_WAIT_MS,
    );
  return {
    child,
    output: () => output,
    ready,
    file: () => JSON.parse(readFileSync(path.join(home, 'stand.json'), 'utf8')) as StandFile,
  };
}

test('стенд поднимается, чинит убитые части, переживает kill -9 и начинает с того же места', {
  timeout: 240_000,
}, async (t) => {
  const home = path.join(await temporaryDirectory(t), 'мой стенд');
  const shift = await freePortShift();
  const first = launch(t, home, shift);
  await first.ready();

  await t.test('stand.json закрыт от чужих и полон: адреса, центр, вход, учётная запись, процессы', async () => {
    const file = first.file();
    assert.equal(statSync(path.join(home, 'stand.json')).mode & 0o777, 0o600);
    assert.equal(file.state, 'ready');
    assert.deepEqual(file.parts.map((part) => part.name).toSorted(), [
      'admin',
      'ingester',
      'postgres',
      'query',
      'se-edit',
      'se-rw',
    ]);
    for (const part of file.parts) assert.equal(markProcess(part.pid)?.startTicks, part.start_ticks, part.name);
    const ca = readFileSync(file.ca_file, 'utf8');
    const modes = await Promise.all(
      Object.values(file.urls.elements).map(async (url) => (await callPart({ url: `${url}/api/v1/info`, ca })).value),
    );
    assert.deepEqual(
      modes.map((info) => (info as { mode: string }).mode),
      ['edit', 'rw'],
    );
    await assert.rejects(
      callPart({ url: `${file.urls.elements['se-rw']}/api/v1/info` }),
      'без нашего центра элементу не верят',
    );
    const login = await callPart({
      url: `${file.urls.admin}/api/v1/admin-auth/login`,
      method: 'POST',
      body: file.admin,
    });
    assert.equal(login.status, 200, JSON.stringify(login.value));
    const { client_id, client_secret } = file.service_account;
    const token = await callPart({
      url: `${file.urls.admin}/api/v1/auth/token`,
      method: 'POST',
      body: { grant_type: 'client_credentials', client_id, client_secret },
    });
    assert.equal(token.status, 200, JSON.stringify(token.value));
  });

  await t.test('ход запуска показан построчно, о веб-интерфейсе сказано честно', () => {
    for (const name of ['postgres', 'admin', 'se-edit', 'se-rw', 'ingester', 'query'])
      assert.match(first.output(), new RegExp(`^  ${name} +\\S.* с  (готов|создан)`, 'm'));
    assert.match(first.output(), /веб-интерфейса \(порт 4200\) пока нет/);
  });

  await t.test('второй стенд той же папки отказывается одной фразой и не мешает первому', async () => {
    const second = launch(t, home, shift + 50);
    const [code] = await once(second.child, 'exit');
    assert.equal(code, 1);
    assert.match(
      second.output(),
      new RegExp(`ArtStore не запущен: в .*мой стенд уже работает стенд \\(процесс ${first.child.pid}\\)\\n$`),
    );
    assert.equal(first.file().state, 'ready');
  });

  await t.test('занятый порт — отказ одной фразой, в новой папке не начато ничего', async () => {
    const other = path.join(home, '..', 'другой');
    const third = launch(t, other, shift);
    const [code] = await once(third.child, 'exit');
    assert.equal(code, 1);
    assert.match(third.output(), /ArtStore не запущен: порт \d+ \(admin\) занят/);
    assert.equal(existsSync(path.join(other, 'postgres')), false);
    assert.equal(existsSync(path.join(other, 'stand.lock')), false);
  });

  await t.test('любая убитая часть поднимается сама, база тоже', async () => {
    for (const name of ['postgres', 'admin', 'se-rw', 'ingester', 'query']) {
      const before = first.file().parts.find((part) => part.name === name);
      assert.ok(before !== undefined, name);
      process.kill(before.pid, 'SIGKILL');
      await waitUntil(
        `${name} снова работает:\n${first.output()}`,
        () => first.output().includes(`${name} снова работает`),
        30_000,
      );
      const after = first.file().parts.find((part) => part.name === name);
      assert.notEqual(after?.pid, before.pid);
    }
    const { urls } = first.file();
    for (const url of [urls.admin, urls.ingester, urls.query]) {
      await waitUntil(
        `${url} готов`,
        async () => (await callPart({ url: `${url}/health/ready` })).status === 200,
        20_000,
      );
    }
  });

  await t.test(
    'стенд убит kill -9: все части завершаются сами, следующий запуск говорит об этом и сохраняет данные',
    async () => {
      const before = first.file();
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      await waitUntil(
        'все процессы ушли',
        () => before.parts.every((part) => markProcess(part.pid)?.startTicks !== part.start_ticks),
        12_000,
      );
      const next = launch(t, home, shift);
      await next.ready();
      assert.match(next.output(), new RegExp(`Прошлый запуск \\(процесс ${before.pid}\\) оборвался`));
      const after = next.file();
      assert.deepEqual(
        [after.admin, after.service_account, after.urls],
        [before.admin, before.service_account, before.urls],
      );
      assert.doesNotMatch(next.output(), /зарегистрирован в Admin/);

      next.child.kill('SIGINT');
      const stoppingAt = performance.now();
      assert.deepEqual(await once(next.child, 'exit'), [0, null]);
      assert.ok(performance.now() - stoppingAt < 10_000);
      assert.ok(after.parts.every((part) => markProcess(part.pid)?.startTicks !== part.start_ticks));
      assert.equal(next.file().state, 'stopped');
      assert.equal(existsSync(path.join(home, 'stand.lock')), false);
    },
  );
});

test('прерванный на полпути запуск не оставляет процессов', { timeout: 60_000 }, async (t) => {
  const home = await temporaryDirectory(t);
  const stand = launch(t, home, await freePortShift());
  await waitUntil('база поднята', () => /postgres +/.test(stand.output()));
  stand.child.kill('SIGINT');
  assert.deepEqual(await once(stand.child, 'exit'), [130, null]);
  const { parts } = stand.file();
  assert.ok(parts.every((part) => markProcess(part.pid)?.startTicks !== part.start_ticks));
});
