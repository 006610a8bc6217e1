// Новый ключ подписи: первый, на смену прежнему и те же ключи под новым главным ключом. Закрытая часть покидает
// память только зашифрованной. Решают под замком таблицы: из нескольких копий модуля ключ заводит одна.
import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { ArtError } from '@artstore/contracts';
import { type Actor, SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database, Db } from '../database-table.ts';
import { SealBroken, seal, unseal } from './seal.ts';
import {
  forgetRetiredKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  type PublicJwk,
  replacePrivateKey,
  retireOtherKeys,
  type SigningKeyRow,
} from './signing-keys-table.ts';

const MODULUS_BITS = 3072;

export interface KeyRules {
  readonly database: Database;
  readonly masterKey: Buffer;
  /** Главный ключ, которым шифровали раньше: при запуске ключи подписи перешифровываются новым. */
  readonly previousMasterKey?: Buffer | undefined;
  /** Сколько ключ объявлен, прежде чем подписывать, мс: за это время его узнают соседи. */
  readonly publishMs: number;
  /** Сколько прежний ключ ещё проверяется, мс. */
  readonly graceMs: number;
}

/** Первый ключ; из нескольких копий модуля, начавших разом, его заведёт одна. */
export async function createFirstKey({ database, masterKey }: KeyRules): Promise<void> {
  const fresh = await generateKey(masterKey);
  await database.transaction(async (db) => {
    await lockSigningKeys(db);
    if ((await listSigningKeys(db)).rows.length > 0) return;
    await insertSigningKey(db, { ...fresh, activeInMs: 0 });
    await recordKey(db, { actor: SYSTEM, action: 'signing_key_created', kid: fresh.kid, immediate: true });
  });
}

/** @throws CONFLICT, если следующий ключ уже объявлен и ждёт своего времени. */
export async function replaceActiveKey(
  rules: KeyRules,
  { immediate, actor }: { immediate: boolean; actor: Actor },
): Promise<void> {
  const fresh = await generateKey(rules.masterKey);
  await rules.database.transaction(async (db) => {
    await lockSigningKeys(db);
    const { rows, nowMs } = await listSigningKeys(db);
    if (!immediate && rows.some((row) => Date.parse(row.active_from) > nowMs)) {
      throw new ArtError('CONFLICT', {
        explain: {
          ru: 'Следующий ключ уже объявлен и скоро начнёт подписывать.',
          en: 'The next key is already published and will start signing soon.',
        },
      });
    }
    await placeKey(db, rules, { fresh, immediate, actor });
  });
}

/** Меняет самый новый ключ, если он старше срока; кто опоздал к замку, увидит уже свежий и ничего не сделает. */
export async function replaceOldKey(rules: KeyRules, ageMaxMs: number): Promise<void> {
  if (!isNewestOlder(await listSigningKeys(rules.database.db), ageMaxMs)) return;
  const fresh = await generateKey(rules.masterKey);
  await rules.database.transaction(async (db) => {
    await lockSigningKeys(db);
    if (!isNewestOlder(await listSigningKeys(db), ageMaxMs)) return;
    await placeKey(db, rules, { fresh, immediate: false, actor: SYSTEM });
  });
}

/** Перешифровывает новым главным ключом то, что открывается прежним; возвращает, сколько ключей перешифровано. */
export async function resealKeys({ database, masterKey, previousMasterKey }: KeyRules): Promise<number> {
  if (previousMasterKey === undefined) return 0;
  return await database.transaction(async (db) => {
    await lockSigningKeys(db);
    let resealed = 0;
    for (const { kid, private_key: sealed } of (await listSigningKeys(db)).rows) {
      if (opens(masterKey, sealed, kid)) continue;
      const plain = unseal(previousMasterKey, sealed, sealName(kid));
      await replacePrivateKey(db, kid, seal(masterKey, plain, sealName(kid)));
      await recordAudit(db, {
        actor: SYSTEM,
        action: 'signing_key_resealed',
        objectType: 'signing_key',
        objectId: kid,
      });
      resealed += 1;
    }
    return resealed;
  });
}

/** @throws SealBroken */
export function openPrivateKey({ kid, private_key: sealed }: SigningKeyRow, masterKey: Buffer): KeyObject {
  return createPrivateKey({ key: unseal(masterKey, sealed, sealName(kid)), format: 'der', type: 'pkcs8' });
}

interface FreshKey {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateKey: Buffer;
}

async function placeKey(
  db: Db,
  { publishMs, graceMs }: KeyRules,
  { fresh, immediate, actor }: { fresh: FreshKey; immediate: boolean; actor: Actor },
): Promise<void> {
  await insertSigningKey(db, { ...fresh, activeInMs: immediate ? 0 : publishMs });
  await retireOtherKeys(db, fresh.kid, immediate ? 0 : graceMs);
  await forgetRetiredKeys(db);
  await recordKey(db, { actor, action: 'signing_key_rotated', kid: fresh.kid, immediate });
}

function isNewestOlder({ rows, nowMs }: { rows: readonly SigningKeyRow[]; nowMs: number }, ageMaxMs: number): boolean {
  const newest = rows.at(-1);
  return newest !== undefined && nowMs - Date.parse(newest.active_from) >= ageMaxMs;
}

async function recordKey(
  db: Db,
  { actor, action, kid, immediate }: { actor: Actor; action: string; kid: string; immediate: boolean },
): Promise<void> {
  await recordAudit(db, { actor, action, objectType: 'signing_key', objectId: kid, after: { immediate } });
}

async function generateKey(masterKey: Buffer): Promise<FreshKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const kid = `k-${day}-${randomBytes(4).toString('hex')}`;
  const { n, e } = pair.publicKey.export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new Error('открытый ключ RSA без модуля');
  const bytes = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    kid,
    publicJwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e },
    privateKey: seal(masterKey, bytes, sealName(kid)),
  };
}

function opens(masterKey: Buffer, sealed: Buffer, kid: string): boolean {
  try {
    unseal(masterKey, sealed, sealName(kid));
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

function sealName(kid: string): string {
  return `signing-key:${kid}`;
}
