// npm run test:crash -- --minutes N [--seed S]: долгий обход сбоев на всех ядрах. Печатает, сколько испытано, и находки:
// каждая ужата до хода, в котором лишних действий нет. Одно зерно: --minutes 0 --seed ЗЕРНО [--rounds N] [--keep 1,4]
// [--trace]; keep — номера действий, которые остаются, trace — каждое действие диска словами.
import { parseArgs } from 'node:util';
import { type ExploreOptions, exploreCrashes } from './explore.ts';
import { addExplored, inWords, NOTHING_EXPLORED } from './explored.ts';
import { ExplorePool } from './explore-pool.ts';
import type { ExploreTask } from './explore-worker.ts';
import { planOf, planWords } from './plan.ts';
import { createRandom } from './random.ts';
import { shrink } from './shrink.ts';
import { Found } from './trial.ts';

const REPORT_MS = 30_000;
/** После стольких находок обход не даёт нового: сначала разбирают эти. */
const FOUND_MAX = 20;
const FAULTS_PER_SEED = 12;
const DAMAGES_PER_SEED = 40;
const OPERATIONS_MAX = 250;
/** Каждое какое зерно идёт на базе в файле, а не в памяти. */
const REAL_CATALOG_EVERY = 8;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now()) },
    rounds: { type: 'string' },
    keep: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
if (!(minutes >= 0)) {
  process.stderr.write('--minutes: ожидается число минут\n');
  process.exit(2);
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const startedAt = performance.now();
const deadline = startedAt + minutes * 60_000;
let explored = NOTHING_EXPLORED;
let seeds = 0;
let found = 0;

function optionsOf(seed: string): ExploreOptions {
  const random = createRandom(`${seed}/обход`);
  const rounds = values.rounds === undefined ? 3 + random.below(7) : Number(values.rounds);
  const keep = values.keep?.split(',').map(Number);
  return { seed, rounds, secondCrashes: 2, ...(keep ? { keep: new Set(keep) } : {}) };
}

function tasksOf(seed: string, number: number): ExploreTask[] {
  const random = createRandom(`${seed}/отказы`);
  const realCatalog = number % REAL_CATALOG_EVERY === 0;
  const options: ExploreOptions = { ...optionsOf(seed), realCatalog };
  return [
    { kind: 'crashes', options },
    { kind: 'damage', options, count: DAMAGES_PER_SEED },
    ...Array.from({ length: FAULTS_PER_SEED }, () => {
      return { kind: 'fault' as const, options, at: random.below(OPERATIONS_MAX) };
    }),
  ];
}

function isOver(): boolean {
  return found >= FOUND_MAX || (minutes > 0 && performance.now() >= deadline);
}

function report(): void {
  const seconds = (performance.now() - startedAt) / 1000;
  say(`crash: зёрен ${seeds}, ${inWords(explored)}, найдено ${found}, ${seconds.toFixed(0)} с, зерно ${values.seed}`);
}

async function tellFound(message: string, options: ExploreOptions | undefined): Promise<void> {
  found += 1;
  say(`НАЙДЕНО: ${message}`);
  const shrunk = options && (await shrink(options));
  if (!options || !shrunk) return;
  const plan = planOf(options.seed, options.rounds);
  say(`  ход без лишнего: ${shrunk.message}`);
  for (const words of planWords(plan, shrunk.keep)) say(`    ${words}`);
  say(
    `  повтор: npm run test:crash -- --minutes 0 --seed '${options.seed}' --rounds ${options.rounds} --keep ${[...shrunk.keep].join()} --trace`,
  );
}

async function runSeeds(pool: ExplorePool): Promise<void> {
  let number = 0;
  let reportAt = startedAt + REPORT_MS;
  const one = async (): Promise<void> => {
    while (!isOver()) {
      const seed = number === 0 ? values.seed : `${values.seed}/${number}`;
      const tasks = tasksOf(seed, number);
      number += 1;
      for (const task of tasks) {
        if (isOver()) return;
        const answer = await pool.run(task);
        explored = addExplored(explored, answer.explored);
        if (answer.found !== undefined)
          await tellFound(answer.found, task.kind === 'crashes' ? task.options : undefined);
      }
      seeds += 1;
      if (performance.now() < reportAt) continue;
      report();
      reportAt = performance.now() + REPORT_MS;
    }
  };
  await Promise.all(Array.from({ length: pool.threads }, one));
}

async function runOne(): Promise<void> {
  const options: ExploreOptions = { ...optionsOf(values.seed), ...(values.trace ? { trace: say } : {}) };
  seeds = 1;
  for (const words of planWords(planOf(options.seed, options.rounds), options.keep)) say(words);
  try {
    explored = await exploreCrashes(options);
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    await tellFound(error.message, options.keep ? undefined : options);
  }
}

if (minutes === 0) {
  await runOne();
} else {
  const pool = new ExplorePool();
  await runSeeds(pool);
  await pool.close();
}
report();
process.exitCode = found === 0 ? 0 : 1;
