// Как npm start поднимается и останавливается: быстро, понятно, без полузапущенного, с сохранением данных.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCaller } from './lib/caller.ts';
import { contentOf } from './lib/content.ts';
import { freeShift, type Launched, launchStand, type LaunchOptions, type StandFile } from './lib/run-stand.ts';

const LATER_START_MAX_MS = 8_000;
const STOP_MAX_MS = 10_000;
/** Слова стенда о сироте и номер его процесса. */
const LEFTOVER_POSTGRES =
  /(?:остался сервер базы|database server of the previous run)[^\n]*?\((?:процесс|process) (\d+)\)/;

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

/** Завершившийся, чей код ещё никто не забрал, уже не жив: сирот забирает init, и не всякий делает это сразу. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
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

/** Строки «командная строка и окружение» живых процессов по номеру; чужие и уже ушедшие пропускаются. */
async function listProcesses(): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const texts = ['cmdline', 'environ'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => ''));
    found.set(Number(name), (await Promise.all(texts)).join('\0'));
  }
  return found;
}

/** Процессы, которые знают эту папку стенда: launcher, стенд, части, база. */
async function findByHome(home: string): Promise<string[]> {
  return [...(await listProcesses()).values()].filter((text) => text.includes(home));
}

async function findGuard(postgresPid: number): Promise<number> {
  for (const [pid, text] of await listProcesses()) {
    if (text.includes(`\0artstore-postgres-guard\0${postgresPid}\0`)) return pid;
  }
  assert.fail(`у базы ${postgresPid} нет стража`);
}

function pidOf(file: StandFile, name: string): number {
  const part = file.parts.find((item) => item.name === name);
  assert.ok(part, name);
  return part.pid;
}

test('launcher убит kill -9: части и база уходят сами, следующий запуск говорит об обрыве, о сироте и сохраняет данные', async (t) => {
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
    file.parts.map(({ pid }) => pid),
    STOP_MAX_MS,
  );

  const second = await launch(t, { home, shift });
  const again = await openCaller(await second.ready());
  assert.match(second.output(), new RegExp(`${file.pid}.*(?:оборвался|cut short)`));
  assert.doesNotMatch(second.output(), LEFTOVER_POSTGRES, 'о сироте, которого не было, не сказано');
  const downloaded = await again.download(body.file_id);
  await again.close();
  assert.deepEqual([downloaded.status, downloaded.sha256], [200, content.sha256]);

  await leaveOrphan(second);
  const orphan = pidOf(await second.standFile(), 'postgres');
  assert.ok(isAlive(orphan), 'база пережила и стенд, и стража');
  const third = await launch(t, { home, shift });
  const after = await third.ready();
  assert.equal(LEFTOVER_POSTGRES.exec(third.output())?.[1], String(orphan), third.output());
  assert.ok(!isAlive(orphan), 'сирота остановлен');
  assert.notEqual(pidOf(after, 'postgres'), orphan);
  const last = await openCaller(after);
  const kept = await last.download(body.file_id);
  await last.close();
  assert.deepEqual([kept.status, kept.sha256], [200, content.sha256]);
});

/** Убивает стенд вместе со стражем базы: части уходят, а база остаётся сиротой. */
async function leaveOrphan(launched: Launched): Promise<void> {
  const file = await launched.standFile();
  process.kill(await findGuard(pidOf(file, 'postgres')), 'SIGKILL');
  launched.child.kill('SIGKILL');
  process.kill(file.pid, 'SIGKILL');
  await launched.exited();
  await waitGone(
    file.parts.filter(({ name }) => name !== 'postgres').map(({ pid }) => pid),
    STOP_MAX_MS,
  );
}

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
  const left = await readdir(home);
  for (const name of ['stand.json', 'postgres', 'elements']) assert.ok(!left.includes(name), left.join(', '));
  assert.deepEqual(await findByHome(home), [], 'ни одного процесса');
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
