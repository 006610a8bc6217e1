// Открытые ключи модуля управления: обновляются в фоне, последний удачный набор переживает перезапуск и недоступность
// соседа, но не дольше staleMaxMs. Нет годных ключей — NOT_READY: отказ никогда не превращается в пропуск.
import type { webcrypto } from 'node:crypto';
import { ArtError } from '@artstore/contracts';
import { Agent } from 'undici';
import { fetchJwks } from './fetch-jwks.ts';
import { invalidToken } from './invalid-token.ts';
import { loadJwks, saveJwks } from './jwks-file.ts';
import { KeyRing } from './key-ring.ts';
import type { KeySource } from './key-source.ts';
import type { PublicJwk } from './read-jwks.ts';

export interface JwksCacheOptions {
  readonly url: string;
  /** PEM удостоверяющего центра, если соседу не доверяет система. */
  readonly ca?: string | undefined;
  /** Где хранить последний удачный набор; каталог должен существовать, здесь его не заводят. */
  readonly cacheFile?: string | undefined;
  /** Можно ли сейчас писать cacheFile: на место отключённого диска писать нельзя. По умолчанию можно всегда. */
  readonly mayKeep?: (() => boolean) | undefined;
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
const RETRY_AFTER_SECONDS = 5;
/** Пока сосед недоступен, возраст набора на диске отстаёт от настоящего не больше чем на столько… */
const AGE_LAG_MS_MAX = 60_000;
/** …и не больше чем на эту долю дозволенного возраста. */
const AGE_LAG_SHARE = 1 / 100;
/** Так часы подводит служба времени: меньший ход назад файла не порочит. */
const CLOCK_STEP_MS = 60_000;

export function openJwksCache(options: JwksCacheOptions): JwksCache {
  return new RefreshingJwks(options);
}

class RefreshingJwks implements JwksCache {
  readonly #options: JwksCacheOptions;
  readonly #ring: KeyRing;
  readonly #dispatcher: Agent;
  readonly #closing = new AbortController();
  #inFlight: Promise<boolean> | undefined;
  #attemptedAtMs = Number.NEGATIVE_INFINITY;
  #attemptFailed = false;
  #unknownKidAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = RETRY_FIRST_MS;
  /** Набор, который в памяти; какой его возраст записан последним и когда. */
  #keys: readonly PublicJwk[] = [];
  #kept = { ageMs: 0, atMs: Number.NEGATIVE_INFINITY };

  constructor(options: JwksCacheOptions) {
    this.#options = options;
    this.#ring = new KeyRing(options.staleMaxMs);
    this.#dispatcher = new Agent({ connections: 1, connect: options.ca === undefined ? {} : { ca: options.ca } });
  }

  async key(kid: string): Promise<webcrypto.CryptoKey> {
    const known = this.#ring.find(kid);
    if (known !== undefined) return known;
    await this.#lookAgain();
    const found = this.#ring.find(kid);
    if (found !== undefined) return found;
    if (!this.#ring.usable) throw notReady('no usable signing keys');
    // Сосед не ответил, и сказать, чужой это токен или новый ключ, нельзя.
    if (this.#attemptFailed) throw notReady('signing keys cannot be refreshed');
    throw invalidToken('unknown kid');
  }

  ageMs(): number {
    return this.#ring.ageMs;
  }

  loaded(): boolean {
    return this.#ring.usable;
  }

  generation(): number {
    return this.#ring.generation;
  }

  async start(): Promise<void> {
    await this.#restoreFromDisk();
    void this.#refreshAndSchedule();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#inFlight;
    await this.#keepAge();
    await this.#dispatcher.destroy();
  }

  /** Присоединяется к идущему запросу или начинает свой, если прежний был достаточно давно. */
  async #lookAgain(): Promise<void> {
    const nowMs = performance.now();
    if (this.#inFlight === undefined) {
      const empty = !this.#ring.usable;
      const lastMs = empty ? this.#attemptedAtMs : this.#unknownKidAtMs;
      if (nowMs - lastMs < (empty ? EMPTY_REFETCH_MS : UNKNOWN_KID_REFETCH_MS)) return;
      this.#unknownKidAtMs = nowMs;
    }
    await this.#refetch();
  }

  /** Запрос в полёте всегда один, сколько бы вызовов его ни ждало. */
  #refetch(): Promise<boolean> {
    if (this.#closing.signal.aborted) return Promise.resolve(false);
    this.#inFlight ??= this.#fetchOnce().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  async #fetchOnce(): Promise<boolean> {
    const { url, log } = this.#options;
    this.#attemptedAtMs = performance.now();
    try {
      const jwks = await fetchJwks(url, this.#dispatcher, this.#closing.signal);
      const changed = await this.#ring.adopt(jwks, 0);
      this.#attemptFailed = false;
      if (changed) log.info({ event: 'jwks_loaded', kids: jwks.map(({ kid }) => kid) }, 'набор ключей загружен');
      this.#keys = jwks;
      await this.#keepOnDisk();
      return true;
    } catch (error) {
      this.#attemptFailed = true;
      await this.#keepAge();
      if (!this.#closing.signal.aborted)
        log.warn({ event: 'jwks_fetch_failed', url, err: error }, 'набор ключей не получен');
      return false;
    }
  }

  async #refreshAndSchedule(): Promise<void> {
    const ok = await this.#refetch();
    if (this.#closing.signal.aborted) return;
    const { refreshMs } = this.#options;
    const delayMs = ok ? refreshMs : Math.min(this.#retryMs, refreshMs);
    this.#retryMs = ok ? RETRY_FIRST_MS : Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    this.#timer = setTimeout(() => void this.#refreshAndSchedule(), delayMs * (0.9 + 0.2 * Math.random()));
    this.#timer.unref();
  }

  /**
   * Возраст идёт и без соседа: записанный, он переживёт перезапуск и перевод часов. Устаревший записывается тоже, один
   * раз: иначе после перезапуска набор ожил бы с прежним возрастом.
   */
  async #keepAge(): Promise<void> {
    const { staleMaxMs } = this.#options;
    const lagMs = Math.min(AGE_LAG_MS_MAX, staleMaxMs * AGE_LAG_SHARE);
    if (this.#keys.length === 0 || this.#kept.ageMs > staleMaxMs) return;
    if (performance.now() - this.#kept.atMs > lagMs) await this.#keepOnDisk();
  }

  /** Неудачная запись на диск не мешает работать: набор уже в памяти. */
  async #keepOnDisk(): Promise<void> {
    const { url, cacheFile, mayKeep = () => true, log } = this.#options;
    if (cacheFile === undefined) return;
    const saved = { url, ageMs: this.#ring.ageMs, savedAtMs: Date.now(), keys: this.#keys };
    try {
      if (await saveJwks(cacheFile, saved, mayKeep)) this.#kept = { ageMs: saved.ageMs, atMs: performance.now() };
    } catch (error) {
      log.warn({ event: 'jwks_save_failed', path: cacheFile, err: error }, 'набор ключей не записан на диск');
    }
  }

  async #restoreFromDisk(): Promise<void> {
    const { url, cacheFile, staleMaxMs, log } = this.#options;
    if (cacheFile === undefined) return;
    const saved = await loadJwks(cacheFile, url);
    if ('reason' in saved) {
      const fields = { event: 'jwks_file_ignored', path: cacheFile, reason: saved.reason };
      if (saved.reason !== 'absent') log.warn(fields, 'сохранённый набор ключей не годится');
      return;
    }
    const sinceSavedMs = Date.now() - saved.savedAtMs;
    const ageMs = saved.ageMs + Math.max(0, sinceSavedMs);
    // Дата из будущего — часы врали тогда или врут сейчас; возраста такого набора не узнать.
    if (sinceSavedMs < -CLOCK_STEP_MS || ageMs > staleMaxMs) {
      log.warn({ event: 'jwks_file_stale', path: cacheFile, ageMs }, 'сохранённый набор ключей устарел');
      return;
    }
    await this.#ring.adopt(saved.keys, ageMs);
    this.#keys = saved.keys;
    log.info({ event: 'jwks_restored', path: cacheFile, ageMs }, 'набор ключей взят с диска');
  }
}

function notReady(cause: string): ArtError {
  return new ArtError('NOT_READY', { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
