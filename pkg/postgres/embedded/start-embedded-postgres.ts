// Встроенный PostgreSQL: настоящий сервер из npm-пакета, которым управляет этот процесс.
// Обещание: данные переживают всё, сервер не переживает своего хозяина, снаружи к нему ведёт только сокет unix.
import { rm } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { forgetStalePid, stopLeftovers } from './find-leftovers.ts';
import { placeGuard } from './guard.ts';
import { initializeData } from './initialize-data.ts';
import { spawnTool } from './run-tool.ts';
import { chooseServerAccount, type ServerAccount } from './server-account.ts';
import { prepareBinaries } from './server-binaries.ts';
import { type Ended, readTail, stopServer, waitUntilReady, watchExit } from './server-life.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { openSocketFolder } from './socket-folder.ts';
import {
  claimFolder,
  openServerFolder,
  openServerLog,
  readOrCreatePassword,
  releaseFolder,
  type ServerFolder,
} from './server-folder.ts';

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
  readonly exited: Promise<Ended>;
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
  const leftoverPid = await stopLeftovers(folder.data, account);
  if (leftoverPid !== undefined) {
    options.log.warn(
      { event: 'postgres_leftover_stopped', pid: leftoverPid },
      'остановлен сервер базы, оставшийся от прошлого запуска',
    );
  }
  await forgetStalePid(folder.data);
  const binaries = await prepareBinaries({ account, log: options.log });
  const password = await readOrCreatePassword(folder);
  const socketFolder = await openSocketFolder(folder.root, account);
  const created = await initializeData({ folder, binaries, account, password, privateFolder: socketFolder });

  const serverLog = await openServerLog(folder);
  const logStart = (await serverLog.stat()).size;
  const settings = { ...SERVER_SETTINGS, ...options.settings, unix_socket_directories: socketFolder };
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
