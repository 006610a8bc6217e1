// Журнал процесса: строки JSON для машины или текст для человека. Токены и секреты в него не попадают.
import pino from 'pino';
import { build as prettyStream } from 'pino-pretty';

export type Logger = pino.Logger;

/** Сколько слоёв вложенности просматривает сокрытие: запись `{ headers }` и запись `{ request: { headers } }`. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'client_secret',
  'clientSecret',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
  readonly format: 'json' | 'text';
}

/** Открывает журнал. Текст идёт через поток, а не через transport: тот не переживает сборку в один файл. */
export function createLogger({ service, level, format }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[скрыто]' },
  };
  // Запись сразу, а не в фоне: строки не меняются местами и не теряются, когда процесс падает или выходит.
  if (format === 'json') return pino(options, pino.destination({ dest: 1, sync: true }));
  return pino(options, prettyStream({ ignore: 'pid,hostname,service', translateTime: 'SYS:HH:MM:ss.l', sync: true }));
}
