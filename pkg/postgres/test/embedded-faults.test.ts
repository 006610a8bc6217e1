import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitUntil } from '@artstore/testing';
import { Client } from 'pg';
import { chooseServerAccount } from '../embedded/server-account.ts';
import { prepareBinaries } from '../embedded/server-binaries.ts';
import { markProcess, silentLog, startEmbeddedPostgres } from '../index.ts';

const FIXTURE = fileURLToPath(new URL('./hold-server.ts', import.meta.url));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

interface Held {
  readonly owner: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly created: boolean;
  readonly leftoverPid: number | null;
}

/** Запускает хозяина базы; prefix — команда, меняющая пользователя. */
async function hold(t: TestContext, directory: string, prefix: readonly string[] = []): Promise<Held> {
  const [program, ...parameters] = [...prefix, process.execPath, FIXTURE, directory];
  assert.ok(program !== undefined);
  const owner = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  t.after(() => owner.kill('SIGKILL'));
  const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
  const told = JSON.parse(line) as Omit<Held, 'owner'>;
  return { owner, ...told };
}

const gone = (pid: number) => waitUntil(`процесс ${pid} завершился`, () => markProcess(pid) === undefined);

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function countWords(url: string): Promise<number> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS n FROM word');
  await client.end();
  return rows[0].n;
}

async function writeWord(url: string): Promise<void> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  await client.query("CREATE TABLE IF NOT EXISTS word AS SELECT 'слово' AS text");
  await client.end();
}

test('хозяин убит kill -9: сервер останавливается сам, данные целы', async (t) => {
  const directory = await temporaryDirectory(t);
  const held = await hold(t, directory);
  await writeWord(held.url);
  held.owner.kill('SIGKILL');
  await gone(held.pid);
  const next = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => next.stop());
  assert.equal(next.leftoverPid, undefined);
  assert.equal(await countWords(next.url), 1);
});

test('осиротевший сервер (убиты и хозяин, и страж) узнаётся по данным и останавливается новым запуском', async (t) => {
  const directory = await temporaryDirectory(t);
  const held = await hold(t, directory);
  await writeWord(held.url);
  for (const pid of childrenOf(held.owner.pid ?? 0)) if (pid !== held.pid) process.kill(pid, 'SIGKILL');
  held.owner.kill('SIGKILL');
  await gone(held.owner.pid ?? 0);
  assert.notEqual(markProcess(held.pid), undefined);
  const next = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => next.stop());
  assert.equal(next.leftoverPid, held.pid);
  assert.equal(markProcess(held.pid), undefined);
  assert.equal(await countWords(next.url), 1);
});

test('осиротевший сервер узнаётся и с правами обычного контейнера: root без CAP_SYS_PTRACE', {
  skip: !isRoot && 'нужен root',
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const asInContainer = ['setpriv', '--bounding-set=-sys_ptrace,-sys_admin,-dac_read_search'];
  const held = await hold(t, directory, asInContainer);
  await writeWord(held.url);
  for (const pid of childrenOf(held.owner.pid ?? 0)) if (pid !== held.pid) process.kill(pid, 'SIGKILL');
  held.owner.kill('SIGKILL');
  await gone(held.owner.pid ?? 0);
  const next = await hold(t, directory, asInContainer);
  assert.equal(next.leftoverPid, held.pid);
  assert.equal(await countWords(next.url), 1);
  next.owner.kill('SIGTERM');
  await once(next.owner, 'exit');
});

test('второй хозяин тех же данных получает ясный отказ, первому он не мешает', async (t) => {
  const directory = await temporaryDirectory(t);
  const held = await hold(t, directory);
  await writeWord(held.url);
  await assert.rejects(
    startEmbeddedPostgres({ directory, log: silentLog }),
    new RegExp(`уже занят процесс ${held.owner.pid}`),
  );
  assert.equal(await countWords(held.url), 1);
  held.owner.kill('SIGTERM');
  assert.deepEqual(await once(held.owner, 'exit'), [0, null]);
  assert.equal(markProcess(held.pid), undefined);
});

test('чужой postmaster.pid с номером живого процесса не мешает запуску и не губит этот процесс', async (t) => {
  const directory = await temporaryDirectory(t);
  await (await startEmbeddedPostgres({ directory, log: silentLog })).stop();
  const bystander = spawn('sleep', ['60']);
  t.after(() => bystander.kill());
  writeFileSync(
    path.join(directory, 'data/postmaster.pid'),
    `${bystander.pid}\n/proc/self/cwd\n1\n5432\n/nowhere\n\n 1 1\nready\n`,
  );
  const server = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => server.stop());
  assert.equal(server.leftoverPid, undefined);
  assert.notEqual(markProcess(bystander.pid ?? 0), undefined);
});

test('подготовка, прерванная на полпути, начинается заново', async (t) => {
  const directory = await temporaryDirectory(t);
  mkdirSync(path.join(directory, 'data.new'));
  writeFileSync(path.join(directory, 'data.new/PG_VERSION'), '18\n');
  const server = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => server.stop());
  assert.equal(server.created, true);
  assert.equal(existsSync(path.join(directory, 'data.new')), false);
});

test('сервер убит kill -9: новый запуск восстанавливает данные из журнала', async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await startEmbeddedPostgres({ directory, log: silentLog });
  await writeWord(server.url);
  process.kill(server.pid, 'SIGKILL');
  assert.equal((await server.exited).signal, 'SIGKILL');
  const next = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => next.stop());
  assert.equal(await countWords(next.url), 1);
});

test('данные другой старшей версии не открываются, и это сказано словами', async (t) => {
  const directory = await temporaryDirectory(t);
  await (await startEmbeddedPostgres({ directory, log: silentLog })).stop();
  writeFileSync(path.join(directory, 'data/PG_VERSION'), '15\n');
  await assert.rejects(startEmbeddedPostgres({ directory, log: silentLog }), /записаны PostgreSQL 15, а установлен 18/);
});

test('пароль, данные и сокет закрыты от других пользователей', async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await startEmbeddedPostgres({ directory, log: silentLog });
  t.after(() => server.stop());
  const socketFolder = decodeURIComponent(new URL(server.url).hostname);
  const mode = (file: string) => statSync(file).mode & 0o777;
  assert.deepEqual(
    [mode(path.join(directory, 'password')), mode(path.join(directory, 'data')), mode(socketFolder)],
    [0o600, 0o700, 0o700],
  );
  assert.deepEqual(readdirSync(socketFolder).toSorted(), ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']);
  const wrong = new URL(server.url);
  wrong.password = 'wrong';
  await assert.rejects(new Client(wrong.href).connect(), { code: '28P01' });
});

test('работает у обычного пользователя, с пустым LANG и кириллицей в пути', {
  skip: !isRoot && 'мы и так не root',
}, async (t) => {
  const home = path.join('/tmp', `artstore-test-ordinary-${process.pid}`, 'мои данные');
  mkdirSync(home, { recursive: true });
  chownSync(home, NOBODY, NOBODY);
  t.after(() => rmSync(path.dirname(home), { recursive: true, force: true }));
  const held = await hold(t, path.join(home, 'postgres'), [
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
  ]);
  assert.equal(statSync(path.join(home, 'postgres/data')).uid, NOBODY);
  await writeWord(held.url);
  held.owner.kill('SIGKILL');
  await gone(held.pid);
});

test('программы под папкой, закрытой для сервера, копируются туда, где он их выполнит', {
  skip: !isRoot && 'нужен root',
}, async (t) => {
  const closed = await temporaryDirectory(t);
  const open = path.join('/tmp', `artstore-test-cache-${process.pid}`);
  t.after(() => rmSync(open, { recursive: true, force: true }));
  const account = chooseServerAccount();
  const inPlace = await prepareBinaries({ account, log: silentLog });
  const source = path.join(closed, 'native');
  cpSync(path.join(path.dirname(inPlace.postgres), '..'), source, { recursive: true, verbatimSymlinks: true });
  cpSync(path.join(path.dirname(inPlace.postgres), '../../package.json'), path.join(closed, 'package.json'));
  rmSync(path.join(source, 'lib/libpq.so.5'));
  spawnSync('chmod', ['-R', 'go=', source]);

  const [first, second] = await Promise.all(
    [1, 2].map(() => prepareBinaries({ account, log: silentLog, source, caches: [open] })),
  );
  assert.equal(first?.postgres.startsWith(`${open}/postgres-18`), true);
  assert.deepEqual(second, first);
  assert.equal(readdirSync(open).length, 1);
});

test('папка кеша, которой владеет другой пользователь, не используется', {
  skip: !isRoot && 'нужен root',
}, async (t) => {
  const closed = await temporaryDirectory(t);
  const open = path.join('/tmp', `artstore-test-foreign-${process.pid}`);
  mkdirSync(open);
  chownSync(open, NOBODY, NOBODY);
  t.after(() => rmSync(open, { recursive: true, force: true }));
  const account = chooseServerAccount();
  const inPlace = await prepareBinaries({ account, log: silentLog });
  const source = path.join(closed, 'native');
  cpSync(path.join(path.dirname(inPlace.postgres), '..'), source, { recursive: true, verbatimSymlinks: true });
  cpSync(path.join(path.dirname(inPlace.postgres), '../../package.json'), path.join(closed, 'package.json'));
  await assert.rejects(prepareBinaries({ account, log: silentLog, source, caches: [open] }), /скопировать их некуда/);
});
