// Как npm start поднимается и останавливается: быстро, понятно, без полузапущенного, с сохранением данных.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCaller } from './lib/caller.ts';
import { contentOf } from './lib/content.ts';
import { freeShift, type Launched, launchStand, type LaunchOptions } from './lib/run-stand.ts';

const LATER_START_MAX_MS = 8_000;
const STOP_MAX_MS = 10_000;

async function temporaryHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'e2e-start-'));
  t.after(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

async function launch(t: TestContext, options: LaunchOptions): Promise<Launched> {
  const launched = await launchStand(options);
  t.after(() => launched.stop());
  return launched;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function waitGone(pids: readonly number[], timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) assert.fail(`живы: ${pids.filter(isAlive).join(', ')}`);
    await sleep(50);
  }
}

test('стенд останавливается за 10 с, поднимается снова за 8 с и помнит файлы', async (t) => {
  const home = await temporaryHome(t);
  const shift = await freeShift();
  const first = await launch(t, { home, shift });
  const file = await first.ready();
  assert.equal((await stat(join(home, 'stand.json'))).mode & 0o777, 0o600);
  for (const name of ['postgres', 'admin', 'se-edit', 'se-rw', 'ingester', 'query'])
    assert.match(first.output(), new RegExp(name));
  assert.match(first.output(), /4200/, 'о веб-интерфейсе сказано честно');
  const caller = await openCaller(file);
  const content = contentOf(Buffer.from('переживёт перезапуск'));
  const { body } = await caller.upload({ file: { filename: 'перезапуск.txt', content } });
  await caller.close();
  const stoppedMs = await first.stop('SIGINT');
  assert.ok(stoppedMs < STOP_MAX_MS, `остановка ${stoppedMs} мс`);
  await waitGone(
    file.parts.map(({ pid }) => pid),
    100,
  );

  const startedAt = performance.now();
  const second = await launch(t, { home, shift });
  const again = await openCaller(await second.ready());
  const readyMs = performance.now() - startedAt;
  assert.ok(readyMs < LATER_START_MAX_MS, `повторный запуск ${readyMs} мс`);
  const downloaded = await again.download(body.file_id);
  await again.close();
  assert.deepEqual([downloaded.status, downloaded.sha256], [200, content.sha256]);
  await second.stop();
  assert.equal(await second.exited(), 0);
});

test('launcher убит kill -9: части уходят сами, следующий запуск говорит о сироте и сохраняет данные', async (t) => {
  const home = await temporaryHome(t);
  const shift = await freeShift();
  const first = await launch(t, { home, shift });
  const file = await first.ready();
  const caller = await openCaller(file);
  const content = contentOf(Buffer.from('переживёт и это'));
  const { body } = await caller.upload({ file: { filename: 'сирота.txt', content } });
  await caller.close();
  first.child.kill('SIGKILL');
  process.kill(file.pid, 'SIGKILL');
  await first.exited();
  await waitGone(
    file.parts.filter(({ name }) => name !== 'postgres').map(({ pid }) => pid),
    STOP_MAX_MS,
  );

  const second = await launch(t, { home, shift });
  const again = await openCaller(await second.ready());
  assert.match(second.output(), /оборвался|cut short/);
  const downloaded = await again.download(body.file_id);
  await again.close();
  assert.deepEqual([downloaded.status, downloaded.sha256], [200, content.sha256]);
});

test('занятый порт: одна ясная фраза, код не ноль, ничего не запущено', async (t) => {
  const home = await temporaryHome(t);
  const shift = await freeShift();
  const server = createServer().listen(8020 + shift, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const launched = await launch(t, { home, shift });
  assert.notEqual(await launched.exited(), 0);
  assert.match(launched.output(), new RegExp(`${8020 + shift}`));
  assert.doesNotMatch(launched.output(), /\n\s+at /, 'без следа вызовов');
  assert.doesNotMatch(launched.output(), /ArtStore ready/);
});

test('папка, в которую нельзя писать: одна ясная фраза и код не ноль', async (t) => {
  const home = await temporaryHome(t);
  // Файл на месте папки мешает и root, которого права не останавливают.
  const blocked = join(home, 'занято');
  await mkdir(join(home, 'закрыто'));
  await chmod(join(home, 'закрыто'), 0o500);
  await writeFile(blocked, 'файл');
  // В /proc создать ничего нельзя никому, и mkdir отвечает там ENOENT.
  const places = [join(blocked, 'home'), '/proc/artstore-home'];
  if (process.getuid?.() !== 0) places.push(join(home, 'закрыто', 'home'));
  for (const place of places) {
    const launched = await launch(t, { home: place });
    assert.notEqual(await launched.exited(), 0);
    assert.ok(launched.output().includes(place) || launched.output().includes(blocked), launched.output());
    assert.doesNotMatch(launched.output(), /\n\s+at /, launched.output());
  }
});

test('второй стенд в той же папке не поднимается и не мешает первому', async (t) => {
  const home = await temporaryHome(t);
  const first = await launch(t, { home });
  const file = await first.ready();
  const second = await launch(t, { home });
  assert.notEqual(await second.exited(), 0);
  assert.doesNotMatch(second.output(), /\n\s+at /);
  const health = await fetch(`${file.urls.ingester}/health/ready`);
  assert.equal(health.status, 200);
});
