// Набор ключей в памяти: сами ключи, их возраст и номер набора. Сети и диска здесь нет.
import type { webcrypto } from 'node:crypto';
import { importJWK } from 'jose';
import type { PublicJwk } from './read-jwks.ts';

export class KeyRing {
  readonly #staleMaxMs: number;
  #keys: ReadonlyMap<string, webcrypto.CryptoKey> = new Map();
  #fingerprint = '';
  /** Возраст набора в миг загрузки и сам миг по монотонным часам: перевод стенных часов набор не молодит. */
  #ageAtLoadMs = Number.POSITIVE_INFINITY;
  #loadedAtMs = 0;
  #generation = 0;

  /** `staleMaxMs` — старше этого набор не применяется. */
  constructor(staleMaxMs: number) {
    this.#staleMaxMs = staleMaxMs;
  }

  get ageMs(): number {
    return this.#ageAtLoadMs + performance.now() - this.#loadedAtMs;
  }

  get usable(): boolean {
    return this.ageMs <= this.#staleMaxMs;
  }

  /** Растёт, когда меняется набор. */
  get generation(): number {
    return this.#generation;
  }

  find(kid: string): webcrypto.CryptoKey | undefined {
    return this.usable ? this.#keys.get(kid) : undefined;
  }

  /** Заменяет набор целиком; говорит, изменился ли он. */
  async adopt(jwks: readonly PublicJwk[], ageAtLoadMs: number): Promise<boolean> {
    const keys = new Map<string, webcrypto.CryptoKey>();
    for (const jwk of jwks) {
      const key = await importJWK({ ...jwk }, 'RS256');
      if (!(key instanceof Uint8Array)) keys.set(jwk.kid, key);
    }
    const fingerprint = JSON.stringify(jwks);
    const changed = fingerprint !== this.#fingerprint;
    this.#keys = keys;
    this.#fingerprint = fingerprint;
    this.#ageAtLoadMs = ageAtLoadMs;
    this.#loadedAtMs = performance.now();
    if (changed) this.#generation += 1;
    return changed;
  }
}
