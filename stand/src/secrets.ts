// Секреты стенда: придумываются один раз и хранятся в 0600. Наружу идут только через файлы и окружение модулей.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Scope } from '@artstore/contracts';
import type { HomeLayout } from './home-layout.ts';
import { codeOf, StandError } from './stand-error.ts';
import { writePrivateFile } from './write-private-file.ts';

export type AccountName = keyof typeof ACCOUNT_SCOPES;

/** Кому что можно: каждому модулю ровно то, что нужно его вызовам. */
export const ACCOUNT_SCOPES = {
  ingester: ['files:read', 'files:write', 'storage:read', 'storage:write'],
  query: ['files:read', 'storage:read'],
  demo: ['files:read', 'files:write'],
  stand: ['admin:write', 'storage:read', 'storage:write'],
} as const satisfies Record<string, readonly Scope[]>;

const ACCOUNT_NAMES = ['ingester', 'query', 'demo', 'stand'] as const satisfies readonly AccountName[];

export interface Account {
  readonly client_id: string;
  readonly client_secret: string;
}

export interface Secrets {
  readonly admin_password: string;
  readonly database_password: string;
  readonly accounts: Readonly<Record<AccountName, Account>>;
}

/**
 * Читает секреты или создаёт их вместе с файлами для модуля управления.
 * adminPassword действует только при создании: потом пароль меняют в самой системе.
 */
export async function readOrCreateSecrets(layout: HomeLayout, adminPassword: string | undefined): Promise<Secrets> {
  const known = await readSecrets(layout);
  const secrets = known ?? createSecrets(adminPassword);
  // Порядок важен: secrets.json пишется последним, и его наличие означает, что остальные два уже на месте.
  if (known === undefined) {
    await writePrivateFile(layout.masterKey, `${randomBytes(32).toString('base64')}\n`);
    await writePrivateFile(layout.accounts, `${JSON.stringify(listAccounts(secrets), null, 2)}\n`);
    await writePrivateFile(layout.secrets, `${JSON.stringify(secrets, null, 2)}\n`);
  }
  return secrets;
}

function createSecrets(adminPassword: string | undefined): Secrets {
  return {
    admin_password: adminPassword ?? randomBytes(15).toString('base64url'),
    database_password: randomBytes(24).toString('base64url'),
    accounts: {
      ingester: createAccount('ingester'),
      query: createAccount('query'),
      demo: createAccount('demo'),
      stand: createAccount('stand'),
    },
  };
}

function createAccount(name: AccountName): Account {
  return {
    client_id: `sa_${name}_${randomBytes(5).toString('hex')}`,
    client_secret: randomBytes(32).toString('base64url'),
  };
}

/** То, что модуль управления заведёт у себя при первом запуске. */
function listAccounts(secrets: Secrets): readonly object[] {
  return ACCOUNT_NAMES.map((name) => ({ name, ...secrets.accounts[name], scopes: ACCOUNT_SCOPES[name] }));
}

async function readSecrets(layout: HomeLayout): Promise<Secrets | undefined> {
  let text: string;
  try {
    text = await readFile(layout.secrets, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const value = parse(text);
  if (!isSecrets(value)) throw new StandError(`${layout.secrets}: файл повреждён / the file is damaged`);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSecrets(value: unknown): value is Secrets {
  if (!isRecord(value) || typeof value['admin_password'] !== 'string' || typeof value['database_password'] !== 'string')
    return false;
  const accounts = value['accounts'];
  return isRecord(accounts) && ACCOUNT_NAMES.every((name) => isAccount(accounts[name]));
}

function isAccount(value: unknown): value is Account {
  return isRecord(value) && typeof value['client_id'] === 'string' && typeof value['client_secret'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
