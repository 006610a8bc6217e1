// Клиенты модулей: единственные, кто ходит по сети к соседям. Каждый вызов ограничен временем и размером ответа.
export { createAccountClient } from './src/account-client.ts';
export type { AccountClient, UserSession } from './src/account-client.ts';
export { createAdminClient } from './src/admin-client.ts';
export type { AdminClient, AdminClientOptions, StorageElement } from './src/admin-client.ts';
export type { EndClientOptions } from './src/end-client.ts';
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
  FoundPage,
  ModeState,
  RegisteredFile,
  RetentionPolicy,
  StorageMode,
  UnreadableItem,
} from './src/file-shapes.ts';
export type { AnsweredInfo } from './src/get-info.ts';
export { createIngesterClient } from './src/ingester-client.ts';
export type { IngesterClient, UploadedFile, UploadRequest } from './src/ingester-client.ts';
export type { PutFile, PutOutcome } from './src/put-file.ts';
export { createQueryClient } from './src/query-client.ts';
export type { Download, QueryClient, SearchRequest } from './src/query-client.ts';
export type { IssuedToken } from './src/request-token.ts';
export { createServiceTokens } from './src/service-token.ts';
export type { ServiceTokens, ServiceTokensOptions } from './src/service-token.ts';
export { createStorageElementClient } from './src/storage-element-client.ts';
export type { StorageElementClient, StorageElementClientOptions } from './src/storage-element-client.ts';
export type { DownloadRequest, ElementDownload } from './src/open-download.ts';
export type { GcOptions, GcState, ReconcileOptions, ReconcileState } from './src/upkeep-shapes.ts';
