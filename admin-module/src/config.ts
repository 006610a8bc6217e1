// Настройки модуля управления: чистый разбор окружения, все ошибки разом.
import { type Env, duration, networks, readEnv } from '@artstore/chassis';
import { z } from 'zod';

const DAY = '24h';

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
const wholeNumber = () =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'ожидается целое')
    .transform(Number);
const databaseUrl = () => z.url({ protocol: /^postgres(ql)?$/ });
const list = () =>
  z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

export const envSchema = z
  .object({
    AM_HOST: z.string().min(1).default('127.0.0.1').describe('Адрес, на котором слушать'),
    AM_PORT: port().prefault('8000').describe('Порт; 0 — любой свободный'),
    AM_DATABASE_URL: databaseUrl().describe('PostgreSQL модуля; роли достаточно прав artstore_admin'),
    AM_MIGRATIONS_DATABASE_URL: databaseUrl()
      .optional()
      .describe('Та же база с ролью, владеющей таблицами: ею применяются миграции; по умолчанию AM_DATABASE_URL'),
    AM_DATABASE_CONNECTIONS: count().prefault('20').describe('Наибольшее число соединений с базой'),
    AM_ISSUER: z
      .url({ protocol: /^https?$/ })
      .describe('Внешний адрес модуля: `iss` токенов и начало адресов в метаданных RFC 8414'),
    AM_MASTER_KEY: z
      .string()
      .min(1)
      .optional()
      .describe('Главный ключ: 32 байта в base64; им зашифрованы ключи подписи'),
    AM_MASTER_KEY_FILE: z.string().min(1).optional().describe('Файл с главным ключом; нужен он или AM_MASTER_KEY'),
    AM_MASTER_KEY_PREVIOUS: z
      .string()
      .min(1)
      .optional()
      .describe('Прежний главный ключ на время его смены; запуск перешифрует им зашифрованное новым'),
    AM_MASTER_KEY_PREVIOUS_FILE: z.string().min(1).optional().describe('Файл с прежним главным ключом'),
    AM_ADMIN_USERNAME: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$/, 'ожидается имя из латинских букв и цифр')
      .default('admin')
      .describe('Имя первого администратора'),
    AM_ADMIN_PASSWORD: z
      .string()
      .min(12, 'не короче 12 знаков')
      .max(1024)
      .optional()
      .describe('Пароль первого администратора; без него придумывается одноразовый и показывается один раз'),
    AM_BOOTSTRAP_ACCOUNTS: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Файл JSON с учётными записями модулей: `[{name, client_id, client_secret, scopes}]`; заводятся, если их нет',
      ),
    AM_TOKEN_TTL: duration().prefault('15m').describe('Сколько живёт токен доступа'),
    AM_REFRESH_TTL: duration().prefault('12h').describe('Сколько живёт неиспользованный токен обновления'),
    AM_SESSION_TTL: duration().prefault('7d').describe('Сколько живёт сеанс человека, как бы часто его ни продлевали'),
    AM_LOGIN_FAILURES: count().prefault('5').describe('Сколько неудачных попыток входа закрывают имя'),
    AM_LOGIN_LOCK: duration().prefault('15m').describe('На сколько закрывается имя'),
    AM_KEY_MAX_AGE: duration()
      .prefault('90d')
      .describe('Возраст, после которого ключ подписи меняется сам; 0 — никогда'),
    AM_KEY_PUBLISH: duration().prefault('5m').describe('За сколько до начала подписи новый ключ объявлен в JWKS'),
    AM_KEY_GRACE: duration().prefault(DAY).describe('Сколько прежний ключ ещё проверяется'),
    AM_SE_CA: z
      .string()
      .min(1)
      .optional()
      .describe('Файл удостоверяющего центра элементов хранения (PEM); по умолчанию системные'),
    AM_SE_ALLOW_HTTP: z
      .stringbool()
      .default(false)
      .describe('Разрешить элементы без TLS; только там, где канал защищён иначе'),
    AM_SE_ALLOWED_HOSTS: list()
      .prefault('')
      .describe(
        'Где могут быть элементы: имена, `*.имя`, адреса и сети через запятую; пусто — везде, кроме этой машины и служебных сетей',
      ),
    AM_SE_CONNECTIONS: count().prefault('16').describe('Наибольшее число соединений с одним элементом'),
    AM_WATCH_INTERVAL: duration().prefault('15s').describe('Как часто опрашивать элементы'),
    AM_CHANGES_INTERVAL: duration().prefault('30s').describe('Как часто читать ленты изменений элементов'),
    AM_SYNC_INTERVAL: duration().prefault('1h').describe('Как часто проходить элемент целиком; 0 — только по нужде'),
    AM_AUDIT_RETENTION: duration().prefault('365d').describe('Сколько хранить журнал действий; 0 — всегда'),
    AM_REQUESTS_PER_MINUTE: wholeNumber()
      .prefault('0')
      .describe('Предел запросов в минуту с одного адреса; 0 — без предела'),
    AM_LOGIN_REQUESTS_PER_MINUTE: wholeNumber()
      .prefault('300')
      .describe('Предел входов в минуту с одного адреса; 0 — без предела'),
    AM_TOKEN_REQUESTS_PER_MINUTE: wholeNumber()
      .prefault('3000')
      .describe('Предел просьб о токене службы в минуту с одного адреса; 0 — без предела'),
    AM_ACCOUNT_TOKENS_PER_MINUTE: wholeNumber()
      .prefault('1200')
      .describe('Предел токенов в минуту одной учётной записи службы; 0 — без предела'),
    AM_TRUSTED_PROXIES: networks()
      .prefault('')
      .describe('Адреса и сети посредников через запятую: только им верят в X-Forwarded-For'),
    AM_DRAIN: duration().prefault('30s').describe('Сколько ждать идущие вызовы при остановке'),
    AM_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
      .default('info')
      .describe('Подробность журнала'),
    AM_LOG_FORMAT: z.enum(['json', 'text']).default('json').describe('Вид журнала: json для машины, text для человека'),
  })
  .superRefine((env, context) => {
    if (env.AM_MASTER_KEY === undefined && env.AM_MASTER_KEY_FILE === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['AM_MASTER_KEY'],
        message: 'нужен главный ключ (или AM_MASTER_KEY_FILE)',
      });
    }
  });

/** Секрет строкой или в файле. */
interface SecretSource {
  readonly text: string | undefined;
  readonly file: string | undefined;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly database: { readonly url: string; readonly migrationsUrl: string; readonly connectionsMax: number };
  readonly issuer: string;
  readonly masterKey: SecretSource;
  /** Прежний главный ключ: нужен один запуск, чтобы перешифровать им зашифрованное. */
  readonly previousMasterKey: SecretSource;
  readonly admin: { readonly username: string; readonly password: string | undefined };
  readonly accountsFile: string | undefined;
  readonly tokens: { readonly lifeMs: number; readonly refreshLifeMs: number; readonly sessionLifeMs: number };
  readonly lockout: { readonly failuresMax: number; readonly lockMs: number };
  readonly keys: { readonly ageMaxMs: number; readonly publishMs: number; readonly graceMs: number };
  readonly elements: {
    readonly caFile: string | undefined;
    readonly allowHttp: boolean;
    readonly allowed: readonly string[];
    readonly connectionsMax: number;
  };
  readonly intervals: { readonly watchMs: number; readonly changesMs: number; readonly fullMs: number };
  readonly auditKeptMs: number;
  /** Пределы в минуту; 0 — без предела. */
  readonly limits: {
    readonly requestsPerAddress: number;
    readonly loginsPerAddress: number;
    readonly tokensPerAddress: number;
    readonly tokensPerAccount: number;
  };
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
    host: env.AM_HOST,
    port: env.AM_PORT,
    database: {
      url: env.AM_DATABASE_URL,
      migrationsUrl: env.AM_MIGRATIONS_DATABASE_URL ?? env.AM_DATABASE_URL,
      connectionsMax: env.AM_DATABASE_CONNECTIONS,
    },
    issuer: env.AM_ISSUER,
    masterKey: { text: env.AM_MASTER_KEY, file: env.AM_MASTER_KEY_FILE },
    previousMasterKey: { text: env.AM_MASTER_KEY_PREVIOUS, file: env.AM_MASTER_KEY_PREVIOUS_FILE },
    admin: { username: env.AM_ADMIN_USERNAME, password: env.AM_ADMIN_PASSWORD },
    accountsFile: env.AM_BOOTSTRAP_ACCOUNTS,
    tokens: { lifeMs: env.AM_TOKEN_TTL, refreshLifeMs: env.AM_REFRESH_TTL, sessionLifeMs: env.AM_SESSION_TTL },
    lockout: { failuresMax: env.AM_LOGIN_FAILURES, lockMs: env.AM_LOGIN_LOCK },
    keys: { ageMaxMs: env.AM_KEY_MAX_AGE, publishMs: env.AM_KEY_PUBLISH, graceMs: env.AM_KEY_GRACE },
    elements: {
      caFile: env.AM_SE_CA,
      allowHttp: env.AM_SE_ALLOW_HTTP,
      allowed: env.AM_SE_ALLOWED_HOSTS,
      connectionsMax: env.AM_SE_CONNECTIONS,
    },
    intervals: { watchMs: env.AM_WATCH_INTERVAL, changesMs: env.AM_CHANGES_INTERVAL, fullMs: env.AM_SYNC_INTERVAL },
    auditKeptMs: env.AM_AUDIT_RETENTION,
    limits: {
      requestsPerAddress: env.AM_REQUESTS_PER_MINUTE,
      loginsPerAddress: env.AM_LOGIN_REQUESTS_PER_MINUTE,
      tokensPerAddress: env.AM_TOKEN_REQUESTS_PER_MINUTE,
      tokensPerAccount: env.AM_ACCOUNT_TOKENS_PER_MINUTE,
    },
    trustedProxies: env.AM_TRUSTED_PROXIES,
    drainMs: env.AM_DRAIN,
    log: { level: env.AM_LOG_LEVEL, format: env.AM_LOG_FORMAT },
  });
}
