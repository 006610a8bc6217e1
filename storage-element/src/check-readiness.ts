// Готовность элемента: чтение, запись и ключи проверяются порознь, чтобы полный диск не останавливал скачивание.
import type { JwksCache } from '@artstore/auth';
import type { Check } from '@artstore/chassis';
import type { Store } from './engine/store.ts';
import { explainDistrust } from './engine/wall-clock.ts';

/** Ключи старше стольких обновлений подряд — повод насторожиться: сосед давно не отвечает. */
const MISSED_REFRESHES_MAX = 3;

export interface ReadinessRoom {
  readonly store: Store;
  readonly keys: Pick<JwksCache, 'loaded' | 'ageMs'>;
  readonly keysRefreshMs: number;
}

export async function checkReadiness({ store, keys, keysRefreshMs }: ReadinessRoom): Promise<Record<string, Check>> {
  const { reads, writes } = await checkDisk(store);
  const [catalog, content, clock] = [checkCatalog(store), checkContent(store), checkClock(store)];
  return { reads, writes, catalog, content, keys: checkKeys(keys, keysRefreshMs), clock };
}

/** Пропавшее и повреждённое: элемент работает, но человеку пора посмотреть. */
function checkContent(store: Store): Check {
  const { corrupted, missing } = store.catalog.totals(new Date(store.nowMs()).toISOString());
  if (corrupted.files + missing.files === 0) return { status: 'ok' };
  return { status: 'degraded', message: `corrupted files: ${corrupted.files}, missing files: ${missing.files}` };
}

async function checkDisk(store: Store): Promise<{ reads: Check; writes: Check }> {
  if (store.diskState === 'absent') {
    const absent: Check = {
      status: 'fail',
      message: 'the data directory is missing: its disk has been unmounted or replaced',
    };
    return { reads: absent, writes: absent };
  }
  try {
    const { availableBytes } = await store.space.report();
    return { reads: { status: 'ok' }, writes: checkWrites(store, availableBytes) };
  } catch (error) {
    // Путь в тексте ошибки наружу не идёт: проверка открыта всем.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const failed: Check = { status: 'fail', message: `the data directory is not available: ${code}` };
    return { reads: failed, writes: failed };
  }
}

function checkWrites(store: Store, availableBytes: number): Check {
  // Раньше отказа журнала: на таком диске он и отказал, а чтение идёт.
  if (store.diskState === 'read_only') return { status: 'degraded', message: 'the disk is read-only' };
  if (store.failure !== undefined)
    return { status: 'fail', message: 'a write to the disk failed; the process is stopping' };
  if (availableBytes === 0) return { status: 'degraded', message: 'no space left' };
  return { status: 'ok' };
}

/** Каталог строится: внесённое читается, списка и записи ещё нет. */
function checkCatalog(store: Store): Check {
  const { rebuild } = store;
  return rebuild === undefined ? { status: 'ok' } : { status: 'degraded', message: rebuild.describe().en };
}

function checkKeys(keys: ReadinessRoom['keys'], refreshMs: number): Check {
  if (!keys.loaded()) return { status: 'fail', message: 'no usable signing keys: no token can be verified' };
  if (keys.ageMs() > MISSED_REFRESHES_MAX * refreshMs)
    return { status: 'degraded', message: 'the signing keys have not been refreshed for a while' };
  return { status: 'ok' };
}

/**
 * Без веры часам стоит только уборка: чтение и запись идут. Час недоверия после долгой стоянки проходит сам, тревожить
 * им человека незачем; отставшие и далеко ушедшие часы сами не вернутся.
 */
function checkClock(store: Store): Check {
  const distrust = store.wallClock.check();
  if (distrust === undefined) return { status: 'ok' };
  return { status: distrust.kind === 'jumped' ? 'ok' : 'degraded', message: explainDistrust(distrust).en };
}
