// Единственное место, где части Query Module соединяют.
import { readFile } from 'node:fs/promises';
import { bearer, createVerifier, openJwksCache } from '@artstore/auth';
import { type Logger, type Metrics, createApp, createMetrics } from '@artstore/chassis';
import { createAdminClient, createServiceTokens, createStorageElementClient } from '@artstore/clients';
import type { operations } from '@artstore/contracts/generated/query-module.gen.ts';
import { openPool } from '@artstore/postgres';
import packageJson from '../package.json' with { type: 'json' };
import { type MetadataCache, createMetadataCache } from './cache/metadata-cache.ts';
import { checkReadiness } from './check-readiness.ts';
import type { Config } from './config.ts';
import { openElementDirectory } from './download/element-directory.ts';
import { createReportMissing } from './download/report-missing.ts';
import { type FilesView, openFilesView } from './registry/files-view.ts';
import { prepareRegistry } from './registry/prepare-registry.ts';
import { searchDatabaseUrl } from './registry/search-database-url.ts';
import { downloadFileRoute, headDownloadRoute } from './routes/files/download-file.ts';
import { getFileRoute } from './routes/files/get-file.ts';
import { searchFilesRoute } from './routes/search/search-files.ts';

export interface BuiltApp {
  readonly app: Awaited<ReturnType<typeof createApp>>;
  readonly close: () => Promise<void>;
}

const SERVICE = 'query-module';
/** Получатель токенов, которыми клиенты приходят к модулям системы. */
const AUDIENCE = 'artstore';
const JWKS_PATH = '/api/v1/auth/jwks';
/** Сто тысяч меток должны получить ответ «слишком много меток», а не «слишком большое тело». */
const SEARCH_BODY_BYTES_MAX = 4 * 1024 * 1024;

interface Part {
  close(): Promise<void>;
}

export interface BuildOptions {
  /** Сверять свои ответы с контрактом: для тестов. */
  readonly checkAnswers?: boolean;
}

/** Собирает модуль. База, Admin Module и элементы в этот миг могут и не отвечать: модуль дождётся их сам. */
export async function buildApp(config: Config, log: Logger, options: BuildOptions = {}): Promise<BuiltApp> {
  const opened: Part[] = [];
  const keep = <P extends Part>(part: P): P => {
    opened.push(part);
    return part;
  };
  // Обратный порядок: сначала то, что пользуется, потом то, чем пользуются.
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close();
  };
  try {
    return { app: await assemble({ config, log, options, keep }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Assembly {
  readonly config: Config;
  readonly log: Logger;
  readonly options: BuildOptions;
  readonly keep: <P extends Part>(part: P) => P;
}

async function assemble({ config, log, options, keep }: Assembly): Promise<BuiltApp['app']> {
  const { database, elements, adminUrl } = config;
  const metrics = createMetrics(SERVICE);
  const pool = openPool({
    url: searchDatabaseUrl(database.url),
    applicationName: 'artstore-query',
    connectionsMax: database.connectionsMax,
    log,
  });
  keep({ close: () => pool.end() });
  const files = openFilesView({ pool, searchTimeoutMs: config.searchTimeoutMs });
  const registry = keep(prepareRegistry({ url: database.migrationsUrl, log, tableExists: files.tableExists }));
  const keys = keep(openJwksCache({ url: adminUrl.replace(/\/+$/, '') + JWKS_PATH, ...config.jwks, log }));
  await keys.start();

  const tokens = keep(createServiceTokens({ adminUrl, ...config.account, log }));
  const admin = keep(
    createAdminClient({ adminUrl, token: (signal) => tokens.get(undefined, signal), forgetToken: tokens.forget }),
  );
  const client = keep(
    createStorageElementClient({
      ca: elements.caFile === undefined ? undefined : await readFile(elements.caFile, 'utf8'),
      token: tokens.get,
      forgetToken: tokens.forget,
      connectionsPerElementMax: elements.connectionsMax,
    }),
  );
  const directory = keep(openElementDirectory({ admin, refreshMs: elements.refreshMs, log }));
  const cache = openCache({ config, files, metrics });
  const room = {
    cache,
    directory,
    client,
    reportMissing: createReportMissing({ admin, log }),
    openTimeoutMs: elements.openTimeoutMs,
  };
  return await createApp<operations>({
    service: SERVICE,
    version: packageJson.version,
    log,
    contract: new URL('../api/openapi.gen.json', import.meta.url),
    operations: {
      searchFiles: searchFilesRoute(files),
      getFile: getFileRoute(cache),
      downloadFile: downloadFileRoute(room),
      headDownload: headDownloadRoute(room),
    },
    authenticate: bearer(createVerifier({ keys, issuer: config.issuer, audience: AUDIENCE })),
    readiness: () => checkReadiness({ files, registry, directory, keys }),
    metrics,
    checkAnswers: options.checkAnswers,
    limits: {
      jsonBytesMax: SEARCH_BODY_BYTES_MAX,
      requestsPerMinutePerAddress: config.requestsPerMinutePerAddress,
    },
    trustedProxies: config.trustedProxies,
  });
}

function openCache({ config, files, metrics }: { config: Config; files: FilesView; metrics: Metrics }): MetadataCache {
  const requests = metrics.counter({
    name: 'query_metadata_cache_requests_total',
    help: 'Обращения к кэшу метаданных: hit, miss, stale (база недоступна, отдано последнее известное).',
    labelNames: ['result'],
  });
  const cache = createMetadataCache({
    load: files.find,
    ...config.cache,
    onRequest: (result) => requests.inc({ result }),
  });
  metrics.gauge({
    name: 'query_metadata_cache_bytes',
    help: 'Сколько памяти занимает кэш метаданных, байт.',
    collect() {
      this.set(cache.bytes());
    },
  });
  return cache;
}
