// Замеры синхронизации на большом наборе: настоящие модуль управления и PostgreSQL стенда, настоящий элемент рядом.
// Время проходов — из их собственной истории, память — из /proc.

import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStand } from './bench-stand.ts';
import type { Lab } from './lab.ts';
import { timeGets } from './measure-million.ts';
import { peakResidentBytes } from './process-usage.ts';
import type { Element } from './start-element.ts';
import type { TokenIssuer } from './token-issuer.ts';

const MIB = 2 ** 20;
const POLL_MS = 200;
const PASS_TIMEOUT_MS = 1_800_000;
const CHANGED_FILES = 1_000;
const IDLE_REPEATS = 11;
const LISTS = 2_000;
const LIST_CONNECTIONS = 4;
/** Проходы начинает только сам замер. */
const CALM = { AM_SE_ALLOW_HTTP: 'true', AM_CHANGES_INTERVAL: '24h', AM_SYNC_INTERVAL: '0' };

interface Pass {
  readonly state: string;
  readonly duration_ms: number;
  readonly seen: number;
  readonly added: number;
  readonly unchanged: number;
}

/** put кладёт на элемент столько новых файлов. */
export async function measureMillionSync(
  lab: Lab,
  put: (element: Element, files: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  const million = await lab.million();
  const stand = await lab.separateStand(CALM);
  try {
    const { element } = await million.start(issuerOf(stand));
    const admin = await openAdmin(stand, million.storageId);
    await admin.register(element.url);
    const first = await admin.lastPass();
    check(first.added >= million.files, first);
    const unchanged = await admin.sync('full');
    check(unchanged.unchanged === unchanged.seen && unchanged.seen >= million.files, unchanged);
    const adminPeak = (await peakResidentBytes(stand.adminPid)) / MIB;
    const idle: number[] = [];
    for (let run = 0; run < IDLE_REPEATS; run += 1) idle.push((await admin.sync('changes')).duration_ms);
    const target = { ...element, token: await stand.elementToken(million.storageId) };
    const changes: number[] = [];
    for (let run = 0; run < lab.sizes.repeats; run += 1) {
      await put(target, CHANGED_FILES);
      const pass = await admin.sync('changes');
      check(pass.added === CHANGED_FILES, pass);
      changes.push(pass.duration_ms);
    }
    return {
      'sync.first-1m': first.duration_ms / 1000,
      'sync.unchanged-1m': unchanged.duration_ms / 1000,
      'sync.admin-rss-1m': adminPeak,
      'sync.idle-feed': middle(idle),
      'sync.changes-1000': middle(changes),
      'registry.list-p99-1m': await listPages(stand, million.storageId),
    };
  } finally {
    await stand.stop();
  }
}

/** Элемент верит модулю управления стенда; токены для него выдаёт сам модуль. */
function issuerOf({ adminUrl }: BenchStand): TokenIssuer {
  return {
    issuer: adminUrl,
    jwksUrl: `${adminUrl}/api/v1/auth/jwks`,
    issue: () => '',
    stop: () => Promise.resolve(),
  };
}

interface Admin {
  register(url: string): Promise<void>;
  /** Ждёт конца последнего прохода; неудачный обрывает замер. */
  lastPass(): Promise<Pass>;
  sync(mode: 'changes' | 'full'): Promise<Pass>;
}

async function openAdmin(stand: BenchStand, storageId: string): Promise<Admin> {
  const elements = `${stand.adminUrl}/api/v1/storage-elements`;
  // Токен живёт минуты, а проход может идти дольше: каждый вызов берёт свежий.
  let token = { value: await stand.adminToken(), takenAt: performance.now() };
  async function call(url: string, body?: unknown): Promise<{ status: number; value: unknown }> {
    if (performance.now() - token.takenAt > 300_000) {
      token = { value: await stand.adminToken(), takenAt: performance.now() };
    }
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${token.value}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: answer.status, value: await answer.json() };
  }
  async function lastPass(): Promise<Pass> {
    for (const deadline = performance.now() + PASS_TIMEOUT_MS; performance.now() < deadline; await sleep(POLL_MS)) {
      const { value } = await call(`${elements}/${storageId}/syncs?limit=1`);
      const pass = passOf(value);
      if (pass === undefined || pass.state === 'running') continue;
      check(pass.state === 'done', value);
      return pass;
    }
    throw new Error('проход не кончился');
  }
  return {
    lastPass,
    async register(url) {
      const answer = await call(elements, { name: 'million', url });
      check(answer.status === 201, answer);
    },
    async sync(mode) {
      // Запись прохода кончается чуть раньше, чем отпущен его замок.
      for (;;) {
        const answer = await call(`${elements}/${storageId}/sync`, { mode });
        if (answer.status === 202) return await lastPass();
        check(JSON.stringify(answer.value).includes('SYNC_IN_PROGRESS'), answer);
        await sleep(POLL_MS);
      }
    },
  };
}

function passOf(value: unknown): Pass | undefined {
  if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items))
    return undefined;
  const [item]: unknown[] = value.items;
  return isPass(item) ? item : undefined;
}

function isPass(item: unknown): item is Pass {
  return typeof item === 'object' && item !== null && 'state' in item && 'duration_ms' in item && 'seen' in item;
}

/** Страницы по сто строк: каждый фильтр, от начала и вглубь. */
async function listPages(stand: BenchStand, storageId: string): Promise<number> {
  const token = await stand.adminToken();
  const filters = [
    '',
    '&status=active',
    '&status=expired',
    '&retention_policy=permanent',
    '&retention_policy=temporary',
  ];
  const queries = [...filters, `&storage_element_id=${storageId}`].flatMap((filter) =>
    [0, 100, 1_000, 10_000].map((offset) => `/api/v1/files?limit=100&offset=${offset}${filter}`),
  );
  // Первый круг греет базу и в счёт не идёт.
  await timeGets({ url: stand.adminUrl, token }, queries, 1);
  const paths = Array.from({ length: LISTS }, (_, index) => queries[index % queries.length] ?? '');
  const times = await timeGets({ url: stand.adminUrl, token }, paths, LIST_CONNECTIONS);
  return times[Math.floor(times.length * 0.99)] ?? 0;
}

function check(ok: boolean, seen: unknown): void {
  if (!ok) throw new Error(`замер не удался: ${JSON.stringify(seen)}`);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
