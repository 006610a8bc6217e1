// Запускает процесс модуля. Знает про окружение, журнал и канал; что делать, когда процесс умер, решает supervise-part.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { openPartLog } from './part-log.ts';
import type { ModulePart } from './parts.ts';

const LEAVE_WITH_PARENT = new URL('./leave-with-parent.ts', import.meta.url).href;

/** Из окружения человека части получают только это: чужие NODE_OPTIONS и прокси стенду не указ. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'] as const;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningPart {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<Outcome>;
  /** Сбывается, когда часть сообщила, что слушает порт. */
  readonly listening: Promise<void>;
}

export interface PartRoom {
  readonly logFile: string;
  /** Папка разобранного кода; её можно потерять. */
  readonly codeCache: string;
  /** Настройки модулей сверх заданных стендом; заданные стендом важнее. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Частей пять на одной машине, и каждая должна быть легче обычного. Молодая куча вдвое меньше обычной, а старая
 * убирается, когда выросла на 60 %: иначе V8 ждёт, пока мусора станет вчетверо больше живого, и под записью в реестр
 * модуль управления держал лишние 100 МиБ.
 */
const HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=60'];

export async function startPart(part: ModulePart, room: PartRoom): Promise<RunningPart> {
  const log = await openPartLog(room.logFile);
  try {
    const main = path.join(part.folder, 'src', 'main.ts');
    const child = spawn(process.execPath, [...HEAP, '--import', LEAVE_WITH_PARENT, main], {
      cwd: part.folder,
      env: {
        ...pick(room.env, INHERITED),
        ...part.defaults,
        ...pickModule(room.env),
        ...part.env,
        NODE_COMPILE_CACHE: room.codeCache,
      },
      // Своя группа процессов: Ctrl-C получает только стенд и останавливает части по порядку.
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    const exited = new Promise<Outcome>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: null, signal: null }));
    });
    const listening = new Promise<void>((resolve) => {
      child.on('message', (message) => {
        if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'listening')
          resolve();
      });
    });
    child.channel?.unref();
    if (child.pid === undefined) throw new Error(`процесс ${part.name} не запустился: нет ${process.execPath}`);
    return { child, pid: child.pid, exited, listening };
  } finally {
    await log.close();
  }
}

function pick(env: PartRoom['env'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function pickModule(env: PartRoom['env']): Record<string, string> {
  return pick(
    env,
    Object.keys(env).filter((name) => /^(?:AM|SE|IM|QM)_/.test(name)),
  );
}
