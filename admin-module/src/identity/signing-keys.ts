// Ключи подписи токенов: держит в памяти, подписывает, меняет по просьбе и по возрасту.
// Обещание: новый ключ объявлен раньше, чем начал подписывать, прежний проверяется до конца отсрочки;
// все копии модуля решают одинаково, потому что решают по строкам и по часам базы.
import { createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeySource } from '@artstore/auth';
import { ArtError } from '@artstore/contracts';
import { SignJWT, type JWTPayload } from 'jose';
import type { Schemas } from '../api-types.ts';
import type { Actor } from '../audit/actor.ts';
import { activeKey, describeKeys, isRetired, type LoadedKey } from './loaded-keys.ts';
import {
  createFirstKey,
  type KeyRules,
  openPrivateKey,
  replaceActiveKey,
  replaceOldKey,
  resealKeys,
} from './rotate-keys.ts';
import { listSigningKeys, type PublicJwk, type SigningKeyRow } from './signing-keys-table.ts';

/** Столько набор считается свежим: так быстро копия узнаёт о смене, сделанной другой. База видит не больше запроса в секунду. */
const FRESH_MS = 1_000;
/** Дольше запрос ради свежести не ждёт: без базы модуль работает по последнему известному набору. */
const FRESH_WAIT_MS = 300;

export interface SigningKeysOptions extends KeyRules {
  /** Возраст, после которого ключ меняется сам, мс; 0 — никогда. */
  readonly ageMaxMs: number;
}

export interface SigningKeys extends KeySource {
  /**
   * Читает ключи из базы; если их нет — заводит первый, если зашифрованы прежним главным ключом — перешифровывает.
   * @returns сколько ключей перешифровано
   * @throws SealBroken, если главный ключ не тот
   */
  load(): Promise<number>;
  /** Подписывает утверждения действующим ключом; typ = at+jwt (RFC 9068, 2.1). */
  sign(payload: JWTPayload): Promise<string>;
  jwks(): Promise<readonly PublicJwk[]>;
  status(): Promise<Schemas['JwtKeysStatus']>;
  /** @throws CONFLICT, если следующий ключ уже объявлен и ждёт своего времени. */
  rotate(o: { immediate: boolean; actor: Actor }): Promise<void>;
  /** Меняет ключ, который состарился; зовётся по расписанию. */
  rotateByAge(): Promise<void>;
}

export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  return new SharedSigningKeys(options);
}

class SharedSigningKeys implements SigningKeys {
  readonly #options: SigningKeysOptions;
  #keys: readonly LoadedKey[] = [];
  #generation = 0;
  /** На столько часы базы впереди наших. */
  #clockAheadMs = 0;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
  }

  /** Ключ, чья отсрочка кончилась, меняет набор и без перечитывания. */
  generation(): number {
    void this.#refresh();
    const now = this.#now();
    return this.#generation + this.#keys.filter((key) => isRetired(key, now)).length;
  }

  async load(): Promise<number> {
    const resealed = await resealKeys(this.#options);
    await this.#reload();
    if (this.#keys.length > 0) return resealed;
    await createFirstKey(this.#options);
    await this.#reload();
    return resealed;
  }

  async key(kid: string): Promise<LoadedKey['publicKey']> {
    await this.#freshen();
    const found = this.#keys.find((key) => key.kid === kid && !isRetired(key, this.#now()));
    if (found !== undefined) return found.publicKey;
    throw new ArtError('UNAUTHORIZED', {
      headers: { 'www-authenticate': 'Bearer realm="artstore", error="invalid_token"' },
    });
  }

  async sign(payload: JWTPayload): Promise<string> {
    await this.#freshen();
    const { kid, privateKey } = activeKey(this.#keys, this.#now());
    return await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid }).sign(privateKey);
  }

  async jwks(): Promise<readonly PublicJwk[]> {
    await this.#freshen();
    const now = this.#now();
    return this.#keys.filter((key) => !isRetired(key, now)).map((key) => key.jwk);
  }

  async status(): Promise<Schemas['JwtKeysStatus']> {
    await this.#freshen();
    return describeKeys(this.#keys, this.#now());
  }

  async rotate(o: { immediate: boolean; actor: Actor }): Promise<void> {
    await replaceActiveKey(this.#options, o);
    await this.#reload();
  }

  async rotateByAge(): Promise<void> {
    const { ageMaxMs } = this.#options;
    if (ageMaxMs > 0) await replaceOldKey(this.#options, ageMaxMs);
    await this.#reload();
  }

  #now(): number {
    return Date.now() + this.#clockAheadMs;
  }

  async #reload(): Promise<void> {
    const { rows, nowMs } = await listSigningKeys(this.#options.database.db);
    const known = new Map(this.#keys.map((key) => [key.kid, key]));
    const keys = rows.map((row) => openKey(row, this.#options.masterKey, known.get(row.kid)));
    // Прибавка больше любого числа ушедших ключей: новый номер не совпадёт ни с одним прежним.
    if (keys.map(({ kid }) => kid).join() !== [...known.keys()].join()) this.#generation += 1 + known.size;
    this.#keys = keys;
    this.#clockAheadMs = nowMs - Date.now();
    this.#triedAtMs = performance.now();
  }

  /** Перечитывает набор, если он несвеж; запрос в полёте один. Неудачу назовёт журналу плановая смена ключей. */
  #refresh(): Promise<void> | undefined {
    if (performance.now() - this.#triedAtMs < FRESH_MS) return undefined;
    this.#refreshing ??= this.#reload()
      .catch(() => undefined)
      .finally(() => {
        this.#triedAtMs = performance.now();
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  async #freshen(): Promise<void> {
    const refreshing = this.#refresh();
    if (refreshing === undefined) return;
    const enough = new AbortController();
    await Promise.race([
      refreshing.finally(() => enough.abort()),
      sleep(FRESH_WAIT_MS, undefined, { ref: false, signal: enough.signal }).catch(() => undefined),
    ]);
  }
}

function openKey(row: SigningKeyRow, masterKey: Buffer, known: LoadedKey | undefined): LoadedKey {
  const times = { createdAt: row.created_at, activeFrom: row.active_from, graceUntil: row.grace_until };
  if (known !== undefined) return { ...known, ...times };
  const privateKey = openPrivateKey(row, masterKey);
  return { kid: row.kid, jwk: row.public_jwk, publicKey: createPublicKey(privateKey), privateKey, ...times };
}
