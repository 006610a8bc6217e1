// Жизнь процесса: открыть порт, сказать об этом, по сигналу закрыться по порядку.
// Порядок закрытия: готовность падает → новых соединений нет → идущие вызовы кончаются → остальные обрываются → close().
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { stateOf } from './app-state.ts';
import type { Logger } from './create-logger.ts';

export interface RunOptions {
  readonly app: FastifyInstance;
  readonly log: Logger;
  readonly host: string;
  readonly port: number;
  /** Сколько ждать идущие вызовы после сигнала, мс. */
  readonly drainMs: number;
  /** Закрывает то, что открыло приложение (пулы, движок, таймеры). */
  readonly close: () => Promise<void>;
}

/** Как часто закрывать соединения, чей последний ответ уже ушёл. */
const IDLE_SWEEP_MS = 100;

/** Слушает и возвращается, когда порт открыт; процесс живёт до сигнала. Занятый порт — код выхода 1. */
export async function run(options: RunOptions): Promise<void> {
  const { app, log, host, port } = options;
  let url: string;
  try {
    // Fastify не знает, что сервер поднят с TLS: схему адреса поправляем сами.
    const address = await app.listen({ host, port });
    url = app.server instanceof TlsServer ? address.replace(/^http:/, 'https:') : address;
  } catch (error) {
    await failToListen(options, error);
    return;
  }
  process.on('uncaughtException', (error) => {
    // Состояние после такой ошибки неизвестно: продолжать нельзя, закрываться по порядку — тоже.
    log.fatal({ event: 'crashed', err: error }, 'необработанная ошибка, завершаюсь');
    process.exit(1);
  });
  log.info({ event: 'listening', url }, `слушаю ${url}`);
  stopOnSignals(options);
  const address = app.server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ type: 'listening', port: address.port });
}

/** Останавливает приложение по порядку; для тестов и тех, кто живёт без сигналов. */
export async function shutDown({ app, log, drainMs, close }: Omit<RunOptions, 'host' | 'port'>): Promise<void> {
  const state = stateOf(app);
  if (state !== undefined) state.draining = true;
  const server: Server = app.server;
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const deadline = setTimeout(() => {
    log.warn({ event: 'drain_timed_out', calls: state?.exchanges.size }, 'вызовы не кончились вовремя, обрываю');
    for (const socket of state?.sockets ?? []) socket.destroy();
    server.closeAllConnections();
  }, drainMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
  await close();
}

/** Первый сигнал или уход родителя закрывает по порядку, второй — сразу. */
function stopOnSignals(options: RunOptions): void {
  const { log } = options;
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ event: 'stopping', reason }, 'закрываюсь');
    void stopAndExit(options);
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // Родителя не стало, возможно от kill -9: осиротевший процесс держал бы порт.
  process.on('disconnect', () => {
    if (!stopping) stop('disconnect');
  });
  // Родитель мог исчезнуть и раньше, пока приложение поднималось.
  if (process.send !== undefined && !process.connected) stop('disconnect');
}

async function stopAndExit(options: RunOptions): Promise<void> {
  const { log } = options;
  try {
    await shutDown(options);
    log.info({ event: 'stopped' }, 'закрыт');
    process.exit(0);
  } catch (error) {
    log.error({ event: 'stop_failed', err: error }, 'закрыться по порядку не удалось');
    process.exit(1);
  }
}

async function failToListen({ log, host, port, close }: RunOptions, error: unknown): Promise<void> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'порт уже занят другим процессом',
    EACCES: 'нет прав на этот порт',
    EADDRNOTAVAIL: 'такого адреса на этой машине нет',
  };
  const reason = reasons[String(code)];
  log.fatal(
    { event: 'listen_failed', host, port, code, ...(reason === undefined ? { err: error } : {}) },
    `не могу слушать ${host}:${port}: ${reason ?? 'ошибка системы'}`,
  );
  await close();
  process.exit(1);
}
