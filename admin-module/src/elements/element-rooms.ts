// Что нужно глаголам элементов хранения. Только типы.
import type { StorageElementClient } from '@artstore/clients';
import type { Database } from '../database-table.ts';
import type { AddressPolicy } from './address-policy.ts';
import type { KnownElements } from './known-elements.ts';

export interface ElementRooms {
  readonly database: Database;
  readonly client: StorageElementClient;
  readonly policy: AddressPolicy;
  readonly known: KnownElements;
}
