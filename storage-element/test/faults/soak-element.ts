// Долгое испытание: жизни процесса одна за другой, в каждой разом смешанная нагрузка, уборка, сверка, проверка сумм
// и читатель ленты; между жизнями — убийства, остановки, потеря каталога. Байт никто не портит.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from '@artstore/contracts/generated/storage-element.gen.ts';
import type { ElementFile, ElementInfo } from '../start-element.ts';
import type { ElementProcess } from '../start-process.ts';
import { listAll } from './compare-with-ledger.ts';
import type { FaultRoom } from './fault-room.ts';
import { FeedReplica, refuseMark } from './feed-replica.ts';
import { Ledger } from './ledger.ts';
import { type Contents, mixLoad } from './mixed-load.ts';

type ReconcileState = components['schemas']['ReconcileState'];

const WORKERS = 8;
const GRACE_MS = 2_000;
const ONLINE_MS_MAX = 30_000;
const SETTLED_ATTEMPTS = 50;
/** Какую долю уже сверенных файлов скачать снова после каждого запуска; после последнего — все. */
const RECHECK_SHARE = 0.05;
const KILL_SHARE = 0.65;
const REBUILD_SHARE = 0.3;
const UPKEEP_PAUSE_MS = 100;
const RECONCILE = '/api/v1/maintenance/reconcile';
const JSON_TYPE = { 'content-type': 'application/json' };

const ENV = {
  SE_GC_INTERVAL: '1s',
  SE_GC_GRACE: `${GRACE_MS / 1000}s`,
  SE_TOMBSTONE_KEEP: '5s',
  SE_RECONCILE_INTERVAL: '1s',
  SE_SCRUB_PERIOD: '1s',
  SE_SCRUB_RATE: '64MiB',
  SE_WAL_MAX: '8MiB',
  SE_LOG_LEVEL: 'info',
};
/** О чём предупредить вправе и здоровый элемент в таком испытании; ошибок не бывает вовсе. */
const FAIR_WARNINGS = new Set(['plain_http', 'catalog_lost', 'log_tail_torn', 'scrub_behind']);

export class Soak {
  readonly #room: FaultRoom;
  readonly #lifeMsMax: number;
  readonly #ledger = new Ledger({ graceMs: GRACE_MS });
  readonly #contents: Contents = new Map();
  readonly #replica = new FeedReplica();
  readonly #counts = new Map<string, number>();
  readonly #tally = { kills: 0, stops: 0, rebuilds: 0, comparisons: 0, downloads: 0, reconciles: 0 };
  /** Память и дескрипторы в конце каждой жизни. */
  readonly #samples: string[] = [];
  #phase: 'starting' | 'online' | 'stopping' = 'starting';

  constructor(room: FaultRoom, { lifeMsMax }: { lifeMsMax: number }) {
    this.#room = room;
    this.#lifeMsMax = lifeMsMax;
  }

  /** Одна жизнь: нагрузка с самого запуска, сверка с книгой в тишине, снова нагрузка и смерть под ней. */
  async live(): Promise<void> {
    const element = await this.#start();
    const early = await this.#load(element, (Math.random() * this.#lifeMsMax) / 2);
    early.stopping.abort();
    await early.work;
    await this.#compare(element, RECHECK_SHARE);
    const late = await this.#load(element, Math.random() * this.#lifeMsMax);
    this.#phase = 'stopping';
    const signal = Math.random() < KILL_SHARE ? 'SIGKILL' : 'SIGTERM';
    element.child.kill(signal);
    const ended = this.#ended(element, signal).finally(() => late.stopping.abort());
    await Promise.all([ended, late.work]);
    this.#tally[signal === 'SIGKILL' ? 'kills' : 'stops'] += 1;
    if (Math.random() < REBUILD_SHARE) {
      rmSync(join(this.#dataDir, 'catalog'), { recursive: true });
      this.#tally.rebuilds += 1;
    }
  }

  /** Последний запуск без нагрузки: сверка всего и чистота на диске. Возвращает, сколько чего было. */
  async finish(): Promise<string[]> {
    const element = await this.#start();
    await untilOnline(element);
    await this.#compare(element, 1);
    element.child.kill('SIGTERM');
    await this.#ended(element, 'SIGTERM');
    assert.deepEqual(readdirSync(join(this.#dataDir, 'staging')), [], 'после остановки в staging пусто');
    const { acknowledged, collectedTotal, unansweredWhole, files } = this.#ledger;
    const { relisted } = this.#replica;
    return [
      JSON.stringify({ ...this.#tally, relisted, ...acknowledged, collectedTotal, unansweredWhole, files }),
      JSON.stringify(Object.fromEntries(this.#counts)),
      this.#samples.join(' '),
    ];
  }

  get #dataDir(): string {
    return this.#room.env['SE_DATA_DIR'] ?? '';
  }

  #start(): Promise<ElementProcess> {
    this.#phase = 'starting';
    return this.#room.start(ENV);
  }

  /** Нагружает и, когда элемент готов, ждёт ещё столько; нагрузка продолжается. */
  async #load(element: ElementProcess, ms: number): Promise<{ stopping: AbortController; work: Promise<unknown> }> {
    const stopping = new AbortController();
    const { signal } = stopping;
    const mayRefuse = () => this.#phase !== 'online';
    const load = { element, signal, mayRefuse, ledger: this.#ledger, contents: this.#contents, counts: this.#counts };
    const work = Promise.all([mixLoad({ ...load, workers: WORKERS }), this.#watch(element, signal)]);
    const waiting = untilOnline(element).then(() => {
      this.#phase = 'online';
      return sleep(ms);
    });
    try {
      await Promise.race([waiting, work]);
    } catch (error) {
      stopping.abort();
      throw error;
    }
    const descriptors = readdirSync(`/proc/${element.child.pid}/fd`).length;
    this.#samples.push(`${((await element.residentBytes()) / 2 ** 20).toFixed()}MiB/${descriptors}`);
    return { stopping, work };
  }

  /** Сверки с переносом одна за другой и чтение ленты: жаловаться сверке не на что. */
  async #watch(element: ElementProcess, signal: AbortSignal): Promise<void> {
    const options = JSON.stringify({ dry_run: false, verify_checksums: true, move_orphans: true });
    for (let seenAt: string | null = null; !signal.aborted; await sleep(UPKEEP_PAUSE_MS)) {
      try {
        await this.#replica.follow(element);
        const found = await element.call('GET', RECONCILE);
        if (found.status === 200) seenAt = this.#judge(found.json<ReconcileState>(), seenAt);
        const reply = await element.call('POST', RECONCILE, { headers: JSON_TYPE, body: options });
        assert.ok([202, 409, 503].includes(reply.status), reply.bytes.toString());
      } catch (error) {
        if (error instanceof assert.AssertionError || this.#phase !== 'stopping') throw error;
      }
    }
  }

  #judge({ status, issues, error, finished_at: finishedAt }: ReconcileState, seenAt: string | null): string | null {
    assert.deepEqual(issues, [], 'сверке не на что жаловаться');
    assert.notEqual(status, 'failed', error ?? '');
    if (status !== 'completed' || finishedAt === seenAt) return seenAt;
    this.#tally.reconciles += 1;
    return finishedAt;
  }

  /** Сверяет список с лентой и с книгой. */
  async #compare(element: ElementProcess, recheckShare: number): Promise<void> {
    const listed = await this.#settledList(element);
    for (const file of listed.values()) refuseMark(file);
    const { fresh, seen } = this.#ledger.settle(listed);
    for (const id of [...fresh, ...seen.filter(() => Math.random() < recheckShare)]) {
      const reply = await element.call('GET', `/api/v1/files/${id}/download`);
      assert.equal(reply.status, 200, `${id}: ответ ${reply.status}`);
      assert.ok(reply.bytes.equals(this.#contents.get(id) ?? Buffer.alloc(0)), `${id}: содержимое не то`);
      this.#ledger.verified(id);
      this.#tally.downloads += 1;
    }
    this.#tally.comparisons += 1;
  }

  /** Уборка меняет список и сама: читает, пока лента и список не сойдутся в одном миге. */
  async #settledList(element: ElementProcess): Promise<ReadonlyMap<string, ElementFile>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const listed = await listAll(element);
        assert.ok(await this.#replica.follow(element));
        assert.deepEqual(this.#replica.files, listed, 'лента привела к тому же списку');
        return listed;
      } catch (error) {
        if (attempt === SETTLED_ATTEMPTS) throw error;
      }
    }
  }

  async #ended(element: ElementProcess, signal: NodeJS.Signals): Promise<void> {
    const code = await element.ended;
    assert.equal(code, signal === 'SIGKILL' ? signal : 0, element.output().slice(-3000));
    assert.deepEqual(element.output().split('\n').filter(isFault), [], 'в журнале событий нет ошибок');
    const quarantined = readdirSync(join(this.#dataDir, 'quarantine'), { recursive: true });
    assert.deepEqual(quarantined, [], 'в карантине пусто');
  }
}

/** Строка, недописанная убитым, не считается; любая другая не в JSON — необработанная ошибка. */
function isFault(line: string, index: number, lines: readonly string[]): boolean {
  if (line === '' || index === lines.length - 1) return false;
  if (!line.startsWith('{')) return true;
  const { level, event, code } = JSON.parse(line) as { level?: string; event?: string; code?: string };
  if (level === 'error' || level === 'fatal') return true;
  // Честный отказ; отказал ли элемент вправе, судит нагрузка.
  if (event === 'request_failed' && code === 'NOT_READY') return false;
  return level === 'warn' && !FAIR_WARNINGS.has(event ?? '');
}

async function untilOnline(element: ElementProcess): Promise<void> {
  for (const end = performance.now() + ONLINE_MS_MAX; performance.now() < end; await sleep(10)) {
    if ((await element.call('GET', '/api/v1/info')).json<ElementInfo>().status === 'online') return;
  }
  throw new Error(`элемент так и не вышел на работу:\n${element.output().slice(-3000)}`);
}
