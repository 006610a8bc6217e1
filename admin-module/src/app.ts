// Единственное место, где части модуля управления соединяют. Длиннее обычного: здесь перечислены все операции контракта.
import {
  type Handler,
  type Logger,
  type Metrics,
  type Operations,
  createApp,
  createMetrics,
  createRateLimit,
  every,
} from '@artstore/chassis';
import { createStorageElementClient } from '@artstore/clients';
import { checkDatabase, migrate, openPool } from '@artstore/postgres';
import packageJson from '../package.json' with { type: 'json' };
import { createAccountUsage } from './accounts/account-usage.ts';
import { getUser, listUsers } from './accounts/admin-users-table.ts';
import { bootstrap } from './accounts/bootstrap.ts';
import { rescueAdmin, type RescueOutcome } from './accounts/rescue-admin.ts';
import { getAccount, listAccounts } from './accounts/service-accounts-table.ts';
import type { AdminOperations } from './api-types.ts';
import { listAudit } from './audit/audit-table.ts';
import { exportAudit } from './audit/export-audit.ts';
import { createRefusals } from './audit/refusals.ts';
import { createRefusedCalls } from './audit/refused-calls.ts';
import { runBackup } from './backup/run-backup.ts';
import { checkReadiness } from './check-readiness.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database-table.ts';
import { createAddressPolicy } from './elements/address-policy.ts';
import type { ElementRooms } from './elements/element-rooms.ts';
import { createElementTokens } from './elements/element-tokens.ts';
import { getElement, listElements } from './elements/elements-table.ts';
import { createKnownElements } from './elements/known-elements.ts';
import { createWatchElements } from './elements/watch-elements.ts';
import { type Authentication, createAuthentication } from './identity/authenticate.ts';
import { createChangePassword } from './identity/change-password.ts';
import { createExchangeCredentials } from './identity/exchange-credentials.ts';
import { createLockout } from './identity/lockout.ts';
import { createLogIn } from './identity/log-in.ts';
import { createLogOut } from './identity/log-out.ts';
import { createOpenSessions } from './identity/open-sessions.ts';
import { createPasswords } from './identity/passwords.ts';
import { createRefreshSession } from './identity/refresh-session.ts';
import { isSessionOpen } from './identity/sessions-table.ts';
import { SealBroken } from './identity/seal.ts';
import { createTokenSigner } from './identity/sign-token.ts';
import { createSigningKeys, type SigningKeys } from './identity/signing-keys.ts';
import {
  readBootstrapAccounts,
  readElementsCa,
  readMasterKey,
  readPreviousMasterKey,
  StartRefused,
} from './read-secret-files.ts';
import { getFile, listFiles } from './registry/files-table.ts';
import { createRegisterFile } from './registry/register-file.ts';
import { createReportMissing } from './registry/report-missing.ts';
import { changePasswordRoute } from './routes/admin-auth/change-password.ts';
import { getMeRoute } from './routes/admin-auth/get-me.ts';
import { logInRoute } from './routes/admin-auth/log-in.ts';
import { logOutRoute } from './routes/admin-auth/log-out.ts';
import { refreshSessionRoute } from './routes/admin-auth/refresh-session.ts';
import { createAdminUserRoute } from './routes/admin-users/create-admin-user.ts';
import { deleteAdminUserRoute } from './routes/admin-users/delete-admin-user.ts';
import { getAdminUserRoute } from './routes/admin-users/get-admin-user.ts';
import { listAdminUsersRoute } from './routes/admin-users/list-admin-users.ts';
import { resetPasswordRoute } from './routes/admin-users/reset-password.ts';
import { unlockAdminUserRoute } from './routes/admin-users/unlock-admin-user.ts';
import { updateAdminUserRoute } from './routes/admin-users/update-admin-user.ts';
import { getJwksRoute } from './routes/auth/get-jwks.ts';
import { getMetadataRoute } from './routes/auth/get-metadata.ts';
import { issueTokenRoute } from './routes/auth/issue-token.ts';
import { deleteFileRoute } from './routes/files/delete-file.ts';
import { getFileRoute } from './routes/files/get-file.ts';
import { listFilesRoute } from './routes/files/list-files.ts';
import { registerFileRoute } from './routes/files/register-file.ts';
import { reportMissingRoute } from './routes/files/report-missing.ts';
import { restoreFileRoute } from './routes/files/restore-file.ts';
import { updateFileRoute } from './routes/files/update-file.ts';
import { exportAuditRoute } from './routes/insight/export-audit.ts';
import { getStatsRoute } from './routes/insight/get-stats.ts';
import { listAuditRoute } from './routes/insight/list-audit.ts';
import { getKeysStatusRoute } from './routes/jwt-keys/get-status.ts';
import { rotateKeysRoute } from './routes/jwt-keys/rotate-keys.ts';
import { createServiceAccountRoute } from './routes/service-accounts/create-service-account.ts';
import { deleteServiceAccountRoute } from './routes/service-accounts/delete-service-account.ts';
import { getServiceAccountRoute } from './routes/service-accounts/get-service-account.ts';
import { listServiceAccountsRoute } from './routes/service-accounts/list-service-accounts.ts';
import { rotateSecretRoute } from './routes/service-accounts/rotate-secret.ts';
import { updateServiceAccountRoute } from './routes/service-accounts/update-service-account.ts';
import { cancelSyncRoute } from './routes/storage-elements/cancel-sync.ts';
import { changeModeRoute } from './routes/storage-elements/change-mode.ts';
import { deleteElementRoute } from './routes/storage-elements/delete-element.ts';
import { discoverElementRoute } from './routes/storage-elements/discover-element.ts';
import { getElementRoute } from './routes/storage-elements/get-element.ts';
import { getGcRoute } from './routes/storage-elements/get-gc.ts';
import { getReconcileRoute } from './routes/storage-elements/get-reconcile.ts';
import { listElementsRoute } from './routes/storage-elements/list-elements.ts';
import { listSyncsRoute } from './routes/storage-elements/list-syncs.ts';
import { registerElementRoute } from './routes/storage-elements/register-element.ts';
import { runGcRoute } from './routes/storage-elements/run-gc.ts';
import { startReconcileRoute } from './routes/storage-elements/start-reconcile.ts';
import { startSyncRoute } from './routes/storage-elements/start-sync.ts';
import { updateElementRoute } from './routes/storage-elements/update-element.ts';
import { readStats } from './stats/stats-table.ts';
import { measureSyncs } from './sync/measure-syncs.ts';
import { createSyncSchedule } from './sync/sync-schedule.ts';
import { listSyncs } from './sync/syncs-table.ts';
import { startUpkeep } from './upkeep.ts';

const SERVICE = 'admin-module';
const MIGRATIONS = new URL('../migrations/', import.meta.url);
const GRANT_RIGHTS = new URL('../database/grant-rights.sql', import.meta.url);

export interface BuiltApp {
  readonly app: Awaited<ReturnType<typeof createApp>>;
  readonly close: () => Promise<void>;
}

/** Что надо закрыть при остановке; закрывается в обратном порядке. */
type Keep = (close: () => Promise<void>) => void;

/**
 * Собирает модуль. База нужна сразу: в ней ключи подписи и миграции.
 * @param show показывает человеку одноразовый пароль первого администратора
 */
export async function buildApp(config: Config, log: Logger, show: (text: string) => void): Promise<BuiltApp> {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of opened.splice(0).toReversed()) await closeOne();
  };
  try {
    const metrics = createMetrics(SERVICE);
    const rooms = await openRooms({ config, log, metrics, show, keep: (closeOne) => opened.push(closeOne) });
    const app = await createApp<AdminOperations>({
      service: SERVICE,
      version: packageJson.version,
      log,
      contract: new URL('../api/openapi.gen.json', import.meta.url),
      operations: bindOperations(rooms),
      authenticate: rooms.authentication.authenticate,
      readiness: () => checkReadiness(rooms),
      metrics,
      limits: { requestsPerMinutePerAddress: config.limits.requestsPerAddress },
      operationLimits: { logIn: config.limits.loginsPerAddress, issueToken: config.limits.tokensPerAddress },
      trustedProxies: config.trustedProxies,
      refused: createRefusedCalls(rooms.refusals),
    });
    return { app, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Команда на сервере: выручить администратора, снять копию, восстановить из неё. Порт не открывается. */
export async function runCommand(config: Config, log: Logger, args: readonly string[]): Promise<RescueOutcome> {
  const [command, file, ...rest] = args;
  // Копия — дело владельца таблиц: роли работы журнал действий целиком не вернуть.
  const isBackup = command === 'dump' || command === 'restore';
  const url = isBackup ? config.database.migrationsUrl : config.database.url;
  const database = openDatabase({ ...config.database, url, log });
  try {
    if (isBackup && file !== undefined && rest.length === 0) {
      // Восстанавливают в пустую базу: таблиц в ней ещё нет.
      if (command === 'restore') await prepareDatabase(config, log);
      return await runBackup(database, { command, file });
    }
    return await rescueAdmin({ database, passwords: createPasswords() }, args);
  } finally {
    await database.close();
  }
}

interface Start {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly show: (text: string) => void;
  readonly keep: Keep;
}

type Rooms = Awaited<ReturnType<typeof openRooms>>;

async function openRooms({ config, log, metrics, show, keep }: Start) {
  const masterKey = await readMasterKey(config.masterKey);
  const previousMasterKey = await readPreviousMasterKey(config.previousMasterKey);
  const accounts = await readBootstrapAccounts(config.accountsFile);
  const ca = await readElementsCa(config.elements.caFile);
  const policy = createAddressPolicy(config.elements);

  await prepareDatabase(config, log);
  const database = openDatabase({ ...config.database, log });
  keep(database.close);
  const keys = createSigningKeys({ database, masterKey, previousMasterKey, ...config.keys });
  await loadKeys(keys, log);

  const signer = createTokenSigner(keys, {
    issuer: config.issuer,
    lifeSeconds: Math.round(config.tokens.lifeMs / 1000),
  });
  const passwords = createPasswords();
  const sessions = createOpenSessions((sessionId) => isSessionOpen(database.db, sessionId));
  await bootstrap({ database, passwords, log, ...config.admin, accounts, show });

  const tokens = createElementTokens(signer);
  const client = createStorageElementClient({
    ca,
    token: tokens.get,
    forgetToken: tokens.forget,
    connectionsPerElementMax: config.elements.connectionsMax,
    lookup: policy.lookup,
  });
  keep(client.close);
  const known = createKnownElements(database);
  const usage = createAccountUsage(database);
  const refusals = createRefusals(database, log);
  const terms = { auditKeptMs: config.auditKeptMs, keyAgeMaxMs: config.keys.ageMaxMs };
  const upkeep = startUpkeep({ database, keys, usage, refusals, metrics, log, ...terms });
  keep(upkeep.stop);
  const watch = every({
    name: 'watch_elements',
    intervalMs: config.intervals.watchMs,
    log,
    job: createWatchElements({ database, client }, log),
    runAtStart: true,
  });
  keep(watch.stop);
  const schedule = createSyncSchedule({
    rooms: { database, client, log, measured: measureSyncs(metrics) },
    changesIntervalMs: config.intervals.changesMs,
    fullIntervalMs: config.intervals.fullMs,
    log,
  });
  keep(schedule.stop);
  const authentication = createAuthentication({ keys, issuer: config.issuer, sessions });
  return {
    config,
    log,
    database,
    keys,
    signer,
    passwords,
    sessions,
    client,
    policy,
    known,
    usage,
    refusals,
    schedule,
    authentication,
  };
}

async function loadKeys(keys: SigningKeys, log: Logger): Promise<void> {
  try {
    const resealed = await keys.load();
    if (resealed === 0) return;
    log.warn(
      { event: 'signing_keys_resealed', keys: resealed },
      'ключи подписи зашифрованы новым главным ключом, AM_MASTER_KEY_PREVIOUS больше не нужен',
    );
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new StartRefused(
      'главный ключ (AM_MASTER_KEY) не тот, которым зашифрованы ключи подписи в базе; ' +
        'если его сменили, прежний нужен один раз в AM_MASTER_KEY_PREVIOUS',
      { cause },
    );
  }
}

/** Проверяет базу, применяет миграции и раздаёт права — ролью владельца, которая потом не нужна. */
async function prepareDatabase({ database }: Config, log: Logger): Promise<void> {
  const pool = openPool({
    url: database.migrationsUrl,
    applicationName: 'artstore-admin-migrations',
    connectionsMax: 1,
    log,
  });
  try {
    for (const finding of await checkDatabase(pool)) {
      if (finding.status === 'fail') throw new StartRefused(`база не годится: ${finding.message}`);
      if (finding.status === 'degraded') {
        log.warn({ event: 'database_finding', finding: finding.name, status: finding.status }, finding.message);
      }
    }
    const wish = { directory: MIGRATIONS, table: 'admin_migrations', everyTime: GRANT_RIGHTS, log };
    const { unknown } = await migrate(pool, wish);
    if (unknown.length > 0) log.warn({ event: 'database_newer', migrations: unknown }, 'база новее этой версии модуля');
  } finally {
    await pool.end();
  }
}

/** Обработчик каждой операции. Закрытые, кроме дел самого сеанса, недоступны под временным паролем. */
function bindOperations(rooms: Rooms): Operations<AdminOperations> {
  return {
    ...publicOperations(rooms),
    ...accountOperations(rooms),
    ...elementOperations(rooms),
    ...fileOperations(rooms),
  };
}

function permanent<Op>({ refuseTemporary }: Authentication, handler: Handler<Op>): Handler<Op> {
  return async (call) => {
    refuseTemporary(call.principal);
    return await handler(call);
  };
}

function publicOperations({
  config,
  database,
  keys,
  signer,
  passwords,
  sessions,
  known,
  usage,
  refusals,
  authentication,
}: Rooms) {
  const rules = { signer, refreshLifeMs: config.tokens.refreshLifeMs, sessionLifeMs: config.tokens.sessionLifeMs };
  const login = { database, passwords, rules, lockout: createLockout(database, config.lockout) };
  return {
    issueToken: issueTokenRoute(
      createExchangeCredentials({
        database,
        signer,
        elements: known,
        limit: createRateLimit({ perMinute: config.limits.tokensPerAccount }),
        used: usage.used,
        refusals,
      }),
    ),
    getJwks: getJwksRoute(keys),
    getAuthorizationServerMetadata: getMetadataRoute(config.issuer),
    logIn: logInRoute(createLogIn(login, refusals)),
    refreshSession: refreshSessionRoute(createRefreshSession(database, rules, sessions)),
    logOut: logOutRoute(createLogOut(database, sessions), authentication),
    getMe: getMeRoute((id) => getUser(database.db, id), authentication),
    changePassword: changePasswordRoute(createChangePassword(login, sessions), authentication),
  };
}

function accountOperations({ config, database, keys, passwords, sessions, authentication }: Rooms) {
  const { db } = database;
  const users = { database, passwords, sessions };
  const bind = <Op>(handler: Handler<Op>): Handler<Op> => permanent(authentication, handler);
  return {
    createAdminUser: bind(createAdminUserRoute(users)),
    listAdminUsers: bind(listAdminUsersRoute((o) => listUsers(db, o))),
    getAdminUser: bind(getAdminUserRoute((id) => getUser(db, id))),
    updateAdminUser: bind(updateAdminUserRoute(users)),
    deleteAdminUser: bind(deleteAdminUserRoute(users)),
    resetAdminUserPassword: bind(resetPasswordRoute(users)),
    unlockAdminUser: bind(unlockAdminUserRoute(users)),
    createServiceAccount: bind(createServiceAccountRoute(database)),
    listServiceAccounts: bind(listServiceAccountsRoute((o) => listAccounts(db, o))),
    getServiceAccount: bind(getServiceAccountRoute((id) => getAccount(db, id))),
    updateServiceAccount: bind(updateServiceAccountRoute(database)),
    deleteServiceAccount: bind(deleteServiceAccountRoute(database)),
    rotateServiceAccountSecret: bind(rotateSecretRoute(database)),
    getJwtKeysStatus: bind(getKeysStatusRoute(keys)),
    rotateJwtKeys: bind(rotateKeysRoute(keys)),
    getStats: bind(getStatsRoute(() => readStats(db, { keyAgeMaxMs: config.keys.ageMaxMs }))),
    listAudit: bind(listAuditRoute((filter, window) => listAudit(db, filter, window))),
    exportAudit: bind(exportAuditRoute((o) => exportAudit(database, o))),
  };
}

function elementOperations({ database, client, policy, known, schedule, authentication }: Rooms) {
  const { db } = database;
  const elements: ElementRooms = { database, client, policy, known };
  const bind = <Op>(handler: Handler<Op>): Handler<Op> => permanent(authentication, handler);
  const get = (id: string) => getElement(db, id);
  return {
    discoverStorageElement: bind(discoverElementRoute(elements)),
    registerStorageElement: bind(registerElementRoute(elements, schedule)),
    listStorageElements: bind(listElementsRoute((o) => listElements(db, o))),
    getStorageElement: bind(getElementRoute(get)),
    updateStorageElement: bind(updateElementRoute(elements)),
    deleteStorageElement: bind(deleteElementRoute(elements)),
    startStorageElementSync: bind(startSyncRoute(schedule)),
    listStorageElementSyncs: bind(listSyncsRoute(get, (o) => listSyncs(db, o))),
    cancelStorageElementSync: bind(cancelSyncRoute(database)),
    transitionStorageElementMode: bind(changeModeRoute(elements)),
    startStorageElementReconcile: bind(startReconcileRoute(elements)),
    getStorageElementReconcile: bind(getReconcileRoute(elements)),
    runStorageElementGc: bind(runGcRoute(elements)),
    getStorageElementGc: bind(getGcRoute(elements)),
  };
}

function fileOperations({ database, client, log, authentication }: Rooms) {
  const { db } = database;
  const registry = { database, client, log };
  const bind = <Op>(handler: Handler<Op>): Handler<Op> => permanent(authentication, handler);
  return {
    registerFile: bind(registerFileRoute(createRegisterFile(database))),
    listFiles: bind(listFilesRoute((filter, window) => listFiles(db, filter, window))),
    getFile: bind(getFileRoute((fileId) => getFile(db, fileId))),
    updateFile: bind(updateFileRoute(registry)),
    deleteFile: bind(deleteFileRoute(registry)),
    restoreFile: bind(restoreFileRoute(registry)),
    reportMissingFile: bind(reportMissingRoute(createReportMissing(registry))),
  };
}
