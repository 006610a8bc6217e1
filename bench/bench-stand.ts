// Стенд целиком для замеров всего пути: те же части, что поднимает npm start, на своих портах и в своей папке.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startStand } from '@artstore/stand';

export interface BenchStand {
  readonly adminUrl: string;
  readonly adminPid: number;
  readonly ingesterUrl: string;
  readonly queryUrl: string;
  /** Процессы модулей; PostgreSQL раздаёт работу своим потомкам, и его здесь нет. */
  readonly pids: readonly number[];
  /** Учётная запись demo и вход администратора. */
  readonly account: { readonly client_id: string; readonly client_secret: string };
  readonly administrator: { readonly username: string; readonly password: string };
  /** Токен обычного клиента (demo) или модуля загрузки (ingester). */
  token(name?: 'demo' | 'ingester'): Promise<string>;
  /** Токен новой учётной записи с правами на этот элемент хранения. */
  elementToken(storageId: string): Promise<string>;
  /** Токен администратора. */
  adminToken(): Promise<string>;
  stop(): Promise<void>;
}

interface Secrets {
  readonly accounts: Readonly<Record<'demo' | 'ingester', BenchStand['account']>>;
}

/** Порты в стороне и от обычного стенда, и от портов, которые раздаёт ядро. */
const PORT_SHIFT = 19_000;
const JSON_BODY = { 'content-type': 'application/json' };
const ELEMENT_SCOPES = ['files:read', 'files:write', 'storage:read', 'storage:write'];
const QUIET = { AM_LOG_LEVEL: 'warn', SE_LOG_LEVEL: 'warn', IM_LOG_LEVEL: 'warn', QM_LOG_LEVEL: 'warn' };

/** Поднимает стенд; возвращается, когда готовы все части. */
export async function startBenchStand(home: string, env: Record<string, string> = {}): Promise<BenchStand> {
  const adminPassword = randomBytes(24).toString('base64url');
  const stand = await startStand({
    home,
    portShift: PORT_SHIFT + 50 * (process.pid % 100),
    adminPassword,
    env: { ...process.env, ...QUIET, ...env },
  });
  const { urls, service_account: account, admin, parts } = stand.file();
  const administrator = { username: admin.username, password: adminPassword };
  // Учётных записей модулей в stand.json нет: они не для людей.
  const secrets: Secrets = JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8'));
  const adminToken = (): Promise<string> => logIn(urls.admin, administrator);
  return {
    adminUrl: urls.admin,
    adminPid: stand.pid('admin') ?? 0,
    account,
    administrator,
    ingesterUrl: urls.ingester,
    queryUrl: urls.query,
    pids: parts.filter(({ name }) => name !== 'postgres').map(({ pid }) => pid),
    token: (name = 'demo') => exchange(urls.admin, secrets.accounts[name]),
    async elementToken(storageId) {
      const created = await post(`${urls.admin}/api/v1/service-accounts`, {
        headers: { ...JSON_BODY, authorization: `Bearer ${await adminToken()}` },
        body: JSON.stringify({ name: `bench-${randomBytes(4).toString('hex')}`, scopes: ELEMENT_SCOPES }),
      });
      const client_id = textOf(fieldOf(created, 'account'), 'client_id');
      const client_secret = textOf(created, 'client_secret');
      return await exchange(urls.admin, { client_id, client_secret }, storageId);
    },
    adminToken,
    stop: () => stand.stop(),
  };
}

async function exchange(
  adminUrl: string,
  { client_id, client_secret }: { client_id: string; client_secret: string },
  resource?: string,
): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id, client_secret };
  const body = new URLSearchParams({ ...form, ...(resource === undefined ? {} : { resource }) });
  return textOf(await post(`${adminUrl}/api/v1/auth/token`, { body }), 'access_token');
}

async function logIn(adminUrl: string, administrator: BenchStand['administrator']): Promise<string> {
  const body = JSON.stringify(administrator);
  return textOf(await post(`${adminUrl}/api/v1/admin-auth/login`, { headers: JSON_BODY, body }), 'access_token');
}

async function post(
  url: string,
  request: { headers?: Record<string, string>; body: string | URLSearchParams },
): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', ...request });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

function textOf(body: unknown, name: string): string {
  const value = fieldOf(body, name);
  if (typeof value !== 'string') throw new Error(`в ответе нет ${name}`);
  return value;
}
