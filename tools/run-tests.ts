// Вторая половина npm test: проверки исходников, затем все *.test.ts, последними — test/e2e по одному.
// Последняя строка вывода всегда одна: «N passed, N failed, N skipped».

import { spawn } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { globalSetup, globalTeardown } from '../pkg/testing/global-setup.ts';
import { DEBIAN_PROGRAMS } from './debian/debian-programs.ts';
import { obtainProgram } from './debian/find-program.ts';
import { listFiles } from './list-files.ts';
import { findMounts, findProcesses, killProcesses, unmountAll } from './testing/find-leftovers.ts';
import { prepareEnvironment, type TestEnvironment } from './testing/prepare-environment.ts';
import { createTally } from './testing/tally.ts';
import { runTestFile } from './testing/run-test-file.ts';

const TEST_TIMEOUT_MS = 60_000;
const LONG_TEST_TIMEOUT_MS = 240_000;
const FILE_TIMEOUT_MS = 150_000;
const LONG_FILE_TIMEOUT_MS = 600_000;
/** Целые стенды, сотни запусков настоящего элемента, сотни тысяч сбоев: на занятой машине им нужно больше времени. */
const LONG_TESTS =
  /^test\/e2e\/|\/test\/(faults|crash)\/|^admin-module\/test\/(sync-property|restore-database)\.test\.ts$/;
const LEFTOVER_WAIT_MS = 3_000;
/** Кэш разобранного кода и пустые папки сокетов убитых серверов PostgreSQL: их убирает следующий сервер. */
const EXPECTED_LEFTOVER = /^node-compile-cache$|^artstore-[0-9a-f]{12}$/;

const root = join(import.meta.dirname, '..');
const tally = createTally();
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stopping.abort());

/** Файлы проверок: все или лежащие по названным путям; самые долгие (с настоящими частями) вперёд. */
function chooseTestFiles(wanted: readonly string[]): readonly string[] {
  const places = wanted.map((path) => relative(root, resolve(path)));
  return listFiles(root)
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => places.length === 0 || places.some((place) => path === place || path.startsWith(`${place}/`)))
    .toSorted((a, b) => Number(b.includes('/test/')) - Number(a.includes('/test/')));
}

function runStaticChecks(): Promise<void> {
  const child = spawn(process.execPath, ['tools/check.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let tail = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    process.stdout.write(chunk);
    tail = `${tail}${chunk}`.slice(-500);
  });
  return new Promise((done) => {
    child.once('close', (code) => {
      const counts = /checks: (\d+) passed, (\d+) failed, (\d+) skipped/.exec(tail);
      if (counts === null) tally.fail('npm run check', `завершился с кодом ${code} без итога`);
      else tally.addChecks({ passed: Number(counts[1]), failed: Number(counts[2]), skipped: Number(counts[3]) });
      done();
    });
  });
}

async function runFiles(files: readonly string[], width: number): Promise<void> {
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (stopping.signal.aborted) return;
      const isLong = LONG_TESTS.test(path);
      const result = await runTestFile({
        root,
        path,
        testTimeoutMs: isLong ? LONG_TEST_TIMEOUT_MS : TEST_TIMEOUT_MS,
        fileTimeoutMs: isLong ? LONG_FILE_TIMEOUT_MS : FILE_TIMEOUT_MS,
        signal: stopping.signal,
      });
      tally.addFile(result);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Общий PostgreSQL прогона: поднимается один раз, адрес уходит файлам проверок через окружение. */
async function withSharedServer(work: () => Promise<void>): Promise<void> {
  try {
    await globalSetup();
  } catch (error) {
    tally.fail('общий PostgreSQL для проверок', error);
  }
  try {
    await work();
  } finally {
    await globalTeardown();
  }
}

async function checkLeftovers({ marker, temporary }: TestEnvironment): Promise<void> {
  const deadline = performance.now() + LEFTOVER_WAIT_MS;
  let processes = await findProcesses(marker);
  while (processes.length > 0 && performance.now() < deadline) {
    await new Promise((wake) => setTimeout(wake, 200));
    processes = await findProcesses(marker);
  }
  if (processes.length > 0) {
    tally.fail(
      'после прогона не осталось процессов',
      processes.map(({ pid, command }) => `${pid} ${command}`).join('\n'),
    );
    killProcesses(processes);
  }
  const mounts = await findMounts(temporary);
  if (mounts.length > 0) {
    // Прерванный прогон снимает проверки разом, и отключить диски они не успевают: это делается за них молча.
    if (!stopping.signal.aborted) tally.fail('после прогона не осталось подключённых дисков', mounts.join('\n'));
    await unmountAll(mounts);
  }
  const files = (await readdir(temporary)).filter((name) => !EXPECTED_LEFTOVER.test(name));
  if (files.length > 0) tally.fail('после прогона не осталось временных файлов', files.join('\n'));
  await rm(temporary, { recursive: true, force: true });
}

/** Достаёт программы Debian, пока идут проверки исходников; без них часть проверок скажет, почему пропущена. */
async function obtainPrograms(): Promise<void> {
  for (const program of DEBIAN_PROGRAMS) {
    const path = await obtainProgram(program);
    if (path === undefined) console.log(`- ${program.name} не найден: ${program.without}`);
  }
}

const wanted = process.argv.slice(2);
const environment = await prepareEnvironment();
const files = chooseTestFiles(wanted);
await Promise.all([obtainPrograms(), wanted.length === 0 ? runStaticChecks() : undefined]);
const e2e = files.filter((path) => path.startsWith('test/e2e/'));
const others = files.filter((path) => !path.startsWith('test/e2e/'));
// Проверки часто ждут сроков и чужих процессов, поэтому их идёт на одну больше, чем ядер.
const width = Math.min(8, availableParallelism() + 1);
if (others.length > 0) await withSharedServer(() => runFiles(others, width));
// Запуск и остановка меряются секундомером: им соседи мешают, прочие стенды уживаются парами.
const timed = (path: string): boolean => path.endsWith('/start-stop.test.ts');
await runFiles(e2e.filter(timed), 1);
await runFiles(
  e2e.filter((path) => !timed(path)),
  2,
);
await checkLeftovers(environment);
if (files.length === 0) tally.fail('npm test', `проверок по пути ${wanted.join(', ')} нет`);
if (stopping.signal.aborted) tally.fail('npm test', 'прогон прерван');
tally.printSummary();
process.exitCode = tally.failed() ? 1 : 0;
