// Учётные записи служб: завести, изменить, сменить секрет, удалить. Секрет показывается один раз и хранится хешем.
import { randomUUID } from 'node:crypto';
import { ArtError, type Scope } from '@artstore/contracts';
import type { Actor } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database, Db } from '../database-table.ts';
import { hashSecret, newClientId, newClientSecret } from '../identity/secrets.ts';
import { nameTaken } from '../name-taken.ts';
import {
  type AccountEdit,
  deleteAccount,
  getAccount,
  insertAccount,
  replaceSecret,
  type ServiceAccount,
  updateAccount,
} from './service-accounts-table.ts';

export interface IssuedAccount {
  readonly account: ServiceAccount;
  readonly clientSecret: string;
}

export interface AccountWish {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly Scope[];
  /** Сколько дней действует секрет; 0 — бессрочно. */
  readonly secretTtlDays: number;
}

export async function createServiceAccount(
  database: Database,
  wish: AccountWish,
  actor: Actor,
): Promise<IssuedAccount> {
  const clientSecret = newClientSecret();
  const account = await database
    .transaction(async (db) => {
      const row = await insertAccount(db, {
        ...wish,
        id: randomUUID(),
        clientId: newClientId(wish.name),
        secretHash: hashSecret(clientSecret),
      });
      if (row === undefined) throw new Error('учётная запись не записана');
      await record(db, { actor, action: 'service_account_created', objectId: row.id, after: visible(row) });
      return row;
    })
    .catch((error: unknown) => {
      throw nameTaken(error, 'body.name');
    });
  return { account, clientSecret };
}

export async function editServiceAccount(
  database: Database,
  { id, edit, actor }: { id: string; edit: AccountEdit; actor: Actor },
): Promise<ServiceAccount> {
  return await database
    .transaction(async (db) => {
      const before = await getAccount(db, id, true);
      const after = before === undefined ? undefined : await updateAccount(db, id, edit);
      if (before === undefined || after === undefined) throw new ArtError('NOT_FOUND');
      await record(db, {
        actor,
        action: 'service_account_updated',
        objectId: id,
        before: visible(before),
        after: visible(after),
      });
      return after;
    })
    .catch((error: unknown) => {
      throw nameTaken(error, 'body.name');
    });
}

export async function rotateSecret(
  database: Database,
  { id, secretTtlDays, overlapHours, actor }: { id: string; secretTtlDays: number; overlapHours: number; actor: Actor },
): Promise<IssuedAccount> {
  const clientSecret = newClientSecret();
  const account = await database.transaction(async (db) => {
    const row = await replaceSecret(db, { id, secretHash: hashSecret(clientSecret), secretTtlDays, overlapHours });
    if (row === undefined) throw new ArtError('NOT_FOUND');
    const after = { overlap_hours: overlapHours, secret_expires_at: row.secret_expires_at };
    await record(db, { actor, action: 'service_account_secret_rotated', objectId: id, after });
    return row;
  });
  return { account, clientSecret };
}

export async function removeServiceAccount(database: Database, id: string, actor: Actor): Promise<void> {
  await database.transaction(async (db) => {
    const before = await getAccount(db, id, true);
    if (before === undefined) throw new ArtError('NOT_FOUND');
    await deleteAccount(db, id);
    await record(db, { actor, action: 'service_account_deleted', objectId: id, before: visible(before) });
  });
}

interface AccountRecord {
  readonly actor: Actor;
  readonly action: string;
  readonly objectId: string;
  readonly before?: object;
  readonly after?: object;
}

async function record(db: Db, entry: AccountRecord): Promise<void> {
  await recordAudit(db, { ...entry, objectType: 'service_account' });
}

function visible({ name, description, client_id, scopes, status, secret_expires_at }: ServiceAccount): object {
  return { name, description, client_id, scopes, status, secret_expires_at };
}
