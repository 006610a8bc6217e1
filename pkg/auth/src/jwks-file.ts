// Последний удачный набор ключей на диске: служба поднимается и при недоступном модуле управления.
// В файле только открытые части ключей; испорченный или чужой файл — то же, что его отсутствие.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type PublicJwk, readJwks } from './read-jwks.ts';

export interface SavedJwks {
  /** Откуда набор: после смены адреса прежний файл не годится. */
  readonly url: string;
  readonly fetchedAtMs: number;
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
    if (!('fetched_at' in saved) || typeof saved.fetched_at !== 'string') return { reason: 'no fetched_at' };
    const fetchedAtMs = Date.parse(saved.fetched_at);
    if (Number.isNaN(fetchedAtMs)) return { reason: 'fetched_at is not a time' };
    return { url, fetchedAtMs, keys: readJwks(saved) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Пишет рядом и переименовывает: читающий видит набор целиком или прежний. */
export async function saveJwks(path: string, { url, fetchedAtMs, keys }: SavedJwks): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify({ url, fetched_at: new Date(fetchedAtMs).toISOString(), keys }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
