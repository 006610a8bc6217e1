// Открытые ключи модуля управления: обновляются в фоне, последний удачный набор переживает перезапуск и недоступность
// соседа, но не дольше staleMaxMs. Нет годных ключей — NOT_READY: отказ никогда не превращается в пропуск.
import type { webcrypto } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import { importJWK } from 'jose';
import { Agent } from 'undici';
import { fetchJwks } from './fetch-jwks.ts';
import { invalidToken } from './invalid-token.ts';
import { loadJwks, saveJwks } from './jwks-file.ts';
import type { KeySource } from './key-source.ts';
import type { PublicJwk } from './read-jwks.ts';

export interface JwksCacheOptions {
  readonly url: string;
  /** PEM удостоверяющего центра, если соседу не доверяет система. */
  readonly ca?: string | undefined;
  /** Где хранить последний удачный набор. */
  readonly cacheFile?: string | undefined;
  /** Старше этого набор не применяется, мс. */
  readonly staleMaxMs: number;
  /** Как часто обновлять, мс. */
  readonly refreshMs: number;
  readonly log: JwksLog;
}

export interface JwksLog {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

export interface JwksCache extends KeySource {
  /** Читает набор с диска и начинает обновлять его в фоне; сеть не ждёт. */
  start(): Promise<void>;
  close(): Promise<void>;
  /** Возраст набора, мс; Infinity, если набора нет. */
  ageMs(): number;
  /** Есть ли годный (не устаревший) набор. */
  loaded(): boolean;
  generation(): number;
}

/** Незнакомый kid не повод спрашивать соседа чаще: иначе чужие токены стали бы нагрузкой на него. */
const UNKNOWN_KID_REFETCH_MS = 30_000;
/** Пока ключей нет совсем, запросы сами пробуют их достать, но не чаще. */
const EMPTY_REFETCH_MS = 1_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 30_000;

type ImportedKeys = ReadonlyMap<string, webcrypto.CryptoKey>;

interface KeySet {
  readonly keys: ImportedKeys;
  readonly fingerprint: string;
  /** Возраст набора в миг загрузки и сам этот миг по монотонным часам: перевод стенных часов набор не молодит. */
  readonly ageAtLoadMs: number;
  readonly loadedAtMs: number;
}

export function openJwksCache(options: JwksCacheOptions): JwksCache {
  const { url, ca, cacheFile, staleMaxMs, refreshMs, log } = options;
  const dispatcher = new Agent({ connections: 1, connect: ca === undefined ? {} : { ca } });
  const closing = new AbortController();
  let current: KeySet | undefined;
  let generation = 0;
  let inFlight: Promise<boolean> | undefined;
  let lastAttemptMs = Number.NEGATIVE_INFINITY;
  let lastUnknownKidMs = Number.NEGATIVE_INFINITY;
  let lastAttemptFailed = false;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = RETRY_FIRST_MS;

  const ageMs = (): number =>
    current === undefined ? Number.POSITIVE_INFINITY : current.ageAtLoadMs + performance.now() - current.loadedAtMs;
  const usable = (): KeySet | undefined => (ageMs() <= staleMaxMs ? current : undefined);

  async function adopt(jwks: readonly PublicJwk[], ageAtLoadMs: number): Promise<boolean> {
    const keys = await importKeys(jwks);
    const fingerprint = JSON.stringify(jwks);
    const changed = fingerprint !== current?.fingerprint;
    current = { keys, fingerprint, ageAtLoadMs, loadedAtMs: performance.now() };
    if (changed) generation += 1;
    return changed;
  }

  async function fetchOnce(): Promise<boolean> {
    lastAttemptMs = performance.now();
    try {
      const jwks = await fetchJwks(url, dispatcher, closing.signal);
      const changed = await adopt(jwks, 0);
      lastAttemptFailed = false;
      if (changed) log.info({ event: 'jwks_loaded', kids: jwks.map((key) => key.kid) }, 'набор ключей загружен');
      await keepOnDisk(jwks);
      return true;
    } catch (error) {
      lastAttemptFailed = true;
      if (!closing.signal.aborted) log.warn({ event: 'jwks_fetch_failed', url, err: error }, 'набор ключей не получен');
      return false;
    }
  }

  /** Неудачная запись на диск не мешает работать: набор уже в памяти. */
  async function keepOnDisk(jwks: readonly PublicJwk[]): Promise<void> {
    if (cacheFile === undefined) return;
    try {
      await saveJwks(cacheFile, { url, fetchedAtMs: Date.now(), keys: jwks });
    } catch (error) {
      log.warn({ event: 'jwks_save_failed', path: cacheFile, err: error }, 'набор ключей не записан на диск');
    }
  }

  function refetch(): Promise<boolean> {
    inFlight ??= fetchOnce().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  async function refreshAndSchedule(): Promise<void> {
    const ok = await refetch();
    if (closing.signal.aborted) return;
    const delayMs = ok ? refreshMs : Math.min(retryMs, refreshMs);
    retryMs = ok ? RETRY_FIRST_MS : Math.min(retryMs * 2, RETRY_MAX_MS);
    timer = setTimeout(() => void refreshAndSchedule(), delayMs * (0.9 + 0.2 * Math.random()));
    timer.unref();
  }

  async function restoreFromDisk(): Promise<void> {
    if (cacheFile === undefined) return;
    const saved = await loadJwks(cacheFile, url);
    if ('reason' in saved) {
      if (saved.reason !== 'absent') {
        log.warn({ event: 'jwks_file_ignored', path: cacheFile, reason: saved.reason }, 'сохранённый набор ключей не годится');
      }
      return;
    }
    const ageAtLoadMs = Date.now() - saved.fetchedAtMs;
    // Дата из будущего — часы врали тогда или врут сейчас; срок такого набора узнать нельзя.
    if (ageAtLoadMs < 0 || ageAtLoadMs > staleMaxMs) {
      log.warn({ event: 'jwks_file_stale', path: cacheFile, ageMs: ageAtLoadMs }, 'сохранённый набор ключей устарел');
      return;
    }
    await adopt(saved.keys, ageAtLoadMs);
    log.info({ event: 'jwks_restored', path: cacheFile, ageMs: ageAtLoadMs }, 'набор ключей взят с диска');
  }

  /** Незнакомый kid: присоединяется к идущему запросу или начинает свой, если прежний был достаточно давно. */
  async function lookAgain(): Promise<void> {
    const nowMs = performance.now();
    if (usable() === undefined) {
      if (inFlight !== undefined || nowMs - lastAttemptMs >= EMPTY_REFETCH_MS) await refetch();
      return;
    }
    if (inFlight === undefined && nowMs - lastUnknownKidMs < UNKNOWN_KID_REFETCH_MS) return;
    if (inFlight === undefined) lastUnknownKidMs = nowMs;
    await refetch();
  }

  async function key(kid: string): Promise<webcrypto.CryptoKey> {
    const known = usable()?.keys.get(kid);
    if (known !== undefined) return known;
    await lookAgain();
    const set = usable();
    if (set === undefined) throw new ArtError('NOT_READY', { cause: 'no usable signing keys', retryAfterSeconds: 5 });
    const found = set.keys.get(kid);
    if (found !== undefined) return found;
    // Сосед не ответил, и сказать, чужой это токен или новый ключ, нельзя.
    if (lastAttemptFailed) throw new ArtError('NOT_READY', { cause: 'signing keys cannot be refreshed', retryAfterSeconds: 5 });
    throw invalidToken('unknown kid');
  }

  return {
    key,
    ageMs,
    loaded: () => usable() !== undefined,
    generation: () => generation,
    async start() {
      await restoreFromDisk();
      void refreshAndSchedule();
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
      await inFlight;
      await dispatcher.destroy();
    },
  };
}

async function importKeys(jwks: readonly PublicJwk[]): Promise<ImportedKeys> {
  const keys = new Map<string, webcrypto.CryptoKey>();
  for (const jwk of jwks) {
    const imported = await importJWK({ ...jwk }, 'RS256');
    if (!(imported instanceof Uint8Array)) keys.set(jwk.kid, imported);
  }
  return keys;
}
