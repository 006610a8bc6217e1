// Настройки Query Module: чистый разбор окружения, все ошибки разом.
import { type Env, byteSize, duration, networks, readEnv } from '@artstore/chassis';
import { z } from 'zod';

const port = () =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'ожидается номер порта')
    .transform(Number)
    .pipe(z.number().max(65_535));
const count = () =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'ожидается целое от 1 до 99999')
    .transform(Number);
const databaseUrl = () => z.url({ protocol: /^postgres(ql)?$/ });

export const envSchema = z.object({
  QM_HOST: z.string().min(1).default('127.0.0.1').describe('Адрес, на котором слушать'),
  QM_PORT: port().prefault('8030').describe('Порт; 0 — любой свободный'),
  QM_DATABASE_URL: databaseUrl().describe('PostgreSQL, общая с Admin Module; роли достаточно прав artstore_query'),
  QM_MIGRATIONS_DATABASE_URL: databaseUrl()
    .optional()
    .describe('Та же база с ролью, владеющей таблицами: она строит индексы; по умолчанию QM_DATABASE_URL'),
  QM_DATABASE_CONNECTIONS: count().prefault('10').describe('Наибольшее число соединений с базой'),
  QM_SEARCH_TIMEOUT: duration().prefault('1800ms').describe('Предел одного поиска'),
  QM_ADMIN_URL: z.url({ protocol: /^https?$/ }).describe('Адрес Admin Module'),
  QM_ISSUER: z.string().min(1).describe('Кто выдаёт токены: ожидаемое значение `iss`'),
  QM_CLIENT_ID: z.string().min(1).describe('Учётная запись модуля'),
  QM_CLIENT_SECRET: z.string().min(1).describe('Её секрет'),
  QM_SE_CA: z
    .string()
    .min(1)
    .optional()
    .describe('Файл удостоверяющего центра элементов хранения (PEM); по умолчанию системные'),
  QM_ELEMENTS_REFRESH: duration().prefault('30s').describe('Как часто обновлять список элементов хранения'),
  QM_ELEMENT_CONNECTIONS: count().prefault('64').describe('Наибольшее число соединений с одним элементом хранения'),
  QM_OPEN_TIMEOUT: duration().prefault('20s').describe('Сколько ждать начала ответа от элемента хранения'),
  QM_CACHE_TTL: duration().prefault('45s').describe('Сколько живут метаданные в кэше'),
  QM_CACHE_SIZE: byteSize().prefault('32MiB').describe('Сколько памяти отведено кэшу метаданных'),
  QM_JWKS_CACHE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Файл для последнего удачного набора ключей: с ним модуль стартует и без Admin Module; каталог должен существовать',
    ),
  QM_JWKS_REFRESH: duration().prefault('5m').describe('Как часто обновлять ключи проверки токенов'),
  QM_JWKS_STALE_MAX: duration()
    .prefault('24h')
    .describe('Сколько работать с последними полученными ключами, если новые недоступны'),
  QM_RATE_LIMIT: z
    .string()
    .regex(/^\d{1,9}$/, 'ожидается целое')
    .transform(Number)
    .prefault('0')
    .describe('Запросов в минуту с одного адреса; 0 — без предела (его ставит шлюз)'),
  QM_TRUSTED_PROXIES: networks()
    .prefault('')
    .describe('Адреса и сети посредников через запятую: только им верят в X-Forwarded-For'),
  QM_DRAIN: duration().prefault('30s').describe('Сколько ждать идущие вызовы при остановке'),
  QM_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('Подробность журнала'),
  QM_LOG_FORMAT: z.enum(['json', 'text']).default('json').describe('Вид журнала: json для машины, text для человека'),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly database: { readonly url: string; readonly migrationsUrl: string; readonly connectionsMax: number };
  readonly searchTimeoutMs: number;
  readonly adminUrl: string;
  readonly issuer: string;
  readonly account: { readonly clientId: string; readonly clientSecret: string };
  readonly elements: {
    readonly caFile: string | undefined;
    readonly refreshMs: number;
    readonly connectionsMax: number;
    readonly openTimeoutMs: number;
  };
  readonly cache: { readonly ttlMs: number; readonly bytesMax: number };
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
    host: env.QM_HOST,
    port: env.QM_PORT,
    database: {
      url: env.QM_DATABASE_URL,
      migrationsUrl: env.QM_MIGRATIONS_DATABASE_URL ?? env.QM_DATABASE_URL,
      connectionsMax: env.QM_DATABASE_CONNECTIONS,
    },
    searchTimeoutMs: env.QM_SEARCH_TIMEOUT,
    adminUrl: env.QM_ADMIN_URL,
    issuer: env.QM_ISSUER,
    account: { clientId: env.QM_CLIENT_ID, clientSecret: env.QM_CLIENT_SECRET },
    elements: {
      caFile: env.QM_SE_CA,
      refreshMs: env.QM_ELEMENTS_REFRESH,
      connectionsMax: env.QM_ELEMENT_CONNECTIONS,
      openTimeoutMs: env.QM_OPEN_TIMEOUT,
    },
    cache: { ttlMs: env.QM_CACHE_TTL, bytesMax: env.QM_CACHE_SIZE },
    jwks: { cacheFile: env.QM_JWKS_CACHE, refreshMs: env.QM_JWKS_REFRESH, staleMaxMs: env.QM_JWKS_STALE_MAX },
    requestsPerMinutePerAddress: env.QM_RATE_LIMIT,
    trustedProxies: env.QM_TRUSTED_PROXIES,
    drainMs: env.QM_DRAIN,
    log: { level: env.QM_LOG_LEVEL, format: env.QM_LOG_FORMAT },
  });
}
