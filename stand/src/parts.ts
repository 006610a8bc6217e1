// Из чего состоит стенд: части как данные. Чистая комната.
import { fileURLToPath } from 'node:url';
import type { HomeLayout } from './home-layout.ts';
import type { DatabaseUrls } from './prepare-database.ts';
import type { Secrets } from './secrets.ts';

export type PartName = 'postgres' | 'admin' | ElementName | 'ingester' | 'query';
export type ElementName = 'se-edit' | 'se-rw';

export interface ModulePart {
  readonly name: Exclude<PartName, 'postgres'>;
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  /** Сертификат выпущен нашим центром: проверять им. */
  readonly tls: boolean;
  /** Настройки, которые стенд задаёт твёрдо. */
  readonly env: Readonly<Record<string, string>>;
  /** Настройки, удобные стенду; окружение человека важнее. */
  readonly defaults?: Readonly<Record<string, string>>;
}

const HOST = '127.0.0.1';
const PORTS = { admin: 8000, 'se-edit': 8010, 'se-rw': 8011, ingester: 8020, query: 8030 } as const;
export const MODULE_NAMES = [
  'admin',
  'se-edit',
  'se-rw',
  'ingester',
  'query',
] as const satisfies readonly (keyof typeof PORTS)[];

export const ELEMENTS = [
  { name: 'se-edit', mode: 'edit' },
  { name: 'se-rw', mode: 'rw' },
] as const satisfies readonly { name: ElementName; mode: string }[];

/** Стенд обязан остановиться за 10 с, поэтому модулям отведено меньше их обычного. */
const DRAIN = '2s';

export interface PartsWish {
  readonly layout: HomeLayout;
  readonly secrets: Secrets;
  readonly portShift: number;
  readonly databaseUrls: DatabaseUrls;
}

/** Порты всех частей: их проверяют до запуска. */
export function listPorts(portShift: number): { name: ModulePart['name']; port: number }[] {
  return MODULE_NAMES.map((name) => ({ name, port: PORTS[name] + portShift }));
}

export interface Parts {
  readonly admin: ModulePart;
  readonly elements: readonly ModulePart[];
  readonly ingester: ModulePart;
  readonly query: ModulePart;
}

export function describeParts({ layout, secrets, portShift, databaseUrls }: PartsWish): Parts {
  const at = (name: keyof typeof PORTS) => PORTS[name] + portShift;
  const adminUrl = `http://${HOST}:${at('admin')}`;
  const part = (name: ModulePart['name'], folder: string, tls: boolean, env: Record<string, string>): ModulePart => ({
    name,
    folder: fileURLToPath(new URL(`../../${folder}/`, import.meta.url)),
    port: at(name),
    url: `${tls ? 'https' : 'http'}://${HOST}:${at(name)}`,
    tls,
    env,
  });
  return {
    admin: {
      ...part('admin', 'admin-module', false, adminEnv({ layout, secrets, databaseUrls, adminUrl, port: at('admin') })),
      defaults: {
        // Элементы рядом: спрашивать их часто ничего не стоит, зато перезапуск части виден сразу.
        AM_WATCH_INTERVAL: '2s',
        // Все, кто ходит в стенд, — эта машина, то есть один адрес; замеры и проверки упёрлись бы в его пределы.
        AM_LOGIN_REQUESTS_PER_MINUTE: '0',
        AM_TOKEN_REQUESTS_PER_MINUTE: '0',
        AM_ACCOUNT_TOKENS_PER_MINUTE: '0',
      },
    },
    elements: ELEMENTS.map(({ name, mode }) =>
      part(name, 'storage-element', true, {
        SE_HOST: HOST,
        SE_PORT: String(at(name)),
        SE_DATA_DIR: `${layout.elementFolder(name)}/data`,
        SE_WAL_DIR: `${layout.elementFolder(name)}/wal`,
        SE_MODE: mode,
        SE_JWKS_URL: `${adminUrl}/api/v1/auth/jwks`,
        SE_ISSUER: adminUrl,
        SE_TLS_CERT: layout.certificate(name).certFile,
        SE_TLS_KEY: layout.certificate(name).keyFile,
        SE_DRAIN: DRAIN,
      }),
    ),
    ingester: part('ingester', 'ingester-module', false, {
      IM_HOST: HOST,
      IM_PORT: String(at('ingester')),
      IM_ADMIN_URL: adminUrl,
      IM_ISSUER: adminUrl,
      IM_CLIENT_ID: secrets.accounts.ingester.client_id,
      IM_CLIENT_SECRET: secrets.accounts.ingester.client_secret,
      IM_SE_CA: layout.caFile,
      IM_JWKS_CACHE: `${layout.cache}/ingester-jwks.json`,
      IM_DRAIN: DRAIN,
    }),
    query: part('query', 'query-module', false, {
      QM_HOST: HOST,
      QM_PORT: String(at('query')),
      QM_ADMIN_URL: adminUrl,
      QM_ISSUER: adminUrl,
      QM_CLIENT_ID: secrets.accounts.query.client_id,
      QM_CLIENT_SECRET: secrets.accounts.query.client_secret,
      QM_SE_CA: layout.caFile,
      QM_DATABASE_URL: databaseUrls.query,
      QM_MIGRATIONS_DATABASE_URL: databaseUrls.owner,
      QM_JWKS_CACHE: `${layout.cache}/query-jwks.json`,
      QM_DRAIN: DRAIN,
    }),
  };
}

interface AdminWish {
  readonly layout: HomeLayout;
  readonly secrets: Secrets;
  readonly databaseUrls: DatabaseUrls;
  readonly adminUrl: string;
  readonly port: number;
}

function adminEnv({ layout, secrets, databaseUrls, adminUrl, port }: AdminWish): Record<string, string> {
  return {
    AM_HOST: HOST,
    AM_PORT: String(port),
    AM_DATABASE_URL: databaseUrls.admin,
    AM_MIGRATIONS_DATABASE_URL: databaseUrls.owner,
    AM_ISSUER: adminUrl,
    AM_MASTER_KEY_FILE: layout.masterKey,
    AM_ADMIN_USERNAME: ADMIN_USERNAME,
    AM_ADMIN_PASSWORD: secrets.admin_password,
    AM_BOOTSTRAP_ACCOUNTS: layout.accounts,
    AM_SE_CA: layout.caFile,
    AM_SE_ALLOWED_HOSTS: HOST,
    AM_DRAIN: DRAIN,
  };
}

export const ADMIN_USERNAME = 'admin';
