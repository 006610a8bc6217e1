// Вход пакета: то, что нужно каждому процессу ArtStore.
export type { AppOptions, Check, Limits, RefusedCall, TlsPair } from './src/app-options.ts';
export { type ContractDocument, type ContractOperation, readContract } from './src/contract-document.ts';
export { createApp } from './src/create-app.ts';
export { reloadTls } from './src/open-server.ts';
export { type Logger, type LoggerOptions, createLogger } from './src/create-logger.ts';
export { type Metrics, createMetrics } from './src/create-metrics.ts';
export { type EveryOptions, type Periodic, every } from './src/every.ts';
export type { Answer, Call, Handler, HealthOperation, Operations } from './src/operation-types.ts';
export { type EnvRow, describeEnv } from './src/describe-env.ts';
export { byteSize, duration, period } from './src/measured-settings.ts';
export { networks } from './src/network-settings.ts';
export { type RateLimit, createRateLimit } from './src/rate-limit.ts';
export { type Env, EnvError, parseEnv, readEnv } from './src/read-env.ts';
export { type RunOptions, run, shutDown } from './src/run.ts';
