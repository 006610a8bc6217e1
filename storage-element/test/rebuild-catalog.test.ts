// Каталог потерян, файлов много: элемент открывает порт сразу, строит каталог и честно говорит, чего ещё не знает.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanUp } from './clean-up.ts';
import { startTokenIssuer } from './issue-tokens.ts';
import { type ElementInfo, type FilePage, newId, prepareEnv, temporaryDir } from './start-element.ts';
import { type ElementProcess, startProcess } from './start-process.ts';

const FILES = 20_000;
const DEADLINE_MS = 100_000;

interface Seeded {
  readonly dataDir: string;
  readonly epoch: string;
  readonly ids: readonly string[];
  start(t: TestContext): Promise<ElementProcess>;
}

/** Остановленный элемент с двадцатью тысячами файлов и без каталога. */
async function seedElement(t: TestContext): Promise<Seeded> {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env, ca } = await prepareEnv(dir, tokens);
  const start = (at: TestContext) =>
    startProcess(at, { env: { ...env, SE_PLAIN_HTTP: 'true', SE_LOG_LEVEL: 'info' }, ca, tokens });
  const first = await start(t);
  const { epoch } = (await first.call('GET', '/api/v1/info')).json<ElementInfo>();
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0);
  const dataDir = join(dir, 'data');
  const seeder = spawn(
    process.execPath,
    [join(import.meta.dirname, 'seed-files.ts'), dataDir, join(dataDir, 'wal'), String(FILES), '100'],
    { stdio: 'inherit' },
  );
  assert.deepEqual(await once(seeder, 'exit'), [0, null]);
  const ids = readdirSync(join(dataDir, 'files'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.attr.json'))
    .toSorted()
    .map((path) => path.slice(-'.attr.json'.length - 36, -'.attr.json'.length));
  assert.equal(ids.length, FILES);
  return { dataDir, epoch, ids, start };
}

const infoOf = async (element: ElementProcess) => (await element.call('GET', '/api/v1/info')).json<ElementInfo>();

/** Ждёт, пока элемент станет online; на каждом шаге зовёт look. */
async function untilOnline(element: ElementProcess, look?: () => Promise<void>): Promise<ElementInfo> {
  for (const deadline = performance.now() + DEADLINE_MS; performance.now() < deadline; ) {
    const info = await infoOf(element);
    if (info.status === 'online') return info;
    await look?.();
    await sleep(5);
  }
  throw new Error(`каталог не построен вовремя:\n${element.output()}`);
}

const pathOf = (dataDir: string, fileId: string): string => {
  const found = readdirSync(join(dataDir, 'files'), { recursive: true, encoding: 'utf8' });
  return join(dataDir, 'files', found.find((path) => path.endsWith(`${fileId}.attr.json`)) ?? '');
};

/** Испытания идут на одних файлах, и перед каждым каталог теряется. */
function loseCatalog({ dataDir }: Seeded): void {
  rmSync(join(dataDir, 'catalog'), { recursive: true });
}

async function stopped(element: ElementProcess): Promise<void> {
  element.child.kill('SIGTERM');
  assert.equal(await element.ended, 0);
}

test('каталог потерян, файлов много', async (t) => {
  const seeded = await seedElement(t);
  await t.test('kill -9 и остановка посреди построения: следующий запуск строит каталог целиком', (each) =>
    survivesInterruption(each, seeded),
  );
  loseCatalog(seeded);
  await t.test('ведро пропало посреди построения: процесс завершается с причиной, а не служит с половиной', (each) =>
    refusesLostBucket(each, seeded),
  );
  loseCatalog(seeded);
  await t.test('порт открыт: внесённое читается, прочее — NOT_READY с ходом; потом список полон', (each) =>
    servesWhileBuilding(each, seeded),
  );
});

async function survivesInterruption(t: TestContext, { start }: Seeded): Promise<void> {
  const killed = await start(t);
  assert.equal((await infoOf(killed)).status, 'maintenance');
  killed.child.kill('SIGKILL');
  await killed.ended;

  const second = await start(t);
  assert.equal((await infoOf(second)).status, 'maintenance');
  await stopped(second);

  const third = await start(t);
  assert.equal((await infoOf(third)).status, 'maintenance', 'остановка ждала конца построения');
  const { counts } = await untilOnline(third);
  assert.equal(counts.active + counts.expired + counts.deleted, FILES);
  await stopped(third);

  const fourth = await start(t);
  assert.equal((await infoOf(fourth)).status, 'online', 'целый каталог второй раз не строится');
  await stopped(fourth);
}

async function refusesLostBucket(t: TestContext, { dataDir, start }: Seeded): Promise<void> {
  const element = await start(t);
  const [day = ''] = readdirSync(join(dataDir, 'files'));
  const last = join(dataDir, 'files', day, '000019');
  renameSync(last, `${last}.away`);
  assert.notEqual(await element.ended, 0);
  assert.match(element.output(), /каталог не построен/);
  assert.match(element.output(), /000019 пропал/);

  renameSync(`${last}.away`, last);
  const again = await start(t);
  const { counts } = await untilOnline(again);
  assert.equal(counts.active + counts.expired + counts.deleted, FILES);
  await stopped(again);
}

async function servesWhileBuilding(t: TestContext, { dataDir, epoch, ids, start }: Seeded): Promise<void> {
  const damagedId = ids[100] ?? '';
  const damaged = pathOf(dataDir, damagedId);
  const bytes = readFileSync(damaged);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(damaged, bytes);

  const element = await start(t);
  let looks = 0;
  let created = 0;
  let readEarly = 0;
  const percents: number[] = [];
  const info = await untilOnline(element, async () => {
    const replies = await Promise.all([
      element.call('GET', '/health/ready'),
      element.call('GET', '/api/v1/files?limit=5'),
      element.call('GET', '/api/v1/changes?after=0'),
      element.put(newId(), 'новый'),
      element.call('DELETE', `/api/v1/files/${ids[0]}`),
      element.call('GET', `/api/v1/files/${newId()}`),
      element.call('GET', `/api/v1/files/${ids[looks % ids.length]}/download`),
      element.call('GET', '/metrics'),
    ]);
    if (replies[3].status === 201) created += 1;
    // Построение могло кончиться между ответами: судим только по тому, что сказано до конца.
    if ((await infoOf(element)).status === 'online') return;
    looks += 1;
    const [ready, list, changes, put, remove, unknown, download, metrics] = replies;
    const check = ready.json<{ status: string; checks: Record<string, { status: string; message?: string }> }>();
    assert.equal(check.status, 'degraded');
    const progress = /(\d+) files, ([\d.]+) %, \d+ files\/s/.exec(check.checks['catalog']?.message ?? '');
    assert.ok(progress, JSON.stringify(check));
    percents.push(Number(progress[2]));
    for (const refused of [list, changes, put, remove, unknown]) {
      assert.equal(refused.code(), 'NOT_READY', refused.bytes.toString());
      assert.match(refused.bytes.toString(), /\d+ files, [\d.]+ %/);
      assert.ok(refused.headers['retry-after']);
    }
    if (download.status === 200) readEarly += 1;
    else assert.ok(['NOT_READY', 'FILE_NOT_FOUND', 'FILE_EXPIRED'].includes(download.code() ?? ''));
    assert.match(metrics.bytes.toString(), /se_catalog_rebuild_ratio/);
  });
  assert.ok(looks > 0, 'построение кончилось раньше первого взгляда');
  assert.deepEqual(
    percents,
    percents.toSorted((a, b) => a - b),
  );
  assert.ok(readEarly > 0, 'внесённое не читалось');

  assert.notEqual(info.epoch, epoch);
  const page = (await element.call('GET', '/api/v1/files?limit=1000&offset=500')).json<FilePage>();
  assert.ok(page.total - created >= FILES - 1 && page.total - created <= FILES, String(page.total));
  assert.equal((await element.call('GET', `/api/v1/files/${damagedId}/download`)).code(), 'INTERNAL_ERROR');
  assert.equal((await element.call('GET', `/api/v1/files/${newId()}`)).code(), 'FILE_NOT_FOUND');
  assert.equal((await element.put(newId(), 'новый')).status, 201);
}
