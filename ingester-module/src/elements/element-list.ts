// Список элементов хранения и токены к ним: обновляются в фоне, последний удачный список действует, пока нет нового.
// Загрузка его не ждёт — кроме самой первой, пока списка не было совсем.

import { ArtError } from '@artstore/contracts';
import type { RetentionPolicy, StorageElement } from '@artstore/clients';
import { writable } from '../upload/choose-element.ts';

export interface ElementList {
  /** Элементы, готовые принять файл с такой политикой. @throws ADMIN_UNAVAILABLE, если списка ещё не было ни разу. */
  readonly writable: (policy: RetentionPolicy, signal: AbortSignal) => Promise<StorageElement[]>;
  /** Все известные элементы, в любом режиме. */
  readonly known: () => readonly StorageElement[];
  /** Обновляет список, если он устарел или неполон; неудача оставляет прежний и попадает в журнал один раз. */
  readonly keepFresh: (signal: AbortSignal) => Promise<void>;
  /** Сведения оказались неверными: следующий keepFresh обновит список, не дожидаясь срока. */
  readonly doubt: () => void;
  /** Возраст списка, мс; undefined — его ещё нет. */
  readonly ageMs: () => number | undefined;
}

export interface ElementListOptions {
  readonly list: (signal: AbortSignal) => Promise<StorageElement[]>;
  /** Греет токен элемента, чтобы первая загрузка и загрузка без модуля управления его не ждали. */
  readonly warmToken: (storageId: string, signal: AbortSignal) => Promise<unknown>;
  /** Через сколько список устаревает, мс. */
  readonly intervalMs: number;
  readonly log: { warn(record: object, message: string): void; info(record: object, message: string): void };
}

/** Сколько первая загрузка готова ждать первого списка. */
const FIRST_LIST_WAIT_MS = 5_000;

export function createElementList(o: ElementListOptions): ElementList {
  let elements: readonly StorageElement[] = [];
  let loadedAtMs: number | undefined;
  let inFlight: Promise<void> | undefined;
  let doubted = false;
  let failing = false;

  async function load(signal: AbortSignal): Promise<void> {
    elements = await o.list(signal);
    loadedAtMs = performance.now();
    doubted = false;
    const used = elements.filter((element) => element.mode === 'edit' || element.mode === 'rw');
    const warmed = await Promise.allSettled(used.map((element) => o.warmToken(element.id, signal)));
    const failed = warmed.find((result): result is PromiseRejectedResult => result.status === 'rejected');
    const err: unknown = failed?.reason;
    if (failed) o.log.warn({ event: 'token_not_warmed', err }, 'токен элемента не получен заранее');
  }

  function refresh(signal: AbortSignal): Promise<void> {
    inFlight ??= load(signal).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  return {
    async writable(policy, signal) {
      if (loadedAtMs === undefined) {
        try {
          await refresh(AbortSignal.any([signal, AbortSignal.timeout(FIRST_LIST_WAIT_MS)]));
        } catch (cause) {
          signal.throwIfAborted();
          throw new ArtError('ADMIN_UNAVAILABLE', { cause });
        }
      }
      return writable(elements, policy);
    },
    known: () => elements,
    async keepFresh(signal) {
      const complete = writable(elements, 'temporary').length > 0 && writable(elements, 'permanent').length > 0;
      const fresh = loadedAtMs !== undefined && performance.now() - loadedAtMs < o.intervalMs;
      if (fresh && complete && !doubted) return;
      try {
        await refresh(signal);
        if (failing)
          o.log.info(
            { event: 'elements_loaded', elements: elements.length },
            'список элементов хранения снова обновляется',
          );
        failing = false;
      } catch (err) {
        if (signal.aborted) return;
        if (!failing)
          o.log.warn({ event: 'elements_not_loaded', err }, 'список элементов не обновлён, действует прежний');
        failing = true;
      }
    },
    doubt() {
      doubted = true;
    },
    ageMs: () => (loadedAtMs === undefined ? undefined : performance.now() - loadedAtMs),
  };
}
