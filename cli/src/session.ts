// Токен для команд из профиля: службе — новый по секрету, человеку — прежний или продлённый.

import { createAccountClient } from '@artstore/clients';
import type { AccountClient } from '@artstore/clients';
import { ArtError } from '@artstore/contracts';
import type { Room } from './room.ts';
import { CliError, EXIT } from './exit-codes.ts';
import type { Service } from './name-silent-module.ts';
import { profilePath, readProfile, withProfileLock, writeProfile } from './profile.ts';
import type { Profile } from './profile.ts';

export interface Session {
  readonly profile: Profile;
  readonly query: Service;
  readonly ingester: Service;
  readonly token: (signal?: AbortSignal) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** За столько до конца токен уже не годится: запрос может быть долгим в пути. */
const EXPIRY_MARGIN_MS = 15_000;

export async function openSession(room: Room, profileName: string): Promise<Session> {
  const path = profilePath(room.env, profileName);
  const profile = await loadProfile(room, path);
  const client = createAccountClient({
    adminUrl: profile.admin_url,
    ca: profile.ca ?? undefined,
    language: room.language,
  });
  let held: { token: string; expiresAtMs: number } | undefined;
  const adminUrl = profile.admin_url;
  return {
    profile,
    query: { kind: 'query', url: profile.query_url, adminUrl },
    ingester: { kind: 'ingester', url: profile.ingester_url, adminUrl },
    async token(signal) {
      if (held && held.expiresAtMs - EXPIRY_MARGIN_MS > Date.now()) return held.token;
      held =
        profile.account.kind === 'service'
          ? await serviceToken(client, profile, signal)
          : await userToken(room, client, path, signal);
      return held.token;
    },
    close: client.close,
  };
}

async function loadProfile(room: Room, path: string): Promise<Profile> {
  const profile = await readProfile(path);
  if (profile === undefined) throw new CliError('NOT_SIGNED_IN', EXIT.authentication, room.text.noProfile);
  if (profile === 'damaged') throw new CliError('NOT_SIGNED_IN', EXIT.authentication, room.text.badProfile(path));
  return profile;
}

async function serviceToken(client: AccountClient, { account }: Profile, signal: AbortSignal | undefined) {
  if (account.kind !== 'service') throw new ArtError('INVALID_CREDENTIALS');
  const { token, lifeMs } = await client.serviceToken(account.client_id, account.client_secret, signal);
  return { token, expiresAtMs: Date.now() + lifeMs };
}

/** Продлевает сеанс под замком и сразу сохраняет новый токен продления: прежний больше не действует. */
async function userToken(room: Room, client: AccountClient, path: string, signal: AbortSignal | undefined) {
  try {
    return await withProfileLock(path, async () => {
      // Пока ждали замка, сеанс мог продлить другой запуск.
      const fresh = await loadProfile(room, path);
      if (fresh.account.kind !== 'user') throw new ArtError('INVALID_CREDENTIALS');
      const known = { token: fresh.account.access_token, expiresAtMs: fresh.account.access_expires_at };
      if (known.expiresAtMs - EXPIRY_MARGIN_MS > Date.now()) return known;
      const opened = await client.refresh(fresh.account.refresh_token, signal);
      const expiresAtMs = Date.now() + opened.lifeMs;
      await writeProfile(path, {
        ...fresh,
        account: {
          ...fresh.account,
          refresh_token: opened.refreshToken,
          access_token: opened.token,
          access_expires_at: expiresAtMs,
        },
      });
      return { token: opened.token, expiresAtMs };
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') {
      throw new CliError('PROFILE_BUSY', EXIT.local, room.text.busyProfile, error);
    }
    throw error;
  }
}
