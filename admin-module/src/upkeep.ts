// Мелкая постоянная работа модуля: дописать отложенное, свернуть счётчики, забыть устаревшее, сменить старый ключ.
import { type Logger, type Metrics, type Periodic, every } from '@artstore/chassis';
import type { AccountUsage } from './accounts/account-usage.ts';
import { forgetOldAudit } from './audit/audit-table.ts';
import type { Refusals } from './audit/refusals.ts';
import type { Database } from './database-table.ts';
import { forgetOldAttempts } from './identity/login-attempts-table.ts';
import { forgetOldFailures } from './identity/login-failures-table.ts';
import { forgetOldSessions } from './identity/sessions-table.ts';
import type { SigningKeys } from './identity/signing-keys.ts';
import { foldFileCounters, forgetOldGrowth } from './registry/file-counters-table.ts';
import { createMeasureExpiries } from './stats/measure-expiries.ts';
import { forgetOldSyncs } from './sync/syncs-table.ts';

const OFTEN_MS = 15_000;
const MINUTE_MS = 60_000;
const RARELY_MS = 60 * 60_000;
const PORTION = 50_000;
/** Удаление из журнала небольшими порциями: писать в него в это время можно. */
const AUDIT_PORTION = 10_000;
const DAY_MS = 24 * 60 * 60_000;
const SYNCS_KEPT_MS = 90 * DAY_MS;
const ATTEMPTS_KEPT_MS = DAY_MS;
/** Сводка смотрит на неделю назад; запас — на неполный час по краям. */
const HOURS_KEPT_MS = 8 * DAY_MS;

export interface UpkeepOptions {
  readonly database: Database;
  readonly keys: SigningKeys;
  /** Возраст, в котором ключ подписи меняется сам; 0 — никогда. */
  readonly keyAgeMaxMs: number;
  readonly usage: AccountUsage;
  readonly refusals: Refusals;
  readonly metrics: Metrics;
  readonly auditKeptMs: number;
  readonly log: Logger;
}

export function startUpkeep(options: UpkeepOptions): { stop(): Promise<void> } {
  const { database, keys, usage, refusals, metrics, auditKeptMs, log } = options;
  const jobs: readonly Periodic[] = [
    every({ name: 'flush_account_usage', intervalMs: OFTEN_MS, log, job: usage.flush }),
    every({
      name: 'fold_file_counters',
      intervalMs: OFTEN_MS,
      log,
      job: async () => {
        while ((await foldFileCounters(database.db, PORTION)) === PORTION);
      },
    }),
    every({ name: 'flush_refusals', intervalMs: OFTEN_MS, log, job: refusals.flush }),
    every({
      name: 'measure_expiries',
      intervalMs: MINUTE_MS,
      log,
      job: createMeasureExpiries(database, metrics, options.keyAgeMaxMs),
      runAtStart: true,
    }),
    // Заодно узнаются ключи, которые завела другая копия модуля.
    every({ name: 'signing_keys', intervalMs: OFTEN_MS, log, job: keys.rotateByAge }),
    every({
      name: 'forget_old',
      intervalMs: RARELY_MS,
      log,
      job: async () => {
        await forgetOldAttempts(database.db, ATTEMPTS_KEPT_MS);
        await forgetOldFailures(database.db, HOURS_KEPT_MS);
        await forgetOldGrowth(database.db, HOURS_KEPT_MS);
        await forgetOldSessions(database.db);
        await forgetOldSyncs(database.db, SYNCS_KEPT_MS);
        while (auditKeptMs > 0 && (await forgetOldAudit(database.db, auditKeptMs, AUDIT_PORTION)) === AUDIT_PORTION);
      },
    }),
  ];
  return {
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()));
      await refusals.flush().catch((error: unknown) => {
        log.warn({ event: 'audit_lost', err: error }, 'число повторных неудач не записано');
      });
      await usage.flush().catch((error: unknown) => {
        log.warn({ event: 'account_usage_lost', err: error }, 'времена использования учётных записей не записаны');
      });
    },
  };
}
