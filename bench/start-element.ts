// Один элемент хранения своим процессом, как в жизни: настоящий main.ts, свой каталог, порт по выбору ядра.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenIssuer } from './token-issuer.ts';

export interface Element {
  readonly url: string;
  readonly ca?: string;
  readonly pid: number;
  readonly token: string;
  stop(): Promise<void>;
  /** kill -9; возвращается, когда процесса нет. */
  kill(): Promise<void>;
}

export interface ElementOptions {
  readonly directory: string;
  readonly issuer: TokenIssuer;
  /** Элемент, который здесь уже есть; без него заводится новый. */
  readonly storageId?: string;
  /** Пути сертификата и ключа и сам центр; без них элемент говорит по обычному HTTP. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly ca: string };
}

const main = join(import.meta.dirname, '../storage-element/src/main.ts');
/** Запуск после kill -9 повторяет журнал. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** Запускает элемент в режиме edit и ждёт, пока он начнёт слушать. */
export async function startElement({
  directory,
  issuer,
  tls,
  storageId = randomUUID(),
}: ElementOptions): Promise<Element> {
  await mkdir(directory, { recursive: true });
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      SE_PORT: '0',
      SE_HOST: '127.0.0.1',
      SE_STORAGE_ID: storageId,
      SE_DATA_DIR: join(directory, 'data'),
      SE_MODE: 'edit',
      SE_MAX_FILE_SIZE: '2GiB',
      SE_JWKS_URL: issuer.jwksUrl,
      SE_ISSUER: issuer.issuer,
      SE_LOG_LEVEL: 'warn',
      ...(tls === undefined ? { SE_PLAIN_HTTP: 'true' } : { SE_TLS_CERT: tls.certFile, SE_TLS_KEY: tls.keyFile }),
    },
  });
  const port = await listeningPort(child);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    ...(tls === undefined ? {} : { ca: tls.ca }),
    pid: child.pid ?? 0,
    token: issuer.issue(storageId, 'files:read files:write storage:read storage:write'),
    stop: () => stopChild(child),
    kill: () => killChild(child),
  };
}

/** Порт, о котором сообщил запущенный модуль. */
export async function listeningPort(child: ChildProcess): Promise<number> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const exited = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`модуль завершился при запуске с кодом ${code}`);
  });
  exited.catch(() => {});
  for (;;) {
    const [message]: unknown[] = await Promise.race([once(child, 'message', { signal }), exited]);
    if (typeof message === 'object' && message !== null && 'port' in message && typeof message.port === 'number') {
      return message.port;
    }
  }
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** SIGTERM, а если не помогло — SIGKILL. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
