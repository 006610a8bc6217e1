// artstore login: узнать, куда ходить и под кем, проверить вход и запомнить. Секреты — из окружения, стандартного
// ввода или вопроса, но не из параметров: параметры видны всем в списке процессов.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { createAccountClient } from '@artstore/clients';
import { askForTargets } from '../ask.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { isLocal, localReason } from '../local-error.ts';
import { nameService } from '../name-silent-module.ts';
import { printJson, printLine } from '../output.ts';
import { isRecord, profilePath, writeProfile } from '../profile.ts';
import type { Account, Profile } from '../profile.ts';
import type { CommonOptions, Room } from '../room.ts';

export interface LoginOptions extends CommonOptions {
  readonly adminUrl?: string;
  readonly ingesterUrl?: string;
  readonly queryUrl?: string;
  readonly ca?: string;
  readonly clientId?: string;
  readonly username?: string;
  readonly secretStdin?: boolean;
  readonly stand?: string;
}

/** Куда и под кем входить. */
export interface Target {
  readonly adminUrl: string;
  readonly ingesterUrl: string;
  readonly queryUrl: string;
  readonly ca: string | null;
  readonly credentials:
    | { readonly kind: 'service'; readonly clientId: string; readonly secret: string }
    | { readonly kind: 'user'; readonly username: string; readonly password: string };
}

export async function login(room: Room, options: LoginOptions): Promise<ExitCode> {
  const target = await chooseTarget(room, options);
  const client = createAccountClient({
    adminUrl: target.adminUrl,
    ca: target.ca ?? undefined,
    language: room.language,
  });
  const path = profilePath(room.env, options.profile);
  try {
    const account = await signIn(room, client, target).catch((error: unknown) => {
      throw nameService(error, { kind: 'admin', url: target.adminUrl, adminUrl: target.adminUrl });
    });
    const profile: Profile = {
      admin_url: target.adminUrl,
      ingester_url: target.ingesterUrl,
      query_url: target.queryUrl,
      ca: target.ca,
      account,
    };
    await writeProfile(path, profile);
    const who = account.kind === 'service' ? account.client_id : account.username;
    if (options.json) await printJson(room, { account: who, kind: account.kind, profile: path });
    else await printLine(room, room.text.login.done(who, path));
    return EXIT.ok;
  } finally {
    await client.close();
  }
}

async function signIn(
  room: Room,
  client: ReturnType<typeof createAccountClient>,
  { credentials }: Target,
): Promise<Account> {
  if (credentials.kind === 'service') {
    await client.serviceToken(credentials.clientId, credentials.secret, room.signal);
    return { kind: 'service', client_id: credentials.clientId, client_secret: credentials.secret };
  }
  const opened = await client.logIn(credentials.username, credentials.password, room.signal);
  if (opened.mustChangePassword)
    throw new CliError('PASSWORD_CHANGE_REQUIRED', EXIT.authentication, room.text.login.mustChange);
  return {
    kind: 'user',
    username: credentials.username,
    refresh_token: opened.refreshToken,
    access_token: opened.token,
    access_expires_at: Date.now() + opened.lifeMs,
  };
}

async function chooseTarget(room: Room, o: LoginOptions): Promise<Target> {
  const { adminUrl, ingesterUrl, queryUrl } = o;
  const named = [adminUrl, ingesterUrl, queryUrl, o.ca, o.clientId, o.username].some((value) => value !== undefined);
  if (!named || o.stand !== undefined) {
    const stand = await readStand(room, o);
    if (stand) return stand;
    if (room.stdin.isTTY === true && room.stdout.isTTY === true && !o.json) return await askForTargets(room);
    throw new CliError('NO_STAND', EXIT.usage, room.text.login.noStand(standPath(room, o)));
  }
  // Свой администратор или служба на стенде этой машины: адреса оттуда, учётная запись — своя.
  const stand =
    adminUrl === undefined && ingesterUrl === undefined && queryUrl === undefined
      ? await readStand(room, o)
      : undefined;
  const urls = stand ?? givenUrls(room, { adminUrl, ingesterUrl, queryUrl });
  const ca = o.ca === undefined ? (stand?.ca ?? null) : await readCa(room, o.ca);
  return { ...urls, ca, credentials: await givenCredentials(room, o) };
}

async function readCa(room: Room, path: string): Promise<string> {
  try {
    return await readFile(resolve(room.cwd, path), 'utf8');
  } catch (error) {
    if (!isLocal(error)) throw error;
    const words = room.text.login.badCa(path, localReason(room.text, error, 'file'));
    throw new CliError('CANNOT_READ', EXIT.local, words, error);
  }
}

type Urls = Pick<Target, 'adminUrl' | 'ingesterUrl' | 'queryUrl'>;

function givenUrls(room: Room, o: Partial<Record<keyof Urls, string | undefined>>): Urls {
  const { adminUrl, ingesterUrl, queryUrl } = o;
  if (adminUrl === undefined || ingesterUrl === undefined || queryUrl === undefined) {
    throw new CliError('USAGE', EXIT.usage, room.text.login.needAll);
  }
  for (const url of [adminUrl, ingesterUrl, queryUrl]) {
    if (!isWebUrl(url)) throw new CliError('USAGE', EXIT.usage, room.text.login.badUrl(url));
  }
  return { adminUrl, ingesterUrl, queryUrl };
}

export function isWebUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

async function givenCredentials(room: Room, o: LoginOptions): Promise<Target['credentials']> {
  if ((o.clientId === undefined) === (o.username === undefined))
    throw new CliError('USAGE', EXIT.usage, room.text.login.needOne);
  const fromEnv = o.clientId === undefined ? room.env['ARTSTORE_PASSWORD'] : room.env['ARTSTORE_CLIENT_SECRET'];
  const secret =
    o.secretStdin === true ? await readSecret(room) : fromEnv || (await askSecret(room, o.clientId === undefined));
  if (secret === undefined || secret === '') {
    const { needPassword, needSecret } = room.text.login;
    throw new CliError('USAGE', EXIT.usage, o.clientId === undefined ? needPassword : needSecret);
  }
  if (o.clientId !== undefined) return { kind: 'service', clientId: o.clientId, secret };
  return { kind: 'user', username: o.username ?? '', password: secret };
}

async function askSecret(room: Room, forUser: boolean): Promise<string | undefined> {
  if (room.stdin.isTTY !== true || room.stdout.isTTY !== true) return undefined;
  const { askPassword } = await import('../ask.ts');
  return await askPassword(room, forUser ? room.text.login.askPassword : room.text.login.askSecret);
}

const SECRET_BYTES_MAX = 4096;

/** Первая строка стандартного ввода. */
async function readSecret(room: Room): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(room.signal, room.stdin)) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > SECRET_BYTES_MAX || chunk.includes('\n')) break;
  }
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

function standPath(room: Room, o: LoginOptions): string {
  if (o.stand !== undefined) return resolve(room.cwd, o.stand);
  const root = join(import.meta.dirname, '..', '..', '..');
  return join(
    room.env['ARTSTORE_HOME'] ? resolve(room.cwd, room.env['ARTSTORE_HOME']) : join(root, '.artstore'),
    'stand.json',
  );
}

/** Стенд этой машины и его учётная запись demo; undefined — стенда нет. */
async function readStand(room: Room, o: LoginOptions): Promise<Target | undefined> {
  const path = standPath(room, o);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CliError('BAD_STAND', EXIT.local, room.text.login.badStand(path), error);
  }
  const stand = parseStand(text);
  if (!stand) throw new CliError('BAD_STAND', EXIT.local, room.text.login.badStand(path));
  if (stand === 'starting' || stand === 'stopped') {
    const { startingStand, stoppedStand } = room.text.login;
    const words = stand === 'starting' ? startingStand(path) : stoppedStand(path);
    throw new CliError('STAND_NOT_READY', EXIT.unavailable, words);
  }
  return stand;
}

function parseStand(text: string): Target | 'starting' | 'stopped' | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const urls = isRecord(value) ? value['urls'] : undefined;
  const account = isRecord(value) ? value['service_account'] : undefined;
  const state = isRecord(value) ? value['state'] : undefined;
  if (!isRecord(urls) || !isRecord(account)) return undefined;
  const { admin: adminUrl, ingester: ingesterUrl, query: queryUrl } = urls;
  const { client_id: clientId, client_secret: secret } = account;
  if (typeof adminUrl !== 'string' || typeof ingesterUrl !== 'string' || typeof queryUrl !== 'string') return undefined;
  if (typeof clientId !== 'string' || typeof secret !== 'string') return undefined;
  if (state === 'starting') return 'starting';
  if (state !== undefined && state !== 'ready') return 'stopped';
  // Модули стенда говорят по обычному HTTP на этой же машине: свой удостоверяющий центр нужен только элементам.
  return { adminUrl, ingesterUrl, queryUrl, ca: null, credentials: { kind: 'service', clientId, secret } };
}
