// Комната одного испытания: каталоги, выдающий токены и дешёвый запуск настоящего процесса — без TLS, с кэшем
// разобранного кода.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { cleanUp } from '../clean-up.ts';
import { startTokenIssuer, type TokenIssuer } from '../issue-tokens.ts';
import { prepareEnv, temporaryDir } from '../start-element.ts';
import { type ElementProcess, spawnMain, startProcess } from '../start-process.ts';

export interface FaultRoom {
  /** Каталог испытания: сертификаты, образы дисков. */
  readonly dir: string;
  readonly env: Record<string, string>;
  readonly tokens: TokenIssuer;
  /** Запускает элемент, при нужде через другую команду; возвращается, когда порт открыт. */
  start(change?: Readonly<Record<string, string>>, through?: readonly string[]): Promise<ElementProcess>;
  /** Запускает и не ждёт: такой процесс убивают посреди восстановления. */
  spawn(): Pick<ElementProcess, 'child' | 'ended'>;
  /** Запуск, который обязан не удаться: код и что он напечатал; открывший порт убит. */
  fail(change?: Readonly<Record<string, string>>): Promise<{ code: number | string; output: string }>;
}

/** Готовит комнату; dataDir — где лежат данные, если не в каталоге испытания. */
export async function openFaultRoom(t: TestContext, o: { dataDir?: string } = {}): Promise<FaultRoom> {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env: prepared, ca } = await prepareEnv(dir, tokens);
  const { SE_TLS_CERT: _cert, SE_TLS_KEY: _key, ...plain } = prepared;
  const env = {
    ...plain,
    ...(o.dataDir === undefined ? {} : { SE_DATA_DIR: o.dataDir }),
    SE_PLAIN_HTTP: 'true',
    SE_LOG_LEVEL: 'error',
    // Разбор кода — больше трети запуска; кэш пишет первый же процесс, завершённый по-хорошему.
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
  };
  return {
    dir,
    env,
    tokens,
    start: (change = {}, through = []) => startProcess(t, { env: { ...env, ...change }, ca, tokens, through }),
    spawn: () => spawnMain(t, env),
    async fail(change = {}) {
      const { child, ended, output } = spawnMain(t, { ...env, ...change });
      child.once('message', () => child.kill('SIGKILL'));
      return { code: await ended, output: output() };
    },
  };
}

/** Останавливает по-хорошему и возвращает код. */
export function stopElement(element: ElementProcess): Promise<number | string> {
  element.child.kill('SIGTERM');
  return element.ended;
}
