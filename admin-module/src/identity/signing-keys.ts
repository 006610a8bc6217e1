// Ключи подписи токенов: заводит первый, держит в памяти, меняет по просьбе и по возрасту.
// Обещание: новый ключ объявлен раньше, чем начал подписывать, прежний проверяется до конца отсрочки;
// все копии модуля решают одинаково, потому что решают по строкам базы.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeySource } from '@artstore/auth';
import { ArtError } from '@artstore/contracts';
import { SignJWT, type JWTPayload } from 'jose';
import type { Schemas } from '../api-types.ts';
import { type Actor, SYSTEM } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit-table.ts';
import type { Database, Db } from '../database-table.ts';
import { seal, unseal } from './seal.ts';
import {
  forgetRetiredKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  type PublicJwk,
  retireOtherKeys,
  type SigningKeyRow,
} from './signing-keys-table.ts';

const MODULUS_BITS = 3072;
/** Чужой kid не повод спрашивать базу чаще. */
const UNKNOWN_KID_RELOAD_MS = 5_000;

export interface SigningKeysOptions {
  readonly database: Database;
  readonly masterKey: Buffer;
  /** Сколько ключ объявлен, прежде чем подписывать, мс: за это время его узнают соседи. */
  readonly publishMs: number;
  /** Сколько прежний ключ ещё проверяется, мс. */
  readonly graceMs: number;
  /** Возраст, после которого ключ меняется сам, мс; 0 — никогда. */
  readonly ageMaxMs: number;
}

export interface SigningKeys extends KeySource {
  /** Читает ключи из базы; если их нет — заводит первый. @throws SealBroken, если главный ключ не тот. */
  load(): Promise<void>;
  /** Подписывает утверждения действующим ключом; typ = at+jwt (RFC 9068, 2.1). */
  sign(payload: JWTPayload): Promise<string>;
  jwks(): readonly PublicJwk[];
  status(): Schemas['JwtKeysStatus'];
  /** @throws CONFLICT, если следующий ключ уже объявлен и ждёт своего времени. */
  rotate(o: { immediate: boolean; actor: Actor }): Promise<void>;
  /** Меняет ключ, который состарился; зовётся по расписанию. */
  rotateByAge(): Promise<void>;
}

interface LoadedKey {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly createdAt: string;
  readonly activeFrom: string;
  readonly graceUntil: string | null;
}

export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { database, masterKey, ageMaxMs } = options;
  let keys: readonly LoadedKey[] = [];
  let generation = 0;
  let lastReloadMs = Number.NEGATIVE_INFINITY;

  async function reload(): Promise<void> {
    const rows = await listSigningKeys(database.db);
    const known = new Map(keys.map((key) => [key.kid, key]));
    const before = keys.map((key) => key.kid).join();
    keys = rows.map((row) => openKey(row, masterKey, known.get(row.kid)));
    if (keys.map((key) => key.kid).join() !== before) generation += 1;
    lastReloadMs = performance.now();
  }

  async function rotate(o: { immediate: boolean; actor: Actor }): Promise<void> {
    await replaceActive(options, o);
    await reload();
  }

  return {
    // Ключ, чья отсрочка кончилась, меняет набор и без перечитывания.
    generation: () => generation + keys.filter(isRetired).length,
    async load() {
      await reload();
      if (keys.length > 0) return;
      await createFirst(options);
      await reload();
    },
    async key(kid) {
      if (!keys.some((key) => key.kid === kid) && performance.now() - lastReloadMs > UNKNOWN_KID_RELOAD_MS)
        await reload();
      const found = keys.find((key) => key.kid === kid && !isRetired(key));
      if (found !== undefined) return found.publicKey;
      throw new ArtError('UNAUTHORIZED', {
        headers: { 'www-authenticate': 'Bearer realm="artstore", error="invalid_token"' },
      });
    },
    async sign(payload) {
      const { kid, privateKey } = activeKey(keys);
      return await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid }).sign(privateKey);
    },
    jwks: () => keys.filter((key) => !isRetired(key)).map((key) => key.jwk),
    status: () => describe(keys),
    rotate,
    async rotateByAge() {
      await reload();
      const newest = keys.at(-1);
      if (ageMaxMs === 0 || newest === undefined || Date.now() - Date.parse(newest.activeFrom) < ageMaxMs) return;
      await rotate({ immediate: false, actor: SYSTEM });
    },
  };
}

/** Первый ключ; из нескольких копий модуля, начавших разом, его заведёт одна. */
async function createFirst({ database, masterKey }: SigningKeysOptions): Promise<void> {
  const fresh = await generateKey(masterKey);
  await database.transaction(async (db) => {
    await lockSigningKeys(db);
    if ((await listSigningKeys(db)).length > 0) return;
    await insertSigningKey(db, { ...fresh, activeInMs: 0 });
    await recordKey(db, { actor: SYSTEM, action: 'signing_key_created', kid: fresh.kid, immediate: true });
  });
}

async function replaceActive(
  { database, masterKey, publishMs, graceMs }: SigningKeysOptions,
  { immediate, actor }: { immediate: boolean; actor: Actor },
): Promise<void> {
  const fresh = await generateKey(masterKey);
  await database.transaction(async (db) => {
    await lockSigningKeys(db);
    const now = Date.now();
    const waiting = (await listSigningKeys(db)).some((row) => Date.parse(row.active_from) > now);
    if (waiting && !immediate) {
      throw new ArtError('CONFLICT', {
        explain: {
          ru: 'Следующий ключ уже объявлен и скоро начнёт подписывать.',
          en: 'The next key is already published and will start signing soon.',
        },
      });
    }
    await insertSigningKey(db, { ...fresh, activeInMs: immediate ? 0 : publishMs });
    await retireOtherKeys(db, fresh.kid, immediate ? 0 : graceMs);
    await forgetRetiredKeys(db);
    await recordKey(db, { actor, action: 'signing_key_rotated', kid: fresh.kid, immediate });
  });
}

async function recordKey(
  db: Db,
  { actor, action, kid, immediate }: { actor: Actor; action: string; kid: string; immediate: boolean },
): Promise<void> {
  await recordAudit(db, { actor, action, objectType: 'signing_key', objectId: kid, after: { immediate } });
}

async function generateKey(masterKey: Buffer): Promise<{ kid: string; publicJwk: PublicJwk; privateKey: Buffer }> {
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

function openKey(row: SigningKeyRow, masterKey: Buffer, known: LoadedKey | undefined): LoadedKey {
  const times = { createdAt: row.created_at, activeFrom: row.active_from, graceUntil: row.grace_until };
  if (known !== undefined) return { ...known, ...times };
  const privateKey = createPrivateKey({
    key: unseal(masterKey, row.private_key, sealName(row.kid)),
    format: 'der',
    type: 'pkcs8',
  });
  return { kid: row.kid, jwk: row.public_jwk, publicKey: createPublicKey(privateKey), privateKey, ...times };
}

function sealName(kid: string): string {
  return `signing-key:${kid}`;
}

function isRetired(key: LoadedKey): boolean {
  return key.graceUntil !== null && Date.parse(key.graceUntil) <= Date.now();
}

/** Подписывает тот из годных ключей, чьё время пришло последним. */
function activeKey(keys: readonly LoadedKey[]): LoadedKey {
  const now = Date.now();
  const ready = keys.filter((key) => !isRetired(key) && Date.parse(key.activeFrom) <= now);
  // Единственный ключ годен и тогда, когда часы базы чуть впереди наших.
  const active = ready.at(-1) ?? keys.find((key) => !isRetired(key));
  if (active === undefined) throw new ArtError('NOT_READY', { cause: 'no signing keys', retryAfterSeconds: 5 });
  return active;
}

function describe(keys: readonly LoadedKey[]): Schemas['JwtKeysStatus'] {
  const active = activeKey(keys);
  const others = keys.filter((key) => key !== active && !isRetired(key));
  const next = others.find((key) => Date.parse(key.activeFrom) > Date.parse(active.activeFrom));
  return {
    algorithm: 'RS256',
    active: describeKey(active),
    next: next === undefined ? null : describeKey(next),
    previous: others.filter((key) => key !== next).map(describeKey),
  };
}

function describeKey(key: LoadedKey): Schemas['JwtKey'] {
  return { kid: key.kid, created_at: key.createdAt, active_from: key.activeFrom, grace_until: key.graceUntil };
}
