// Модуль управления для проверок: настоящая база, настоящий HTTP, порт по выбору ядра.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createLogger, parseEnv, shutDown } from '@artstore/chassis';
import type { Scope } from '@artstore/contracts';
import { asRole, temporaryDirectory, testDatabase } from '@artstore/testing';
import { buildApp } from '../src/app.ts';
import { cleanUp, inOrder } from './clean-up.ts';
import { envSchema, toConfig } from '../src/config.ts';
import { createRoles } from './create-roles.ts';

export const ADMIN_PASSWORD = 'длинная-проверочная-фраза';
export const ISSUER = 'https://admin.test';
const ALL: readonly Scope[] = [
  'files:read',
  'files:write',
  'storage:read',
  'storage:write',
  'admin:read',
  'admin:write',
];

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // Проверки сами знают, какое тело ждут.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Ask {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly form?: Record<string, string> | string;
  readonly headers?: Record<string, string>;
}

export interface TestAdmin {
  readonly url: string;
  /** База под суперпользователем; сам модуль работает под своими ролями. */
  readonly databaseUrl: string;
  readonly env: Record<string, string>;
  readonly shown: string[];
  call(path: string, ask?: Ask): Promise<Reply>;
  /** Токен учётной записи из файла первого запуска: `full`, `only-files-read`, … */
  token(name: string, more?: Record<string, string>): Promise<string>;
  adminToken(): Promise<string>;
  stop(): Promise<void>;
}

export function secretOf(name: string): string {
  return `secret-of-${name}-0123456789`;
}

/** Учётные записи проверок: со всеми правами модулей, обычного клиента и по одной на каждое право. */
export const ACCOUNTS: readonly { name: string; scopes: readonly Scope[] }[] = [
  { name: 'full', scopes: ALL },
  { name: 'ingester', scopes: ['files:read', 'files:write', 'storage:read', 'storage:write'] },
  { name: 'query', scopes: ['files:read', 'storage:read'] },
  { name: 'demo', scopes: ['files:read', 'files:write'] },
  ...ALL.map((scope) => ({ name: `only-${scope.replace(':', '-')}`, scopes: [scope] })),
];

export async function startAdmin(t: TestContext, env: Record<string, string> = {}): Promise<TestAdmin> {
  const folder = await temporaryDirectory(inOrder(t));
  const accountsFile = join(folder, 'accounts.json');
  const accounts = ACCOUNTS.map(({ name, scopes }) => ({
    name,
    client_id: name,
    client_secret: secretOf(name),
    scopes,
  }));
  await writeFile(accountsFile, JSON.stringify(accounts));
  const { url: databaseUrl } = await testDatabase(inOrder(t));
  await createRoles(databaseUrl);
  const full = {
    AM_PORT: '0',
    AM_DATABASE_URL: asRole(databaseUrl, 'artstore_admin'),
    AM_MIGRATIONS_DATABASE_URL: asRole(databaseUrl, 'artstore_admin_owner'),
    AM_ISSUER: ISSUER,
    AM_MASTER_KEY: randomBytes(32).toString('base64'),
    AM_ADMIN_PASSWORD: ADMIN_PASSWORD,
    AM_BOOTSTRAP_ACCOUNTS: accountsFile,
    AM_SE_ALLOWED_HOSTS: '127.0.0.0/8',
    AM_SE_ALLOW_HTTP: 'true',
    // Все проверки идут с одного адреса; пределам отведены свои.
    AM_LOGIN_REQUESTS_PER_MINUTE: '0',
    AM_TOKEN_REQUESTS_PER_MINUTE: '0',
    AM_ACCOUNT_TOKENS_PER_MINUTE: '0',
    ...env,
  };
  return await openAdmin(t, full);
}

export async function openAdmin(t: TestContext, env: Record<string, string>): Promise<TestAdmin> {
  const log = createLogger({ service: 'admin-module', level: process.env['TEST_LOG'] ?? 'silent', format: 'text' });
  const shown: string[] = [];
  const wanted = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { app, close } = await buildApp(toConfig(parseEnv(envSchema, wanted)), log, (text) => shown.push(text));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= shutDown({ app, log, drainMs: 1000, close }));
  cleanUp(t, stop);
  const databaseUrl = asRole(env['AM_DATABASE_URL'] ?? '', 'postgres');
  return { ...callsTo(url), databaseUrl, env, shown, stop };
}

/** Обращения к запущенному модулю. */
export function callsTo(url: string): Pick<TestAdmin, 'url' | 'call' | 'token' | 'adminToken'> {
  const call = (path: string, ask: Ask = {}): Promise<Reply> => send(`${url}${path}`, ask);
  return {
    url,
    call,
    async token(name, more = {}) {
      const form = { grant_type: 'client_credentials', client_id: name, client_secret: secretOf(name), ...more };
      const reply = await call('/api/v1/auth/token', { form });
      if (reply.status !== 200) throw new Error(`токен ${name}: ${reply.status} ${JSON.stringify(reply.body)}`);
      return reply.body.access_token;
    },
    async adminToken() {
      const reply = await call('/api/v1/admin-auth/login', { json: { username: 'admin', password: ADMIN_PASSWORD } });
      if (reply.status !== 200) throw new Error(`вход: ${reply.status} ${JSON.stringify(reply.body)}`);
      return reply.body.access_token;
    },
  };
}

async function send(url: string, { method, token, json, form, headers }: Ask): Promise<Reply> {
  const sent: Record<string, string> = { ...headers };
  if (token !== undefined) sent['authorization'] = `Bearer ${token}`;
  if (json !== undefined) sent['content-type'] = 'application/json';
  if (form !== undefined) sent['content-type'] = 'application/x-www-form-urlencoded';
  const body =
    json !== undefined ? JSON.stringify(json) : form === undefined ? undefined : new URLSearchParams(form).toString();
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: sent,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson =
    (response.headers.get('content-type') ?? '').includes('json') &&
    !(response.headers.get('content-type') ?? '').includes('ndjson');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
