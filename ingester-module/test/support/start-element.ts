// Для проверок: настоящий элемент хранения отдельным процессом, по обычному HTTP.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { StorageElement, StorageMode } from '@artstore/clients';
import type { AdminDouble } from './admin-double.ts';

const MAIN = join(import.meta.dirname, '../../../storage-element/src/main.ts');

export interface ElementProcess {
  readonly row: StorageElement;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** Имена в папке загрузок: недописанное и сохранённое, чьё место ещё не закреплено контрольной точкой. */
  readonly staged: () => Promise<string[]>;
  /** То, что меняет любая удавшаяся загрузка. */
  readonly content: () => Promise<{ counts: { active: number }; revision: number; usedBytes: number }>;
  readonly setMode: (mode: StorageMode, confirm?: boolean) => Promise<void>;
  readonly kill: () => Promise<void>;
}

interface Info {
  readonly storage_id: string;
  readonly counts: { active: number };
  readonly revision: number;
  readonly capacity: { readonly used_bytes: number };
}

export interface ElementOptions {
  readonly mode: StorageMode;
  readonly fileBytesMax?: string;
  readonly availableBytes?: number;
}

export async function startElement(t: TestContext, admin: AdminDouble, o: ElementOptions): Promise<ElementProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'artstore-im-se-'));
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      ARTSTORE_TEST_RUN: process.env['ARTSTORE_TEST_RUN'],
      SE_PORT: '0',
      SE_DATA_DIR: join(dataDir, 'data'),
      SE_MODE: o.mode,
      SE_JWKS_URL: `${admin.url}/api/v1/auth/jwks`,
      SE_ISSUER: admin.issuer,
      SE_PLAIN_HTTP: 'true',
      SE_LOG_LEVEL: 'error',
      ...(o.fileBytesMax === undefined ? {} : { SE_MAX_FILE_SIZE: o.fileBytesMax }),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.after(async () => {
    await kill();
    await rm(dataDir, { recursive: true, force: true });
  });
  const [message] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => {
      throw new Error('элемент хранения не поднялся');
    }),
  ])) as [{ port: number }];
  const url = `http://127.0.0.1:${message.port}`;
  const info = async () => (await (await fetch(`${url}/api/v1/info`)).json()) as Info;
  const { storage_id: id } = await info();
  const row = { id, name: o.mode, url, mode: o.mode, status: 'online', available_bytes: o.availableBytes ?? 1e12 };
  return {
    row,
    dataDir,
    child,
    kill,
    async setMode(mode, confirm = false) {
      const reply = await fetch(`${url}/api/v1/mode/transition`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.token(id, 'storage:write')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ target_mode: mode, confirm }),
      });
      if (!reply.ok) throw new Error(`режим не сменён: ${reply.status} ${await reply.text()}`);
    },
    staged: async () => (await readdir(join(dataDir, 'data', 'staging'))).sort(),
    async content() {
      const { counts, revision, capacity } = await info();
      return { counts, revision, usedBytes: capacity.used_bytes };
    },
  };
}
