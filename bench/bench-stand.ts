// Стенд целиком для замеров всего пути: те же части, что поднимает npm start, на своих портах и в своей папке.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startStand } from '@artstore/stand';

export interface BenchStand {
  readonly adminUrl: string;
  readonly ingesterUrl: string;
  readonly queryUrl: string;
  /** Процессы модулей; PostgreSQL раздаёт работу своим потомкам, и его здесь нет. */
  readonly pids: readonly number[];
  readonly adminPid: number;
  /** Учётная запись demo и вход администратора. */
  readonly account: { readonly client_id: string; readonly client_secret: string };
  readonly administrator: { readonly username: string; readonly password: string };
  /** Токен обычного клиента (demo) или модуля загрузки (ingester). */
  token(name?: 'demo' | 'ingester'): Promise<string>;
  stop(): Promise<void>;
}

interface Secrets {
  readonly accounts: Readonly<Record<'demo' | 'ingester', BenchStand['account']>>;
}

/** Порты в стороне и от обычного стенда, и от портов, которые раздаёт ядро. */
const PORT_SHIFT = 19_000;

/** Поднимает стенд; возвращается, когда готовы все части. */
export async function startBenchStand(home: string): Promise<BenchStand> {
  const stand = await startStand({
    home,
    portShift: PORT_SHIFT + 50 * (process.pid % 100),
    env: { ...process.env, AM_LOG_LEVEL: 'warn', SE_LOG_LEVEL: 'warn', IM_LOG_LEVEL: 'warn', QM_LOG_LEVEL: 'warn' },
  });
  const { urls, service_account: account, admin: administrator, parts } = stand.file();
  // Учётных записей модулей в stand.json нет: они не для людей.
  const secrets: Secrets = JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8'));
  return {
    adminUrl: urls.admin,
    adminPid: stand.pid('admin') ?? 0,
    account,
    administrator,
    ingesterUrl: urls.ingester,
    queryUrl: urls.query,
    pids: parts.filter(({ name }) => name !== 'postgres').map(({ pid }) => pid),
    async token(name = 'demo') {
      const { client_id, client_secret } = secrets.accounts[name];
      const answer = await fetch(`${urls.admin}/api/v1/auth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
      });
      const body: unknown = await answer.json();
      if (
        typeof body === 'object' &&
        body !== null &&
        'access_token' in body &&
        typeof body.access_token === 'string'
      ) {
        return body.access_token;
      }
      throw new Error(`токен не выдан: ${answer.status} ${JSON.stringify(body)}`);
    },
    stop: () => stand.stop(),
  };
}
