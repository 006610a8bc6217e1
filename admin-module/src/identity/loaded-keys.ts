// Набор ключей подписи в памяти: какой подписывает, какие объявлены, какие ушли. Время здесь — время базы: копии
// модуля с разными часами решают одинаково.
import type { KeyObject } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import type { Schemas } from '../api-types.ts';
import type { PublicJwk } from './signing-keys-table.ts';

export interface LoadedKey {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly createdAt: string;
  readonly activeFrom: string;
  readonly graceUntil: string | null;
}

/** Отсрочка кончилась: ни подписывать, ни проверять этим ключом нельзя. */
export function isRetired(key: LoadedKey, nowMs: number): boolean {
  return key.graceUntil !== null && Date.parse(key.graceUntil) <= nowMs;
}

/** Подписывает тот из годных ключей, чьё время пришло последним. */
export function activeKey(keys: readonly LoadedKey[], nowMs: number): LoadedKey {
  const usable = keys.filter((key) => !isRetired(key, nowMs));
  // Единственный ключ годен и тогда, когда его время вот-вот придёт: подписывать больше нечем.
  const active = usable.findLast((key) => Date.parse(key.activeFrom) <= nowMs) ?? usable[0];
  if (active === undefined) throw new ArtError('NOT_READY', { cause: 'no signing keys', retryAfterSeconds: 5 });
  return active;
}

export function describeKeys(keys: readonly LoadedKey[], nowMs: number): Schemas['JwtKeysStatus'] {
  const active = activeKey(keys, nowMs);
  const others = keys.filter((key) => key !== active && !isRetired(key, nowMs));
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
