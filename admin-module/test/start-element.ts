// Настоящий элемент хранения отдельным процессом: ключи берёт у модуля управления, с ним же синхронизируется.
import { createHash, randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '@artstore/testing';
import { cleanUp, inOrder } from './clean-up.ts';
import { ISSUER, type TestAdmin } from './start-admin.ts';

const MAIN = fileURLToPath(new URL('../../storage-element/src/main.ts', import.meta.url));

export interface TestElement {
  readonly url: string;
  readonly port: number;
  readonly storageId: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

export interface ElementOptions {
  readonly admin: TestAdmin;
  readonly mode?: 'edit' | 'rw' | 'ro' | 'ar';
  readonly dataDir?: string;
  readonly port?: number;
  readonly env?: Record<string, string>;
}

export async function startElement(t: TestContext, o: ElementOptions): Promise<TestElement> {
  const dataDir = o.dataDir ?? join(await temporaryDirectory(inOrder(t)), 'data');
  const child = fork(MAIN, [], {
    env: {
      PATH: process.env['PATH'],
      SE_HOST: '127.0.0.1',
      SE_PORT: String(o.port ?? 0),
      SE_DATA_DIR: dataDir,
      SE_MODE: o.mode ?? 'edit',
      SE_JWKS_URL: `${o.admin.url}/api/v1/auth/jwks`,
      SE_ISSUER: ISSUER,
      SE_PLAIN_HTTP: 'true',
      SE_LOG_LEVEL: 'fatal',
      SE_DRAIN: '1s',
      ...o.env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  cleanUp(t, stop);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`элемент не запустился: код ${code}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const info = (await (await fetch(`${url}/api/v1/info`)).json()) as { storage_id: string };
  return { url, port, storageId: info.storage_id, dataDir, stop };
}

/** Подключает элемент и ждёт, пока первый полный проход закончится. */
export async function registerElement(
  admin: TestAdmin,
  element: TestElement,
  name = `se-${randomUUID()}`,
): Promise<void> {
  const token = await admin.token('full');
  const reply = await admin.call('/api/v1/storage-elements', { token, json: { name, url: element.url } });
  if (reply.status !== 201) throw new Error(`подключение: ${reply.status} ${JSON.stringify(reply.body)}`);
}

export interface Uploaded {
  readonly file_id: string;
  readonly revision: number;
  readonly [name: string]: unknown;
}

/** Кладёт файл прямо на элемент, мимо реестра: так выглядит загрузка, чья запись в реестр не удалась. */
export async function putFile(
  admin: TestAdmin,
  element: TestElement,
  o: { fileId?: string; content?: string; intent?: Record<string, unknown> } = {},
): Promise<Uploaded> {
  const token = await admin.token('full', { resource: element.storageId });
  const content = o.content ?? 'содержимое';
  const intent = {
    original_filename: 'черновик.txt',
    content_type: 'text/plain',
    description: '',
    tags: [],
    metadata: {},
    retention_policy: 'temporary',
    ttl_days: 30,
    uploaded_by: 'demo',
    ...o.intent,
  };
  const response = await fetch(`${element.url}/api/v1/files/${o.fileId ?? randomUUID()}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
      'artstore-metadata': Buffer.from(JSON.stringify(intent)).toString('base64url'),
      'repr-digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:`,
    },
    body: content,
  });
  const file = await response.json();
  if (!response.ok) throw new Error(`загрузка: ${response.status} ${JSON.stringify(file)}`);
  return file as Uploaded;
}
