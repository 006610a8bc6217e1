// Проверка проверки: из движка вынута одна опора — обход сбоев обязан это заметить.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { exploreCrashes, exploreFault, exploreFullDisk } from './explore.ts';
import { enableMutants, MUTANTS, type Mutant, mutantUrl } from './mutants.ts';

const disable = enableMutants();
// Мутант вправе оставить за собой вечное ожидание: процесс его не ждёт.
after(() => {
  disable();
  setTimeout(() => process.exit(), 2_000).unref();
});

/** Сколько зёрен пробовать, начиная с того, на котором мутант когда-то попался. */
const SEEDS_MAX = 80;
const FAULTS_MAX = 160;
const FAULT_SEEDS = 4;
const FULL_DISKS_MAX = 60;

interface Explorers {
  readonly exploreCrashes: typeof exploreCrashes;
  readonly exploreFault: typeof exploreFault;
  readonly exploreFullDisk: typeof exploreFullDisk;
}

/** Чем мутант попался; undefined, если ушёл. */
async function hunt(mutant: Mutant): Promise<unknown> {
  const explorers = (await import(mutantUrl('./explore.ts', mutant))) as Explorers;
  const { exploreCrashes, exploreFault, exploreFullDisk } = explorers;
  const options = (seed: number) => ({ seed: String(seed), rounds: 5, secondCrashes: 1, share: 0.15 });
  const [first, firstFault] = mutant.seen;
  try {
    if (mutant.fullDisk) {
      for (let count = 0; count < FULL_DISKS_MAX; count += 1) {
        const at = 45 + count * 5;
        await exploreFullDisk(options(first + (count % 8)), { at, until: at + 60 });
      }
    } else if (firstFault === undefined) {
      for (let count = 0; count < SEEDS_MAX; count += 1) await exploreCrashes(options(first + count));
    } else {
      await exploreFault(options(first), firstFault);
      for (let at = 0; at < FAULTS_MAX; at += 1) {
        for (let count = 0; count < FAULT_SEEDS; count += 1) await exploreFault(options(first + count), at);
      }
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

for (const mutant of MUTANTS) {
  test(`без опоры обещание нарушено и замечено: ${mutant.name}`, async () => {
    const caught = await hunt(mutant);
    assert.ok(caught instanceof Error, 'мутант ушёл');
    // Отказ запуска из-за порчи, которой диск не делал, — тоже пойман.
    assert.ok(['Found', 'LogDamaged'].includes(caught.name), caught.message);
    assert.ok(!(caught.cause instanceof ReferenceError || caught.cause instanceof TypeError), String(caught.cause));
  });
}
