// Единственное место, где части модуля загрузки соединяют.
import { readFile } from 'node:fs/promises';
import { type JwksCache, bearer, createVerifier, openJwksCache } from '@artstore/auth';
import { type Logger, createApp, createMetrics, every } from '@artstore/chassis';
import { createAdminClient, createServiceTokens, createStorageElementClient } from '@artstore/clients';
import type { operations } from '@artstore/contracts/generated/ingester-module.gen.ts';
import packageJson from '../package.json' with { type: 'json' };
import { checkReadiness } from './check-readiness.ts';
import type { Config } from './config.ts';
import { createElementList } from './elements/element-list.ts';
import { measureElements, measureUploads } from './measure-uploads.ts';
import { createUploadFile } from './routes/files/upload-file.ts';
import { createAcceptUpload } from './upload/accept-upload.ts';
import { createRegisterFile } from './upload/register-file.ts';

export interface BuiltApp {
  readonly app: Awaited<ReturnType<typeof createApp>>;
  readonly close: () => Promise<void>;
}

const SERVICE = 'ingester-module';
const AUDIENCE = 'artstore';
/** Как часто смотреть, не пора ли обновить список элементов: столько ждёт неполный список и список с неверными сведениями. */
const ELEMENTS_TICK_MS = 1_000;

export async function buildApp(config: Config, log: Logger): Promise<BuiltApp> {
  const ca = config.elementCaFile === undefined ? undefined : await readFile(config.elementCaFile, 'utf8');
  const neighbours = openNeighbours(config, log, ca);
  const { elements, admin, storage } = neighbours;
  const keys = openJwksCache({
    url: new URL('api/v1/auth/jwks', withSlash(config.adminUrl)).href,
    ...config.jwks,
    log,
  });
  try {
    await keys.start();
    const metrics = createMetrics(SERVICE);
    measureElements(metrics, elements);
    const register = createRegisterFile({ admin, registerForMs: config.registerForMs, log });
    const accept = createAcceptUpload({ elements, storage, admin, register, onStaleList: elements.doubt, log });
    const app = await createApp<operations>({
      service: SERVICE,
      version: packageJson.version,
      log,
      contract: new URL('../api/openapi.gen.json', import.meta.url),
      operations: {
        uploadFile: createUploadFile({ accept: measureUploads(metrics, accept), fileBytesMax: config.fileBytesMax }),
      },
      authenticate: bearer(createVerifier({ keys, issuer: config.issuer, audience: AUDIENCE })),
      readiness: async () => checkReadiness({ elements, keys }),
      metrics,
      limits: { requestsPerMinutePerAddress: config.requestsPerMinutePerAddress },
      trustedProxies: config.trustedProxies,
    });
    return { app, close: () => closeAll(neighbours, keys) };
  } catch (error) {
    await closeAll(neighbours, keys);
    throw error;
  }
}

function openNeighbours(config: Config, log: Logger, ca: string | undefined) {
  const tokens = createServiceTokens({ ...config, log });
  const admin = createAdminClient({
    adminUrl: config.adminUrl,
    token: (signal) => tokens.get(undefined, signal),
    forgetToken: tokens.forget,
  });
  const storage = createStorageElementClient({
    ca,
    token: tokens.get,
    forgetToken: tokens.forget,
    connectionsPerElementMax: config.connectionsPerElementMax,
  });
  const elements = createElementList({
    list: admin.listStorageElements,
    warmToken: tokens.get,
    intervalMs: config.elementsIntervalMs,
    log,
  });
  const refresh = every({
    name: 'keep_elements_fresh',
    intervalMs: Math.min(ELEMENTS_TICK_MS, config.elementsIntervalMs),
    log,
    job: elements.keepFresh,
    runAtStart: true,
  });
  return { tokens, admin, storage, elements, refresh };
}

async function closeAll(neighbours: ReturnType<typeof openNeighbours>, keys: JwksCache): Promise<void> {
  await neighbours.refresh.stop();
  await keys.close();
  await neighbours.storage.close();
  await neighbours.admin.close();
  await neighbours.tokens.close();
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
