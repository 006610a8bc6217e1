// Страж: крошечный процесс, который останавливает базу, если нашего процесса не стало, даже после kill -9.
import { spawn } from 'node:child_process';
import type { ServerAccount } from './server-account.ts';

/**
 * Страж читает канал, который держим мы. Слово в канале — обычное прощание, конец канала без слова — нас нет:
 * тогда базе посылается SIGINT (быстрая остановка). Работает от имени сервера и потому может послать сигнал только ему.
 */
const SCRIPT = 'read -r word || kill -INT "$1"';

export interface Guard {
  /** Отпускает стража: сервер уже остановлен или его остановит кто-то другой. */
  dismiss(): void;
}

export function placeGuard(pid: number, account: ServerAccount): Guard {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'artstore-postgres-guard', String(pid)], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    ...(account.differs ? { uid: account.uid, gid: account.gid } : {}),
  });
  // Страж — подстраховка: его собственная беда не должна ронять того, кого он бережёт.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return { dismiss: () => child.stdin.end('stop\n') };
}
