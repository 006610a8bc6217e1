// Для проверок: настоящий элемент хранения отдельным процессом — его можно остановить посреди скачивания.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '@artstore/testing';
import type { FileRow } from '../src/registry/file-row.ts';
import { fileRow } from './registry-fixture.ts';
import type { AdminStand } from './start-admin.ts';
import { send } from './start-query.ts';

const MAIN = fileURLToPath(new URL('../../storage-element/src/main.ts', import.meta.url));

export interface Element {
  readonly id: string;
  readonly url: string;
  readonly child: ChildProcess;
  /** Кладёт файл на элемент и возвращает строку, какой её записал бы Admin Module. */
  put(bytes: Buffer, change?: Partial<FileRow>): Promise<FileRow>;
  remove(fileId: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startElement(t: TestContext, admin: AdminStand, mode: 'edit' | 'rw' = 'edit'): Promise<Element> {
  const id = randomUUID();
  const dataDir = `${await temporaryDirectory(t)}/data`;
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      SE_PORT: '0',
      SE_PLAIN_HTTP: 'true',
      SE_STORAGE_ID: id,
      SE_DATA_DIR: dataDir,
      SE_MODE: mode,
      SE_JWKS_URL: admin.jwksUrl,
      SE_ISSUER: admin.issuer,
      SE_LOG_LEVEL: 'fatal',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  t.after(stop);
  const [message] = await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('элемент хранения не запустился'))),
  ]);
  const url = `http://127.0.0.1:${(message as { port: number }).port}`;
  const authorization = (): string =>
    `Bearer ${admin.token({ audience: id, scopes: 'files:read files:write storage:write' })}`;

  return {
    id,
    url,
    child,
    stop,
    async put(bytes, change = {}) {
      const row = fileRow({
        storage_element_id: id,
        size: bytes.length,
        checksum: createHash('sha256').update(bytes).digest('hex'),
        retention_policy: mode === 'edit' ? 'temporary' : 'permanent',
        ttl_days: mode === 'edit' ? 30 : null,
        expires_at: mode === 'edit' ? new Date(Date.now() + 86_400_000).toISOString() : null,
        ...change,
      });
      const intent = {
        original_filename: row.original_filename,
        content_type: row.content_type,
        description: row.description,
        tags: row.tags,
        metadata: row.metadata,
        retention_policy: row.retention_policy,
        ttl_days: row.ttl_days,
      };
      const reply = await fetch(`${url}/api/v1/files/${row.file_id}`, {
        method: 'PUT',
        headers: {
          authorization: authorization(),
          'content-type': 'application/octet-stream',
          'artstore-metadata': Buffer.from(JSON.stringify(intent)).toString('base64url'),
        },
        body: new Uint8Array(bytes),
      });
      if (reply.status !== 201) throw new Error(`элемент не принял файл: ${reply.status} ${await reply.text()}`);
      return row;
    },
    async remove(fileId) {
      const reply = await send(`${url}/api/v1/files/${fileId}`, {
        method: 'DELETE',
        headers: { authorization: authorization() },
      });
      if (reply.status !== 204) throw new Error(`элемент не удалил файл: ${reply.status}`);
    },
  };
}
