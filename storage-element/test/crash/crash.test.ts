// Обход сбоев в объёме npm test: несколько зёрен целиком. Долгий обход — npm run test:crash -- --minutes N.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Explorer } from './explore.ts';

const SEEDS = ['1', '2', '3', '4', '5', '6'];

for (const seed of SEEDS) {
  test(`зерно ${seed}: после сбоя перед любым действием диска, и второго при восстановлении, обещанное цело`, async (t) => {
    const { points, states } = await new Explorer({ seed, rounds: 5, secondCrashes: 1 }).run();
    t.diagnostic(`точек сбоя ${points}, состояний ${states}`);
    assert.ok(states > points);
  });
}

test('отказ любого действия диска, гибель процесса и отключение питания подряд обещанного не теряют', async (t) => {
  let states = 0;
  for (const seed of ['7', '8', '9']) {
    for (let at = Number(seed) % 4; at < 120; at += 4) {
      states += (await new Explorer({ seed, rounds: 5, secondCrashes: 1 }).runFault(at)).states;
    }
  }
  t.diagnostic(`состояний ${states}`);
  assert.ok(states > 100);
});
