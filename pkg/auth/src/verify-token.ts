// Проверка токена доступа (JWT RS256, RFC 9068) и память о недавно проверенных.
// Разрешён один алгоритм; ключ берётся только из доверенного источника по kid, подсказки в токене (jku, x5u, jwk) не читаются.
import { hash } from 'node:crypto';
import type { Principal } from '@artstore/contracts';
import { type JWTPayload, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { invalidToken } from './invalid-token.ts';
import type { KeySource } from './key-source.ts';
import { readPrincipal } from './read-principal.ts';

export type Verifier = (token: string) => Promise<Principal>;

export interface VerifierOptions {
  readonly keys: KeySource;
  readonly issuer: string;
  readonly audience: string;
  /** Сколько проверенных токенов помнить. */
  readonly rememberMax?: number;
}

/** Часы соседей расходятся; больше пяти секунд — уже неисправность. */
const CLOCK_SKEW_SECONDS = 5;
/** Столько, самое большее, живёт запись о проверенном токене: так быстро действует отзыв ключа у соседа. */
const REMEMBER_MS = 60_000;
const REMEMBER_MAX = 10_000;

interface Remembered {
  readonly principal: Principal;
  readonly endsAtMs: number;
}

/**
 * Проверка стоит доли миллисекунды, повторная — микросекунды: ключ памяти — SHA-256 токена, сам токен не хранится.
 * Смена набора ключей забывает всё. Ошибки: UNAUTHORIZED, если токен не годится; NOT_READY от источника ключей.
 */
export function createVerifier({ keys, issuer, audience, rememberMax = REMEMBER_MAX }: VerifierOptions): Verifier {
  const remembered = new LRUCache<string, Remembered>({ max: rememberMax });
  let generation = keys.generation?.();

  function forgetOnKeyChange(): void {
    const now = keys.generation?.();
    if (now === generation) return;
    generation = now;
    remembered.clear();
  }

  async function verifyFully(token: string, digest: string): Promise<Principal> {
    const generationBefore = generation;
    const payload = await verifySignatureAndClaims(token, { keys, issuer, audience });
    const principal = readPrincipal(payload);
    const nowMs = Date.now();
    const endsAtMs = Math.min((payload.exp ?? 0) * 1_000, nowMs + REMEMBER_MS);
    forgetOnKeyChange();
    // Пока шла проверка, набор ключей мог смениться: такой итог годен один раз, но не для памяти.
    if (endsAtMs > nowMs && generation === generationBefore) remembered.set(digest, { principal, endsAtMs });
    return principal;
  }

  return async (token) => {
    forgetOnKeyChange();
    const digest = hash('sha256', token, 'base64');
    const known = remembered.get(digest);
    if (known !== undefined && known.endsAtMs > Date.now()) return known.principal;
    return await verifyFully(token, digest);
  };
}

async function verifySignatureAndClaims(
  token: string,
  { keys, issuer, audience }: VerifierOptions,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        if (typeof kid !== 'string' || kid === '') throw invalidToken('token without kid');
        return await keys.key(kid);
      },
      {
        algorithms: ['RS256'],
        typ: 'at+jwt',
        issuer,
        audience,
        clockTolerance: CLOCK_SKEW_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      },
    );
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidToken(error);
    throw error;
  }
}
