// Профиль: куда ходить и под кем. Лежит в ~/.config/artstore (или XDG_CONFIG_HOME), читает его только владелец (0600),
// пишется целиком через переименование.

import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type Account =
  | { readonly kind: 'service'; readonly client_id: string; readonly client_secret: string }
  | {
      readonly kind: 'user';
      readonly username: string;
      readonly refresh_token: string;
      readonly access_token: string;
      /** Миллисекунды от начала эпохи. */
      readonly access_expires_at: number;
    };

export interface Profile {
  readonly admin_url: string;
  readonly ingester_url: string;
  readonly query_url: string;
  /** Удостоверяющий центр (PEM); null — системные. */
  readonly ca: string | null;
  readonly account: Account;
}

type Env = Readonly<Record<string, string | undefined>>;

export function profilePath(env: Env, name: string): string {
  const base = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(base, 'artstore', `${name}.json`);
}

/** undefined — профиля нет; 'damaged' — есть, но негоден. */
export async function readProfile(path: string): Promise<Profile | 'damaged' | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isProfile(value) ? value : 'damaged';
  } catch {
    return 'damaged';
  }
}

export async function writeProfile(path: string, profile: Profile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(profile, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

const LOCK_WAIT_MS = 20_000;
const LOCK_STALE_MS = 60_000;
const LOCK_POLL_MS = 50;

/**
 * Делает работу, пока профиль заперт: одноразовый токен продления нельзя предъявить дважды — сеанс закроется.
 * @throws Error с code EBUSY, если другой запуск держит профиль слишком долго.
 */
export async function withProfileLock<T>(path: string, job: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      // Замок старше любой работы под ним остался от убитого запуска.
      const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > LOCK_STALE_MS) await rm(lock, { force: true });
      else if (Date.now() > deadline) throw Object.assign(new Error('the profile is locked'), { code: 'EBUSY' });
      await sleep(LOCK_POLL_MS);
    }
  }
  try {
    return await job();
  } finally {
    await rm(lock, { force: true });
  }
}

function isProfile(value: unknown): value is Profile {
  if (!isRecord(value) || !isAccount(value['account'])) return false;
  const urls = ['admin_url', 'ingester_url', 'query_url'].every((name) => typeof value[name] === 'string');
  return urls && (value['ca'] === null || typeof value['ca'] === 'string');
}

function isAccount(value: unknown): value is Account {
  if (!isRecord(value)) return false;
  const has = (...names: string[]): boolean => names.every((name) => typeof value[name] === 'string');
  if (value['kind'] === 'service') return has('client_id', 'client_secret');
  return (
    value['kind'] === 'user' &&
    has('username', 'refresh_token', 'access_token') &&
    typeof value['access_expires_at'] === 'number'
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
