// Единственное место, где части элемента хранения соединяют.
import { readFile } from 'node:fs/promises';
import { type JwksCache, bearer, createVerifier, openJwksCache } from '@artstore/auth';
import {
  type Logger,
  type Metrics,
  type Operations,
  type Periodic,
  type TlsPair,
  createApp,
  createMetrics,
  every,
  reloadTls,
} from '@artstore/chassis';
import type { operations } from '@artstore/contracts/generated/storage-element.gen.ts';
import packageJson from '../package.json' with { type: 'json' };
import { checkReadiness } from './check-readiness.ts';
import type { Config } from './config.ts';
import { type Store, openStore } from './engine/store.ts';
import { type StoreMeter, measureStore } from './measure-store.ts';
import { measureTrust } from './measure-trust.ts';
import { measureReconcile, measureScrub } from './upkeep/measure-upkeep.ts';
import { readTls } from './read-tls.ts';
import { getInfoRoute } from './routes/element/get-info.ts';
import { transitionModeRoute } from './routes/element/transition-mode.ts';
import { deleteFileRoute } from './routes/files/delete-file.ts';
import { downloadFileRoute } from './routes/files/download-file.ts';
import { getFileRoute } from './routes/files/get-file.ts';
import { headDownloadRoute } from './routes/files/head-download.ts';
import { listChangesRoute } from './routes/files/list-changes.ts';
import { listFilesRoute } from './routes/files/list-files.ts';
import { getGcRoute } from './routes/maintenance/get-gc.ts';
import { runGcRoute } from './routes/maintenance/run-gc.ts';
import { putFileRoute } from './routes/files/put-file.ts';
import { restoreFileRoute } from './routes/files/restore-file.ts';
import { updateFileRoute } from './routes/files/update-file.ts';
import { getReconcileRoute } from './routes/maintenance/get-reconcile.ts';
import { startReconcileRoute } from './routes/maintenance/start-reconcile.ts';
import { Reconciler } from './upkeep/reconcile.ts';
import { Scrubber } from './upkeep/scrub.ts';

import { measureGc } from './upkeep/measure-gc.ts';
import { Gc } from './upkeep/run-gc.ts';
import { watchClock } from './upkeep/watch-clock.ts';

type App = Awaited<ReturnType<typeof createApp>>;

export interface BuiltApp {
  readonly app: App;
  readonly close: () => Promise<void>;
}

interface UpkeepRoom {
  readonly store: Store;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const SERVICE = 'storage-element';
/** Заголовок с метаданными — до 48 КиБ, остальное — прочим заголовкам. */
const HEADER_BYTES_MAX = 64 << 10;

/** Бюджет одного прохода уборки. */
const GC_PASS = { passFilesMax: 20_000, passBytesMax: 256 * 2 ** 30, passMs: 60_000 };

/** onFatal зовётся, когда диск отказал и писать больше нельзя: процесс должен завершиться с ошибкой. */
export async function buildApp(
  config: Config,
  log: Logger,
  onFatal: (error: unknown) => void = () => undefined,
): Promise<BuiltApp> {
  const tls = config.tls && (await readTls(config.tls));
  if (tls === undefined)
    log.warn({ event: 'plain_http' }, 'TLS выключен настройкой SE_PLAIN_HTTP: токены и файлы идут открыто');
  const metrics = createMetrics(SERVICE);
  const meter = measureStore(metrics);
  const store = await openElementStore(config, { log, meter, onFatal });
  const opened: { close(): Promise<void> }[] = [store];
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close();
  };
  try {
    meter.watch(store);
    warnOfMode(config, store, log);
    const gc = startGc(config, { store, log, metrics });
    opened.push({ close: () => gc.stop() }, { close: watchClock(store, log).stop });
    const reconciler = openReconciler(config, { store, log, metrics });
    opened.push({ close: () => reconciler.stop() });
    const scrubber = openScrubber(config, { store, log, metrics });
    if (scrubber) opened.push({ close: () => scrubber.stop() });
    const keys = await openKeys(config, store, log);
    opened.push(keys);
    const trust = measureTrust(metrics, keys);
    if (tls) trust.certificate(tls.cert);
    const verify = bearer(createVerifier({ keys, issuer: config.issuer, audience: store.storageId }));
    const app = await createApp<operations>({
      service: SERVICE,
      version: packageJson.version,
      log,
      contract: new URL('../api/openapi.gen.json', import.meta.url),
      operations: routes(config, { store, meter, gc, reconciler }),
      // Каталога данных нет на месте — 503 на всё, что требует токена: ни пустых списков, ни «файла нет».
      authenticate: async (authorization) => {
        const principal = await verify(authorization);
        store.requirePresent();
        return principal;
      },
      readiness: () => checkReadiness({ store, keys, keysRefreshMs: config.jwks.refreshMs }),
      metrics,
      tls,
      // Загрузки всех клиентов приходят от немногих Ingester: предел на адрес здесь мешал бы своим.
      limits: { headerBytesMax: HEADER_BYTES_MAX, requestsPerMinutePerAddress: 0 },
    });
    nameElement(app, store.storageId);
    if (config.tls && tls)
      opened.push({ close: watchTls(app, config.tls, { log, current: tls, adopted: trust.certificate }).stop });
    return { app, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function routes(
  config: Config,
  { store, meter, gc, reconciler }: { store: Store; meter: StoreMeter; gc: Gc; reconciler: Reconciler },
): Operations<operations> {
  return {
    putFile: putFileRoute({ store, fileBytesMax: config.fileBytesMax, meter: meter.uploads }),
    getFile: getFileRoute(store),
    updateFile: updateFileRoute(store),
    deleteFile: deleteFileRoute(store),
    restoreFile: restoreFileRoute(store),
    downloadFile: downloadFileRoute(store, meter.sent),
    headDownload: headDownloadRoute(store),
    listFiles: listFilesRoute(store),
    listChanges: listChangesRoute(store),
    getInfo: getInfoRoute(store, packageJson.version),
    transitionMode: transitionModeRoute(store),
    startReconcile: startReconcileRoute(reconciler),
    getReconcile: getReconcileRoute(reconciler),
    runGc: runGcRoute(gc),
    getGc: getGcRoute(gc),
  };
}

function openReconciler(config: Config, { store, log, metrics }: UpkeepRoom): Reconciler {
  const reconciler = new Reconciler({ store, log, intervalMs: config.reconcileIntervalMs });
  measureReconcile(metrics, reconciler);
  return reconciler;
}

/** undefined — проверка сумм выключена настройкой. */
function openScrubber(config: Config, { store, log, metrics }: UpkeepRoom): Scrubber | undefined {
  if (config.scrub.bytesPerSecond === 0) return undefined;
  const scrubber = new Scrubber({ store, log, ...config.scrub });
  measureScrub(metrics, scrubber);
  return scrubber;
}

function openElementStore(
  config: Config,
  room: { log: Logger; meter: StoreMeter; onFatal: (error: unknown) => void },
): Promise<Store> {
  return openStore({
    dataDir: config.dataDir,
    walDir: config.walDir,
    mode: config.mode ?? 'edit',
    storageId: config.storageId,
    space: { capacityBytesMax: config.capacityBytesMax, reserveBytes: config.reserveBytes },
    ballastBytes: config.ballastBytes,
    logBytesMax: config.logBytesMax,
    requireExisting: config.requireExisting,
    allowNetworkDisk: config.allowNetworkDisk,
    log: room.log,
    hooks: { ...room.meter.hooks, onFatal: room.onFatal },
  });
}

function startGc(config: Config, { store, log, metrics }: { store: Store; log: Logger; metrics: Metrics }): Gc {
  const meter = measureGc(metrics);
  const { intervalMs, graceMs, tombstoneKeepMs } = config.gc;
  const limits = { graceMs, tombstoneKeepMs, ...GC_PASS };
  const gc = new Gc({ store, limits, intervalMs, log, onPass: meter.onPass });
  meter.watch(gc);
  return gc;
}

/** Ключи открываются после хранилища: набор хранится в каталоге данных, а новый каталог обязан быть пустым. */
async function openKeys(config: Config, store: Store, log: Logger): Promise<JwksCache> {
  const { url, caFile, cacheFile, refreshMs, staleMaxMs } = config.jwks;
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
  const keys = openJwksCache({ url, ca, cacheFile, mayKeep: () => store.mayWrite, refreshMs, staleMaxMs, log });
  await keys.start();
  return keys;
}

/** Каждый ответ, и ошибочный, называет элемент. Ставится до маршрутов: 404 и 401 тоже несут заголовок. */
function nameElement(app: App, storageId: string): void {
  app.server.prependListener('request', (_request, response) => response.setHeader('Artstore-Storage-Id', storageId));
}

/** Режим меняют через API; настройка, которая с ним разошлась, — повод проверить, тот ли это элемент. */
function warnOfMode({ mode: configured }: Config, { mode }: Store, log: Logger): void {
  if (configured === undefined || configured === mode) return;
  log.warn({ event: 'mode_differs', configured, mode }, `SE_MODE=${configured} не действует: записан режим ${mode}`);
}

interface TlsWatch {
  readonly log: Logger;
  readonly current: TlsPair;
  readonly adopted: (cert: string) => void;
}

/** Обновлённый сертификат действует для новых соединений; негодная пара остаётся в журнале, прежняя работает. */
function watchTls(app: App, files: NonNullable<Config['tls']>, { log, current, adopted }: TlsWatch): Periodic {
  let working = current;
  return every({
    name: 'tls_reload',
    intervalMs: files.reloadMs,
    log,
    job: async () => {
      try {
        const fresh = await readTls(files);
        if (fresh.cert === working.cert && fresh.key === working.key) return;
        reloadTls(app, fresh);
        working = fresh;
        adopted(fresh.cert);
        log.info({ event: 'tls_reloaded' }, 'сертификат обновлён');
      } catch (error) {
        log.warn(
          { event: 'tls_reload_failed', err: error },
          'новая пара сертификата и ключа не годится, работает прежняя',
        );
      }
    },
  });
}
