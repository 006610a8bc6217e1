// Настройки модуля загрузки: чистый разбор окружения, все ошибки разом.
import { type Env, byteSize, duration, networks, readEnv } from '@artstore/chassis';
import { z } from 'zod';

const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'ожидается целое число')
    .transform(Number)
    .pipe(z.number().max(max));

export const envSchema = z.object({
  IM_HOST: z.string().default('127.0.0.1').describe('Адрес, на котором слушать'),
  IM_PORT: count(65_535).prefault('8020').describe('Порт; 0 — любой свободный'),
  IM_ADMIN_URL: z.url({ protocol: /^https?$/ }).describe('Адрес модуля управления'),
  IM_ISSUER: z.string().min(1).describe('Кто выдаёт токены: ожидаемое значение `iss`'),
  IM_CLIENT_ID: z
    .string()
    .min(1)
    .describe('Учётная запись модуля: files:read, files:write, storage:read, storage:write'),
  IM_CLIENT_SECRET: z.string().min(1).describe('Секрет учётной записи модуля'),
  IM_SE_CA: z
    .string()
    .min(1)
    .optional()
    .describe('Файл удостоверяющего центра элементов хранения (PEM); без него — системные'),
  IM_MAX_FILE_SIZE: byteSize().prefault('1GiB').describe('Наибольший размер файла'),
  IM_REGISTER_FOR: duration()
    .prefault('5s')
    .describe('Сколько пробовать записать сохранённый файл в реестр, прежде чем ответить 202'),
  IM_ELEMENTS_INTERVAL: duration().prefault('15s').describe('Как часто обновлять список элементов хранения'),
  IM_CONNECTIONS_PER_ELEMENT: count(10_000)
    .prefault('256')
    .describe('Сколько соединений открывать к одному элементу хранения'),
  IM_JWKS_REFRESH: duration().prefault('5m').describe('Как часто обновлять ключи проверки токенов'),
  IM_JWKS_STALE_MAX: duration()
    .prefault('24h')
    .describe('Сколько работать с последними полученными ключами, если новые недоступны'),
  IM_JWKS_CACHE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Файл для последних полученных ключей: с ним модуль поднимается и без модуля управления; каталог должен существовать',
    ),
  IM_RATE_LIMIT: count(1_000_000)
    .prefault('0')
    .describe('Запросов в минуту с одного адреса; 0 — без предела (его ставит шлюз)'),
  IM_TRUSTED_PROXIES: networks()
    .prefault('')
    .describe('Адреса и сети посредников через запятую: только им верят в X-Forwarded-For'),
  IM_DRAIN: duration().prefault('30s').describe('Сколько ждать идущие загрузки при остановке'),
  IM_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('Подробность журнала'),
  IM_LOG_FORMAT: z.enum(['json', 'text']).default('json').describe('Вид журнала: json для машины, text для человека'),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly elementCaFile: string | undefined;
  readonly fileBytesMax: number;
  readonly registerForMs: number;
  readonly elementsIntervalMs: number;
  readonly connectionsPerElementMax: number;
  readonly jwks: { readonly cacheFile: string | undefined; readonly refreshMs: number; readonly staleMaxMs: number };
  readonly requestsPerMinutePerAddress: number;
  readonly trustedProxies: readonly string[];
  readonly drainMs: number;
  readonly log: { readonly level: string; readonly format: 'json' | 'text' };
}

/** Читает окружение; при ошибках печатает все и завершает процесс с кодом 2. */
export function readConfig(env: Env): Config {
  return toConfig(readEnv(envSchema, env));
}

export function toConfig(env: z.output<typeof envSchema>): Config {
  return Object.freeze({
    host: env.IM_HOST,
    port: env.IM_PORT,
    adminUrl: env.IM_ADMIN_URL,
    issuer: env.IM_ISSUER,
    clientId: env.IM_CLIENT_ID,
    clientSecret: env.IM_CLIENT_SECRET,
    elementCaFile: env.IM_SE_CA,
    fileBytesMax: env.IM_MAX_FILE_SIZE,
    registerForMs: env.IM_REGISTER_FOR,
    elementsIntervalMs: env.IM_ELEMENTS_INTERVAL,
    connectionsPerElementMax: env.IM_CONNECTIONS_PER_ELEMENT,
    jwks: { cacheFile: env.IM_JWKS_CACHE, refreshMs: env.IM_JWKS_REFRESH, staleMaxMs: env.IM_JWKS_STALE_MAX },
    requestsPerMinutePerAddress: env.IM_RATE_LIMIT,
    trustedProxies: env.IM_TRUSTED_PROXIES,
    drainMs: env.IM_DRAIN,
    log: { level: env.IM_LOG_LEVEL, format: env.IM_LOG_FORMAT },
  });
}
