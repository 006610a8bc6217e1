// Жизнь процесса: открыть порт, сказать об этом, по сигналу закрыться по порядку.
import type { FastifyInstance } from 'fastify';
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

export async function run(_options: RunOptions): Promise<void> {
  throw new Error('жизнь процесса появится следующим шагом');
}
