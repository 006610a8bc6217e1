// Обход сбоев в объёме npm test: двести зёрен целиком, отказы диска и порча. Перебор коротких последовательностей —
// в sequences.test.ts, долгий обход — npm run test:crash -- --minutes N.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addExplored, type Explored, inWords, NOTHING_EXPLORED, tellTotal } from './explored.ts';
import { ExplorePool, exploreAll } from './explore-pool.ts';
import type { ExploreTask } from './explore-worker.ts';

const ROUNDS = 5;
/** Первые зёрна идут на базе каталога в файле и со вторым сбоем при каждом восстановлении. */
const THOROUGH_SEEDS = 6;
/** Раньше элемент ещё заводится: на полном диске нового не завести. */
const FIRST_START_OPERATIONS = 49;
const SEEDS = 200;
const BLOCK_SEEDS = 25;
/** Доля восстановлений прочих зёрен, в которых случается второй сбой. */
const SECOND_CRASH_SHARE = 0.2;

const pool = new ExplorePool();
const startedAt = performance.now();
let seeds = 0;
let total = NOTHING_EXPLORED;

after(async () => {
  await pool.close();
  tellTotal(`обход сбоев: зёрен ${seeds}`, total, { startedAt, threads: pool.threads });
});

async function explore(tasks: readonly ExploreTask[]): Promise<Explored> {
  const { explored, found } = await exploreAll(pool, tasks);
  assert.deepEqual(found, []);
  total = addExplored(total, explored);
  return explored;
}

function seedTask(seed: number): ExploreTask {
  const thorough = seed <= THOROUGH_SEEDS;
  const secondCrashes = thorough ? 1 : SECOND_CRASH_SHARE;
  return { kind: 'crashes', options: { seed: String(seed), rounds: ROUNDS, secondCrashes, realCatalog: thorough } };
}

for (let first = 1; first <= SEEDS; first += BLOCK_SEEDS) {
  const block = Array.from({ length: BLOCK_SEEDS }, (_, index) => first + index);
  test(`зёрна ${first}…${first + BLOCK_SEEDS - 1}: после сбоя перед любым действием диска обещанное цело`, async (t) => {
    const explored = await explore(block.map(seedTask));
    seeds += block.length;
    t.diagnostic(inWords(explored));
    // Пять видов отключения питания и смерть процесса в каждой точке.
    assert.equal(explored.states, explored.points * 6);
  });
}

test('отказ любого действия диска, гибель процесса и отключение питания подряд обещанного не теряют', async (t) => {
  const tasks = ['7', '8', '9'].flatMap((seed) =>
    Array.from({ length: 30 }, (_, index): ExploreTask => {
      const at = (Number(seed) % 4) + index * 4;
      return { kind: 'fault', options: { seed, rounds: ROUNDS, secondCrashes: 1 }, at };
    }),
  );
  const explored = await explore(tasks);
  t.diagnostic(inWords(explored));
  assert.ok(explored.distinct > 100);
});

test('диск полон надолго и при запусках: движок живёт, запускается и читает подтверждённое; место вернулось — всё цело', async (t) => {
  const tasks = ['21', '22', '23', '24', '25', '26', '27', '28'].flatMap((seed) =>
    Array.from({ length: 12 }, (_, index): ExploreTask => {
      const at = FIRST_START_OPERATIONS + (Number(seed) % 5) + index * 9;
      const until = index % 3 === 0 ? Number.MAX_SAFE_INTEGER : at + 10 + index * 20;
      return { kind: 'full', options: { seed, rounds: ROUNDS, secondCrashes: 0 }, full: { at, until } };
    }),
  );
  const explored = await explore(tasks);
  t.diagnostic(inWords(explored));
  assert.ok(explored.distinct > 200);
});

test('порча бита журнала или точки — отказ запуска с причиной или никакой потери', async (t) => {
  const tasks = ['11', '12', '13', '14', '15', '16', '17', '18'].map((seed): ExploreTask => {
    return { kind: 'damage', options: { seed, rounds: ROUNDS, secondCrashes: 0 }, count: 60 };
  });
  const explored = await explore(tasks);
  t.diagnostic(inWords(explored));
  assert.ok(explored.distinct > 100);
});
