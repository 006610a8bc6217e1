// kill -9 под нагрузкой: внешняя книга помнит, что было подтверждено. После каждого перезапуска подтверждённое
// обязано скачиваться с верной суммой, а неподтверждённое — отсутствовать или лежать целиком.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanUp } from './clean-up.ts';
import { startTokenIssuer } from './issue-tokens.ts';
import { type FilePage, newId, prepareEnv, sha256, temporaryDir } from './start-element.ts';
import { type ElementProcess, startProcess } from './start-process.ts';

const ROUNDS = Number(process.env['ARTSTORE_TEST_KILLS'] ?? 20);
/** На перегруженной машине кругов будет меньше, но проверка уложится в своё время. */
const BUDGET_MS = ROUNDS * 1750;
const UPLOADERS = 16;
/** Какую долю уже сверенных файлов скачать снова; после последнего перезапуска — все. */
const RECHECK_SHARE = 0.05;
const SIZES = [0, 1000, 20_000, 65_536, 65_537, 300_000, 2_000_000];

interface Ledger {
  /** Сумма каждого файла, который хоть раз начали отправлять. */
  readonly sent: Map<string, string>;
  readonly acknowledged: Set<string>;
  readonly removed: Set<string>;
  /** Чьё содержимое уже сверено после какого-нибудь перезапуска. */
  readonly verified: Set<string>;
}

/** Начатое и брошенное: одно имя. У повторённого по журналу до первой контрольной точки имён два. */
async function abandoned(dir: string): Promise<string[]> {
  const staging = join(dir, 'data', 'staging');
  const names = await readdir(staging);
  // Пока читается список, контрольная точка имя могла и убрать: такое не брошено.
  const links = await Promise.all(
    names.map((name) =>
      stat(join(staging, name)).then(
        ({ nlink }) => nlink,
        () => 0,
      ),
    ),
  );
  return names.filter((_, index) => links[index] === 1);
}

test(`до ${ROUNDS} раз kill -9 под ${UPLOADERS} загрузками`, { timeout: 300_000 }, async (t) => {
  const dir = await temporaryDir(t);
  const tokens = await startTokenIssuer();
  cleanUp(t, () => tokens.close());
  const { env, ca } = await prepareEnv(dir, tokens);
  const room = { env: { ...env, SE_LOG_LEVEL: 'fatal' }, ca, tokens };
  const ledger: Ledger = { sent: new Map(), acknowledged: new Set(), removed: new Set(), verified: new Set() };
  const startsMs: number[] = [];
  let unacknowledgedWhole = 0;
  const deadlineMs = performance.now() + BUDGET_MS;

  for (let round = 0; ; round += 1) {
    const last = round === ROUNDS || performance.now() > deadlineMs;
    const element = await startProcess(t, room);
    startsMs.push(element.startedMs);
    unacknowledgedWhole = await checkLedger(element, ledger, last ? 1 : RECHECK_SHARE);
    assert.deepEqual(await abandoned(dir), [], 'после восстановления в staging нет брошенного');
    if (last) {
      element.child.kill('SIGTERM');
      assert.equal(await element.ended, 0);
      break;
    }
    const stopping = new AbortController();
    const uploading = Promise.all(Array.from({ length: UPLOADERS }, () => upload(element, ledger, stopping.signal)));
    await sleep(80 + Math.random() * 600);
    element.child.kill('SIGKILL');
    stopping.abort();
    await uploading;
    await element.ended;
  }
  assert.ok(startsMs.length > 5 && ledger.acknowledged.size > startsMs.length, 'нагрузка была настоящей');
  const slowest = Math.max(...startsMs);
  t.diagnostic(
    `убит ${startsMs.length - 1} раз; отправлено ${ledger.sent.size}, подтверждено ${ledger.acknowledged.size}, удалено ${ledger.removed.size}, ` +
      `целы без подтверждения ${unacknowledgedWhole}, самый долгий запуск ${slowest.toFixed()} мс`,
  );
});

async function upload(element: ElementProcess, ledger: Ledger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const id = newId();
    const bytes = randomBytes(SIZES[Math.floor(Math.random() * SIZES.length)] ?? 0);
    ledger.sent.set(id, sha256(bytes));
    try {
      const reply = await element.put(id, bytes);
      assert.equal(reply.status, 201, reply.bytes.toString());
      ledger.acknowledged.add(id);
      if (Math.random() < 0.1) {
        // Начатое удаление без ответа могло и случиться: такой файл больше ничего не обещает.
        ledger.acknowledged.delete(id);
        const removal = await element.call('DELETE', `/api/v1/files/${id}`);
        assert.equal(removal.status, 204);
        ledger.removed.add(id);
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
  }
}

/** Сверяет книгу с элементом; возвращает, сколько неподтверждённых файлов легло целиком. */
async function checkLedger(
  element: ElementProcess,
  { sent, acknowledged, removed, verified }: Ledger,
  recheckShare: number,
): Promise<number> {
  const listed = await listAll(element);
  for (const id of acknowledged) assert.equal(listed.get(id)?.status, 'active', `подтверждённый ${id} пропал`);
  for (const id of removed) assert.equal(listed.get(id)?.status, 'deleted', `удалённый ${id} вернулся`);
  const active = [...listed].filter(([, file]) => file.status === 'active').map(([id]) => id);
  const queue = active.filter((id) => !verified.has(id) || Math.random() < recheckShare);
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        const reply = await element.call('GET', `/api/v1/files/${id}/download`);
        assert.equal(reply.status, 200, `${id}: ${reply.status}`);
        assert.equal(sha256(reply.bytes), sent.get(id), `${id}: содержимое не то`);
        verified.add(id);
      }
    }),
  );
  return active.filter((id) => !acknowledged.has(id)).length;
}

async function listAll(element: ElementProcess): Promise<Map<string, FilePage['items'][number]>> {
  const files = new Map<string, FilePage['items'][number]>();
  for (let query = '?limit=1000'; ; ) {
    const page = (await element.call('GET', `/api/v1/files${query}`)).json<FilePage>();
    for (const file of page.items) files.set(file.file_id, file);
    if (page.next_after === null) return files;
    query = `?limit=1000&after=${page.next_after}`;
  }
}
