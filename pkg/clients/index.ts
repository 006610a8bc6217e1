// Клиенты модулей: единственные, кто ходит по сети к соседям. Каждый вызов ограничен временем и размером ответа.
export { createAdminClient } from './src/admin-client.ts';
export type { AdminClient, AdminClientOptions, StorageElement } from './src/admin-client.ts';
export type { ElementAddress } from './src/element-reply.ts';
export type {
  ElementChange,
  ElementChanges,
  ElementFile,
  ElementFilePage,
  ElementInfo,
  FileEdit,
  FileIntent,
  FileMetadata,
  FileStatus,
  ModeState,
  RegisteredFile,
  RetentionPolicy,
  StorageMode,
  UnreadableItem,
} from './src/file-shapes.ts';
export type { PutFile, PutOutcome } from './src/put-file.ts';
export { createServiceTokens } from './src/service-token.ts';
export type { ServiceTokens, ServiceTokensOptions } from './src/service-token.ts';
export { createStorageElementClient } from './src/storage-element-client.ts';
export type {
  DownloadRequest,
  ElementDownload,
  StorageElementClient,
  StorageElementClientOptions,
} from './src/storage-element-client.ts';
export type { GcOptions, GcState, ReconcileOptions, ReconcileState } from './src/upkeep-shapes.ts';
