// Встроенный PostgreSQL: настоящий сервер из npm-пакета, которым управляет этот процесс.
// Обещание: данные переживают всё, сервер не переживает своего хозяина, снаружи к нему ведёт только сокет unix.
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Log } from '../log.ts';
import { stopLeftovers } from './find-leftovers.ts';
import { placeGuard } from './guard.ts';
import { initializeData } from './initialize-data.ts';
import { spawnTool } from './run-tool.ts';
import { chooseServerAccount, type ServerAccount } from './server-account.ts';
import { prepareBinaries } from './server-binaries.ts';
import {
  claimFolder,
  openServerFolder,
  openServerLog,
  openSocketFolder,
  readOrCreatePassword,
  releaseFolder,
  type ServerFolder,
} from './server-folder.ts';

const READY_POLL_MS = 40;
const CONNECT_TIMEOUT_MS = 2_000;
/** Восстановление после сбоя может быть долгим; сервер всё это время отвечает «запускаюсь». */
const READY_WAIT_MS = 5 * 60_000;
/** Быстрая остановка обычно занимает доли секунды; немедленная тоже ничего не теряет, но следующий запуск читает журнал. */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 3_000 },
  { signal: 'SIGQUIT', waitMs: 800 },
  { signal: 'SIGKILL', waitMs: 2_000 },
] as const;
const LOG_TAIL_BYTES = 2_000;

/** Скромная машина, полная сохранность: fsync и synchronous_commit остаются включёнными. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '80',
  superuser_reserved_connections: '3',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  checkpoint_completion_target: '0.9',
  wal_compression: 'pglz',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%a ',
};

export interface EmbeddedPostgresOptions {
  /** Папка сервера: данные, пароль, журнал. Родители могут быть закрыты для всех, кроме root. */
  readonly directory: string;
  readonly log: Log;
  /** Поверх обычных настроек; тестам здесь можно отказаться от сохранности ради скорости. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** Адрес базы postgres под суперпользователем. */
  readonly url: string;
  readonly pid: number;
  /** Номер процесса, который остался от прошлого запуска и был остановлен. */
  readonly leftoverPid: number | undefined;
  /** Данные созданы этим запуском. */
  readonly created: boolean;
  /** Сбывается, когда сервер завершился, по чьей бы воле это ни было. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
}

/** Готовит и запускает сервер; возвращается, когда к нему уже можно соединиться. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = chooseServerAccount();
  const folder = await openServerFolder(options.directory);
  await claimFolder(folder);
  try {
    return await startClaimed(folder, account, options);
  } catch (error) {
    await releaseFolder(folder);
    throw error;
  }
}

async function startClaimed(
  folder: ServerFolder,
  account: ServerAccount,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const leftoverPid = await stopLeftovers(folder.data);
  if (leftoverPid !== undefined) {
    options.log.warn(
      { event: 'postgres_leftover_stopped', pid: leftoverPid },
      'остановлен сервер базы, оставшийся от прошлого запуска',
    );
  }
  // Данные никто не держит. Забытый postmaster.pid мог бы совпасть номером с чужим процессом и не пустить сервер.
  await rm(path.join(folder.data, 'postmaster.pid'), { force: true });
  const binaries = await prepareBinaries({ account, log: options.log });
  const password = await readOrCreatePassword(folder);
  const socketFolder = await openSocketFolder(await socketFolderName(folder), account, socketBases(account));
  const created = await initializeData({ folder, binaries, account, password, privateFolder: socketFolder });

  const serverLog = await openServerLog(folder);
  const logStart = (await serverLog.stat()).size;
  const settings = { ...SETTINGS, ...options.settings, unix_socket_directories: socketFolder };
  const child = spawnTool({
    program: binaries.postgres,
    parameters: [
      '-D',
      '/proc/self/cwd',
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    account,
    directory: folder.data,
    stdio: ['ignore', serverLog.fd, serverLog.fd],
  });
  const ended = watchExit(child);
  await serverLog.close();
  const pid = child.pid;
  if (pid === undefined) {
    await ended;
    throw new Error('сервер базы не запустился');
  }
  const guard = placeGuard(pid, account);
  // Папка освобождается раньше, чем о конце сервера узнают другие: иначе новый запуск столкнулся бы с уборкой.
  const exited = ended.then(async (outcome) => {
    guard.dismiss();
    await rm(socketFolder, { recursive: true, force: true });
    await releaseFolder(folder);
    return outcome;
  });
  const url = `postgresql://postgres:${encodeURIComponent(password)}@${encodeURIComponent(socketFolder)}/postgres`;
  const stop = () => stopServer(child, exited);
  try {
    await waitUntilReady(url, child, options.signal);
  } catch (error) {
    await stop();
    throw new Error(`база не поднялась: ${await readTail(folder.log, logStart)}`, { cause: error });
  }
  options.log.info({ event: 'postgres_ready', pid, created }, 'база готова');
  return { url, pid, leftoverPid, created, exited, stop };
}

function watchExit(child: ChildProcess): EmbeddedPostgres['exited'] {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

/** Имя короткое и постоянное для одной папки данных. */
async function socketFolderName(folder: ServerFolder): Promise<string> {
  return `artstore-${createHash('sha256')
    .update(await realpath(folder.root))
    .digest('hex')
    .slice(0, 12)}`;
}

/** TMPDIR root может лежать под /root, куда серверу не пройти. */
function socketBases(account: ServerAccount): string[] {
  return account.differs ? ['/run', '/tmp'] : [tmpdir(), '/tmp'];
}

/** Готовность проверяется настоящим соединением: строка в журнале её ещё не означает. */
async function waitUntilReady(url: string, child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + READY_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      throw new Error('сервер завершился');
    const failure = await tryConnect(url);
    if (failure === undefined) return;
    if (performance.now() > deadline) throw failure;
    await sleep(READY_POLL_MS);
  }
}

async function tryConnect(url: string): Promise<Error | undefined> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'artstore-start',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function stopServer(child: ChildProcess, exited: EmbeddedPostgres['exited']): Promise<void> {
  const timer = new AbortController();
  try {
    for (const step of STOP_STEPS) {
      if (child.exitCode === null && child.signalCode === null) child.kill(step.signal);
      const late = sleep(step.waitMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
      if ((await Promise.race([exited, late])) !== 'late') return;
    }
    throw new Error(`сервер базы ${child.pid ?? ''} не останавливается`);
  } finally {
    timer.abort();
  }
}

/** Что сервер сказал о себе за этот запуск. */
async function readTail(file: string, from: number): Promise<string> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  const start = Math.max(from, size - LOG_TAIL_BYTES);
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(LOG_TAIL_BYTES), position: start });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
