// Проверка проверки: из движка вынута одна опора — обход сбоев обязан это заметить.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { enableMutants, MUTANTS, type Mutant, mutantUrl } from './mutants.ts';

const disable = enableMutants();
after(disable);

/** Сколько зёрен пробовать, начиная с того, на котором мутант когда-то попался. */
const SEEDS_MAX = 40;
const FAULTS_MAX = 240;

/** Чем мутант попался; undefined, если ушёл. */
async function hunt(mutant: Mutant): Promise<unknown> {
  const { Explorer } = (await import(mutantUrl('./explore.ts', mutant))) as typeof import('./explore.ts');
  const explorer = (seed: number) => new Explorer({ seed: String(seed), rounds: 5, secondCrashes: 1, share: 0.15 });
  const [first, firstFault] = mutant.seen;
  try {
    if (firstFault === undefined) {
      for (let count = 0; count < SEEDS_MAX; count += 1) await explorer(first + count).run();
    } else {
      await explorer(first).runFault(firstFault);
      for (let at = 0; at < FAULTS_MAX; at += 1) await explorer(first + (at % 4)).runFault(at);
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
    assert.equal(caught.name, 'Found', caught.message);
    assert.ok(!(caught.cause instanceof ReferenceError || caught.cause instanceof TypeError), String(caught.cause));
  });
}
