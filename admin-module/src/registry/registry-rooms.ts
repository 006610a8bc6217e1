// Что нужно глаголам реестра. Только типы.
import type { StorageElementClient } from '@artstore/clients';
import type { Logger } from '@artstore/chassis';
import type { Actor } from '../audit/actor.ts';
import type { Database } from '../database-table.ts';

export interface RegistryRooms {
  readonly database: Database;
  readonly client: StorageElementClient;
  readonly log: Logger;
}

export interface FileRequest {
  readonly fileId: string;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}
