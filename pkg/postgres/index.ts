// Вход пакета: всё, что знает о PostgreSQL, живёт здесь.
export { checkDatabase, type Finding } from './check-database.ts';
export { claimFile } from './claim-file.ts';
export { isDatabaseUnavailable, nameDatabaseError } from './database-unavailable.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/start-embedded-postgres.ts';
export { type DatabaseWish, ensureDatabase } from './ensure-database.ts';
export { type Log, silentLog } from './log.ts';
export { type MigrateOptions, type MigrateOutcome, migrate } from './migrate.ts';
export { MigrationError } from './migration-files.ts';
export { openPool, type PoolOptions } from './open-pool.ts';
export { isAlive, markProcess, type ProcessMark } from './process-mark.ts';
export { type TransactionOptions, transaction } from './transaction.ts';
