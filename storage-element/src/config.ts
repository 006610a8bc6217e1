// Настройки элемента хранения: чистый разбор окружения, все ошибки разом.
import { join, relative, resolve } from 'node:path';
import { type Env, byteSize, duration, period, readEnv } from '@artstore/chassis';
import { z } from 'zod';
import { LOG_BYTES_MIN } from './engine/plan-sizes.ts';

const DAY = '24h';

export const envSchema = z
  .object({
    SE_HOST: z.string().default('127.0.0.1').describe('Адрес, на котором слушать'),
    SE_PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'ожидается номер порта')
      .transform(Number)
      .pipe(z.number().max(65_535))
      .prefault('8010')
      .describe('Порт; 0 — любой свободный'),
    SE_DATA_DIR: z.string().min(1).describe('Каталог данных: файлы, описания, каталог-указатель'),
    SE_WAL_DIR: z.string().min(1).optional().describe('Каталог журнала; по умолчанию `wal` в каталоге данных'),
    SE_STORAGE_ID: z
      .uuid()
      .toLowerCase()
      .optional()
      .describe(
        'Идентификатор при первом запуске; по умолчанию элемент выбирает его сам. Отличие от записанного — отказ запуска',
      ),
    SE_MODE: z
      .enum(['edit', 'rw', 'ro', 'ar'])
      .optional()
      .describe(
        'Режим при первом запуске, по умолчанию `edit`; дальше действует записанный, он меняется только через API, а отличие — предупреждение',
      ),
    SE_REQUIRE_EXISTING: z
      .stringbool()
      .default(false)
      .describe('Не заводить новый элемент: каталог без element.json — отказ запуска. Включите после первого запуска'),
    SE_ALLOW_NETWORK_FS: z
      .stringbool()
      .default(false)
      .describe(
        'Разрешить сетевую файловую систему (NFS, CIFS, FUSE, 9p, Ceph…): её fsync и замки движку не ручательство',
      ),
    SE_MAX_FILE_SIZE: byteSize()
      .prefault('1GiB')
      .pipe(z.number().min(1, 'ожидается больше нуля'))
      .describe('Наибольший размер файла'),
    SE_MAX_CAPACITY: byteSize()
      .pipe(z.number().min(1, 'ожидается больше нуля'))
      .optional()
      .describe('Сколько байт разрешено занять; по умолчанию — сколько есть на диске'),
    SE_RESERVE: byteSize()
      .optional()
      .describe('Место под описания и указатель, файлам не отдаётся; по умолчанию 64MiB, но не больше 1/16 диска'),
    SE_BALLAST: byteSize()
      .optional()
      .describe(
        'Место, занятое заранее на случай полного диска; по умолчанию 64MiB, но не больше 1/32 диска, 0 — без него',
      ),
    SE_WAL_MAX: byteSize()
      .pipe(z.number().min(LOG_BYTES_MIN, 'ожидается не меньше 2MiB'))
      .optional()
      .describe('Сколько места вправе занять журнал; по умолчанию 384MiB, но не больше 1/8 диска'),
    SE_JWKS_URL: z.url({ protocol: /^https?$/ }).describe('Открытые ключи модуля управления (JWKS)'),
    SE_JWKS_CA: z.string().min(1).optional().describe('Файл удостоверяющего центра для SE_JWKS_URL (PEM)'),
    SE_JWKS_REFRESH: period().prefault('5m').describe('Как часто обновлять ключи'),
    SE_JWKS_STALE_MAX: duration()
      .prefault(DAY)
      .describe('Сколько работать с последними полученными ключами, если новые недоступны'),
    SE_ISSUER: z.string().min(1).describe('Кто выдаёт токены: ожидаемое значение `iss`'),
    SE_TLS_CERT: z.string().min(1).optional().describe('Файл цепочки сертификатов (PEM); обязателен без SE_PLAIN_HTTP'),
    SE_TLS_KEY: z.string().min(1).optional().describe('Файл закрытого ключа (PEM); обязателен без SE_PLAIN_HTTP'),
    SE_TLS_RELOAD: period()
      .prefault('60s')
      .describe('Как часто перечитывать сертификат и ключ: обновлённые действуют без перезапуска'),
    SE_PLAIN_HTTP: z.stringbool().default(false).describe('Работать без TLS; только там, где канал защищён иначе'),
    SE_GC_INTERVAL: duration().prefault('1h').describe('Как часто убирать истёкшее и удалённое'),
    SE_GC_GRACE: duration()
      .prefault(DAY)
      .describe('Сколько байты ждут после срока или удаления: столько файл можно восстановить'),
    SE_TOMBSTONE_KEEP: duration()
      .prefault('720h')
      .describe('Сколько лента изменений помнит об убранных файлах; отставшему больше нужен полный список'),
    SE_RECONCILE_INTERVAL: duration()
      .refine((ms) => ms >= 1000, 'не меньше 1s')
      .prefault('6h')
      .describe('Сколько ждать от конца сверки до следующей (без сумм)'),
    SE_SCRUB_PERIOD: duration()
      .refine((ms) => ms >= 1000, 'не меньше 1s')
      .prefault('720h')
      .describe('За сколько каждый байт обязан быть перечитан и пересчитан'),
    SE_SCRUB_RATE: byteSize()
      .prefault('16MiB')
      .describe('С какой скоростью перечитывать, байт в секунду; 0 — не перечитывать'),
    SE_DRAIN: duration().prefault('30s').describe('Сколько ждать идущие вызовы при остановке'),
    SE_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
      .default('info')
      .describe('Подробность журнала'),
    SE_LOG_FORMAT: z.enum(['json', 'text']).default('json').describe('Вид журнала: json для машины, text для человека'),
  })
  .superRefine((env, context) => {
    if (isInsideEngineRooms(env.SE_DATA_DIR, env.SE_WAL_DIR)) {
      const message = 'журнал не может лежать среди файлов: нужен свой каталог (например, `wal` в каталоге данных)';
      context.addIssue({ code: 'custom', path: ['SE_WAL_DIR'], message });
    }
  })
  .superRefine(
    (env, context) => {
      for (const name of ['SE_TLS_CERT', 'SE_TLS_KEY'] as const) {
        if (!env.SE_PLAIN_HTTP && env[name] === undefined) {
          context.addIssue({ code: 'custom', path: [name], message: 'нужен файл PEM (или SE_PLAIN_HTTP=true)' });
        }
      }
    },
    // И при других ошибках: иначе оператор узнал бы о сертификате вторым запуском.
    { when: () => true },
  );

/** Каталоги, где движок сам решает, что лишнее; сам каталог данных — тоже. */
const ENGINE_ROOMS = new Set(['', 'files', 'staging', 'quarantine', 'catalog']);

function isInsideEngineRooms(dataDir: string, walDir: string | undefined): boolean {
  if (walDir === undefined) return false;
  const [first = ''] = relative(resolve(dataDir), resolve(walDir)).split('/');
  return ENGINE_ROOMS.has(first);
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly walDir: string;
  readonly storageId: string | undefined;
  /** undefined — не задан: первый запуск берёт edit. */
  readonly mode: 'edit' | 'rw' | 'ro' | 'ar' | undefined;
  readonly requireExisting: boolean;
  readonly allowNetworkDisk: boolean;
  readonly fileBytesMax: number;
  readonly capacityBytesMax: number | undefined;
  /** Чего не задано, решает величина диска. */
  readonly reserveBytes: number | undefined;
  readonly ballastBytes: number | undefined;
  readonly logBytesMax: number | undefined;
  readonly jwks: {
    readonly url: string;
    readonly caFile: string | undefined /** Последний удачный набор. */;
    readonly cacheFile: string;
    readonly refreshMs: number;
    readonly staleMaxMs: number;
  };
  readonly issuer: string;
  /** undefined — обычный HTTP, разрешённый настройкой. */
  readonly tls: { readonly certFile: string; readonly keyFile: string; readonly reloadMs: number } | undefined;
  readonly gc: { readonly intervalMs: number; readonly graceMs: number; readonly tombstoneKeepMs: number };
  readonly reconcileIntervalMs: number;
  /** bytesPerSecond 0 — проверка сумм выключена. */
  readonly scrub: { readonly periodMs: number; readonly bytesPerSecond: number };
  readonly drainMs: number;
  readonly log: { readonly level: string; readonly format: 'json' | 'text' };
}

/** Читает окружение; при ошибках печатает все и завершает процесс с кодом 2. */
export function readConfig(env: Env): Config {
  return toConfig(readEnv(envSchema, env));
}

export function toConfig(env: z.output<typeof envSchema>): Config {
  const certFile = env.SE_TLS_CERT;
  const keyFile = env.SE_TLS_KEY;
  return Object.freeze({
    host: env.SE_HOST,
    port: env.SE_PORT,
    dataDir: env.SE_DATA_DIR,
    walDir: env.SE_WAL_DIR ?? join(env.SE_DATA_DIR, 'wal'),
    storageId: env.SE_STORAGE_ID,
    mode: env.SE_MODE,
    requireExisting: env.SE_REQUIRE_EXISTING,
    allowNetworkDisk: env.SE_ALLOW_NETWORK_FS,
    fileBytesMax: env.SE_MAX_FILE_SIZE,
    capacityBytesMax: env.SE_MAX_CAPACITY,
    reserveBytes: env.SE_RESERVE,
    ballastBytes: env.SE_BALLAST,
    logBytesMax: env.SE_WAL_MAX,
    jwks: {
      url: env.SE_JWKS_URL,
      caFile: env.SE_JWKS_CA,
      cacheFile: join(env.SE_DATA_DIR, 'jwks.json'),
      refreshMs: env.SE_JWKS_REFRESH,
      staleMaxMs: env.SE_JWKS_STALE_MAX,
    },
    issuer: env.SE_ISSUER,
    tls:
      env.SE_PLAIN_HTTP || certFile === undefined || keyFile === undefined
        ? undefined
        : { certFile, keyFile, reloadMs: env.SE_TLS_RELOAD },
    gc: { intervalMs: env.SE_GC_INTERVAL, graceMs: env.SE_GC_GRACE, tombstoneKeepMs: env.SE_TOMBSTONE_KEEP },
    reconcileIntervalMs: env.SE_RECONCILE_INTERVAL,
    scrub: { periodMs: env.SE_SCRUB_PERIOD, bytesPerSecond: env.SE_SCRUB_RATE },
    drainMs: env.SE_DRAIN,
    log: { level: env.SE_LOG_LEVEL, format: env.SE_LOG_FORMAT },
  });
}
