// Стенд для проверок чёрного ящика: ровно то, что делает npm start, своим процессом, в своей папке и на своих портах.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../../..');

const PORTS = [8000, 8010, 8011, 8020, 8030];
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

export interface StandFile {
  /** Процесс самого стенда. */
  readonly pid: number;
  readonly urls: {
    readonly admin: string;
    readonly ingester: string;
    readonly query: string;
    readonly elements: Readonly<Record<string, string>>;
  };
  readonly ca_file: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly service_account: { readonly client_id: string; readonly client_secret: string };
  readonly parts: readonly { readonly name: string; readonly pid: number }[];
}

export interface Launched {
  readonly home: string;
  readonly shift: number;
  readonly child: ChildProcess;
  /** Всё напечатанное до сих пор. */
  output(): string;
  /** Ждёт слов `ArtStore ready` и читает stand.json. */
  ready(): Promise<StandFile>;
  /** Свежий stand.json: номера процессов меняются, когда части поднимают заново. */
  standFile(): Promise<StandFile>;
  /** Ждёт завершения; код выхода или null, если сигнал. */
  exited(): Promise<number | null>;
  /** Останавливает сигналом и ждёт; время остановки в мс. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

export interface LaunchOptions {
  readonly home: string;
  readonly shift?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Сдвиг, при котором все порты стенда сейчас свободны; ниже области, откуда порты раздаёт ядро. */
export async function freeShift(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const shift = 4_000 + 50 * Math.floor(Math.random() * 400);
    const free = await Promise.all(PORTS.map((port) => isFree(port + shift)));
    if (free.every(Boolean)) return shift;
  }
  throw new Error('не нашлось свободных портов для стенда');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Запускает стенд; не ждёт готовности. */
export async function launchStand({ home, shift, env }: LaunchOptions): Promise<Launched> {
  const portShift = shift ?? (await freeShift());
  const child = spawn(process.execPath, ['tools/start.mjs'], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ARTSTORE_HOME: home, ARTSTORE_PORT_SHIFT: String(portShift), ...env },
  });
  let output = '';
  const collect = (chunk: string): void => {
    output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const closed = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const standFile = async (): Promise<StandFile> => JSON.parse(await readFile(join(home, 'stand.json'), 'utf8'));

  return {
    home,
    shift: portShift,
    child,
    output: () => output,
    standFile,
    exited: () => closed,
    async ready() {
      const deadline = performance.now() + READY_TIMEOUT_MS;
      while (!output.includes('ArtStore ready')) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`стенд завершился:\n${output}`);
        if (performance.now() > deadline) {
          child.kill('SIGKILL');
          throw new Error(`стенд не готов за ${READY_TIMEOUT_MS / 1000} с:\n${output}`);
        }
        await new Promise((wake) => setTimeout(wake, 25));
      }
      return standFile();
    },
    async stop(signal = 'SIGTERM') {
      const startedAt = performance.now();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
        await closed;
        clearTimeout(timer);
      }
      return performance.now() - startedAt;
    },
  };
}
