// Для проверок: элемент хранения на настоящем диске, с TLS и настоящими ключами, и короткие слова для запросов к нему.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeCertificate } from '@artstore/testing';
import { createLogger, parseEnv } from '@artstore/chassis';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import { buildApp } from '../src/app.ts';
import { envSchema, toConfig } from '../src/config.ts';
import { cleanUp } from './clean-up.ts';
import { type TokenIssuer, startTokenIssuer } from './issue-tokens.ts';
import { type Reply, type Sending, send } from './send.ts';

export type ElementFile = components['schemas']['ElementFile'];
export type ElementInfo = components['schemas']['ElementInfo'];
export type FilePage = components['schemas']['FilePage'];
export type FileIntent = components['schemas']['FileIntent'];

export type Body = NonNullable<Sending['body']>;
export type Call = (
  method: string,
  path: string,
  o?: { body?: Body; headers?: Record<string, string>; token?: string | null; signal?: AbortSignal },
) => Promise<Reply>;

export interface Element {
  readonly url: string;
  readonly ca: string;
  readonly caFile: string;
  readonly storageId: string;
  readonly dataDir: string;
  readonly tokens: TokenIssuer;
  /** Токен этого элемента с правами; по умолчанию со всеми. */
  token(scopes?: string): string;
  /** Запрос с токеном; token: null — без него. Путь — от корня. */
  call: Call;
  put(
    fileId: string,
    body: Body,
    o?: { intent?: Partial<FileIntent>; headers?: Record<string, string>; token?: string; signal?: AbortSignal },
  ): Promise<Reply>;
  stop(): Promise<void>;
}

export const ALL_SCOPES = 'files:read files:write storage:read storage:write';

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Каталог прежнего элемента: проверка перезапуска. */
  readonly dir?: string;
  /** Выдающий токены прежнего элемента. */
  readonly tokens?: TokenIssuer;
}

export async function temporaryDir(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'artstore-se-'));
  cleanUp(t, () => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Окружение элемента: каталог, сертификат и выдающий токены. */
export async function prepareEnv(
  dir: string,
  tokens: TokenIssuer,
): Promise<{ env: Record<string, string>; ca: string; caFile: string }> {
  const { cert, key } = makeCertificate();
  const caFile = join(dir, 'tls.crt');
  await writeFile(caFile, cert);
  await writeFile(join(dir, 'tls.key'), key, { mode: 0o600 });
  const env = {
    SE_HOST: '127.0.0.1',
    SE_PORT: '0',
    SE_DATA_DIR: join(dir, 'data'),
    SE_MODE: 'edit',
    SE_JWKS_URL: tokens.jwksUrl,
    SE_ISSUER: tokens.issuer,
    SE_TLS_CERT: caFile,
    SE_TLS_KEY: join(dir, 'tls.key'),
    SE_BALLAST: '1MiB',
    SE_LOG_LEVEL: 'error',
  };
  return { env, ca: cert, caFile };
}

export async function startElement(
  t: TestContext,
  { env: change = {}, dir, tokens: known }: StartOptions = {},
): Promise<Element> {
  const home = dir ?? (await temporaryDir(t));
  const tokens = known ?? (await startTokenIssuer());
  const { env, ca, caFile } = await prepareEnv(home, tokens);
  const config = toConfig(parseEnv(envSchema, { ...env, ...change }));
  const { app, close } = await buildApp(config, createLogger({ service: 'storage-element', ...config.log }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `${config.tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`;
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      app.server.closeAllConnections();
      await app.close();
      await close();
      await tokens.close();
    })());
  cleanUp(t, stop);
  const storageId = (await send({ method: 'GET', url: `${url}/api/v1/info`, ca })).json<ElementInfo>().storage_id;
  return {
    url,
    ca,
    caFile,
    storageId,
    dataDir: config.dataDir,
    tokens,
    stop,
    ...callsTo({ url, ca, tokens, storageId }),
  };
}

/** Слова для запросов к элементу, где бы он ни работал. */
export function callsTo(o: {
  url: string;
  ca: string;
  tokens: TokenIssuer;
  storageId: string;
}): Pick<Element, 'token' | 'call' | 'put'> {
  const token = (scopes = ALL_SCOPES) => o.tokens.token(o.storageId, scopes);
  const call: Call = (method, path, { token: chosen = token(), headers = {}, ...rest } = {}) => {
    const authorization = chosen === null ? {} : { authorization: `Bearer ${chosen}` };
    return send({ method, url: o.url + path, ca: o.ca, headers: { ...authorization, ...headers }, ...rest });
  };
  const put: Element['put'] = (fileId, body, { intent, headers = {}, ...rest } = {}) =>
    call('PUT', `/api/v1/files/${fileId}`, {
      body,
      headers: { 'content-type': 'application/octet-stream', 'artstore-metadata': metadata(intent), ...headers },
      ...rest,
    });
  return { token, call, put };
}

export function intentOf(change: Partial<FileIntent> = {}): FileIntent {
  return {
    original_filename: 'черновик.txt',
    content_type: 'text/plain',
    description: '',
    tags: [],
    metadata: {},
    retention_policy: 'temporary',
    ttl_days: 30,
    ...change,
  };
}

/** Заголовок Artstore-Metadata. */
export function metadata(change: Partial<FileIntent> = {}): string {
  return Buffer.from(JSON.stringify(intentOf(change))).toString('base64url');
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export const newId = (): string => randomUUID();
