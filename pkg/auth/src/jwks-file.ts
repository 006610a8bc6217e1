// Последний удачный набор ключей на диске: служба поднимается и при недоступном модуле управления.
// В файле только открытые части ключей; испорченный или чужой файл — то же, что его отсутствие.
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { type PublicJwk, readJwks } from './read-jwks.ts';

export interface SavedJwks {
  /** Откуда набор: после смены адреса прежний файл не годится. */
  readonly url: string;
  /** Сколько лет набору было при записи, мс: без этого часы, переведённые назад, молодили бы его при каждом запуске. */
  readonly ageMs: number;
  /** Когда он записан, по стенным часам. */
  readonly savedAtMs: number;
  readonly keys: readonly PublicJwk[];
}

/** Набор из файла или причина, по которой его нет. */
export async function loadJwks(path: string, url: string): Promise<SavedJwks | { readonly reason: string }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { reason: 'absent' };
    throw error;
  }
  try {
    const saved: unknown = JSON.parse(text);
    if (typeof saved !== 'object' || saved === null) return { reason: 'not an object' };
    if (!('url' in saved) || saved.url !== url) return { reason: 'saved from another address' };
    if (!('saved_at' in saved) || typeof saved.saved_at !== 'string') return { reason: 'no saved_at' };
    const savedAtMs = Date.parse(saved.saved_at);
    if (Number.isNaN(savedAtMs)) return { reason: 'saved_at is not a time' };
    if (!('age_ms' in saved) || typeof saved.age_ms !== 'number' || !(saved.age_ms >= 0))
      return { reason: 'no age_ms' };
    return { url, ageMs: saved.age_ms, savedAtMs, keys: readJwks(saved) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Пишет рядом и переименовывает: читающий видит набор целиком или прежний. Каталогов не заводит: пропавший каталог —
 * отключённый диск, и заведённый на его месте выдал бы себя за настоящий.
 *
 * mayKeep спрашивают и тогда, когда файл рядом уже заведён: каталог подменили до этого — файл лежит не там и убирается,
 * после — переименовать по прежнему пути нечего. false — писать нельзя.
 */
export async function saveJwks(
  path: string,
  { url, ageMs, savedAtMs, keys }: SavedJwks,
  mayKeep: () => boolean,
): Promise<boolean> {
  if (!mayKeep()) return false;
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    let isPlaced = false;
    try {
      isPlaced = mayKeep();
      const saved = { url, saved_at: new Date(savedAtMs).toISOString(), age_ms: Math.round(ageMs), keys };
      if (isPlaced) await file.writeFile(JSON.stringify(saved));
      if (isPlaced) await file.sync();
    } finally {
      await file.close();
    }
    if (isPlaced) await rename(temporary, path);
    else await rm(temporary, { force: true });
    return isPlaced;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
