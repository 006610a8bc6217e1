// npm run test:crash -- --minutes N [--seed S] [--trace]: долгий обход сбоев. Печатает, сколько испытано, и зёрна находок.
// Найденное зерно повторяется запуском с --seed ЗЕРНО --minutes 0: тогда испытывается оно одно.
import { parseArgs } from 'node:util';
import { type ExploreOptions, exploreCrashes, exploreDamage, exploreFault } from './explore.ts';
import { createRandom } from './random.ts';
import { Found } from './trial.ts';

const REPORT_MS = 30_000;
/** После стольких находок обход не даёт нового: сначала разбирают эти. */
const FOUND_MAX = 20;
const FAULTS_PER_SEED = 12;
const DAMAGES_PER_SEED = 40;
const OPERATIONS_MAX = 250;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now()) },
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
const total = { seeds: 0, points: 0, states: 0, found: 0 };

async function runSeed(seed: string): Promise<void> {
  const random = createRandom(`${seed}/обход`);
  const options: ExploreOptions = {
    seed,
    rounds: 3 + random.below(7),
    secondCrashes: 2,
    ...(minutes > 0 ? { deadline } : {}),
    ...(values.trace ? { trace: say } : {}),
  };
  await attempt(() => exploreCrashes(options));
  await attempt(() => exploreDamage(options, DAMAGES_PER_SEED));
  for (let count = 0; count < FAULTS_PER_SEED && !isOver(); count += 1) {
    await attempt(() => exploreFault(options, random.below(OPERATIONS_MAX)));
  }
  total.seeds += 1;
}

async function attempt(explore: () => Promise<{ points: number; states: number }>): Promise<void> {
  try {
    const { points, states } = await explore();
    total.points += points;
    total.states += states;
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    total.found += 1;
    say(`НАЙДЕНО: ${error.message}`);
  }
}

function isOver(): boolean {
  return total.found >= FOUND_MAX || (minutes > 0 && performance.now() >= deadline);
}

function report(): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const { seeds, points, states, found } = total;
  say(
    `crash: зёрен ${seeds}, точек сбоя ${points}, состояний ${states}, найдено ${found}, ${seconds.toFixed(0)} с, зерно ${values.seed}`,
  );
}

let reportAt = startedAt + REPORT_MS;
await runSeed(values.seed);
for (let number = 1; minutes > 0 && !isOver(); number += 1) {
  await runSeed(`${values.seed}/${number}`);
  if (performance.now() < reportAt) continue;
  report();
  reportAt = performance.now() + REPORT_MS;
}
report();
process.exitCode = total.found === 0 ? 0 : 1;
