// Обход сбоев в объёме npm test: несколько зёрен целиком. Долгий обход — npm run test:crash -- --minutes N.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exploreCrashes, exploreDamage, exploreFault } from './explore.ts';

const ROUNDS = 5;

for (const seed of ['1', '2', '3', '4', '5', '6']) {
  test(`зерно ${seed}: после сбоя перед любым действием диска, и второго при восстановлении, обещанное цело`, async (t) => {
    const { points, states } = await exploreCrashes({ seed, rounds: ROUNDS, secondCrashes: 1 });
    t.diagnostic(`точек сбоя ${points}, состояний ${states}`);
    assert.ok(states > points);
  });
}

test('отказ любого действия диска, гибель процесса и отключение питания подряд обещанного не теряют', async (t) => {
  let states = 0;
  for (const seed of ['7', '8', '9']) {
    for (let at = Number(seed) % 4; at < 120; at += 4) {
      states += (await exploreFault({ seed, rounds: ROUNDS, secondCrashes: 1 }, at)).states;
    }
  }
  t.diagnostic(`состояний ${states}`);
  assert.ok(states > 100);
});

test('порча бита журнала или точки — отказ запуска с причиной или никакой потери', async (t) => {
  let states = 0;
  for (const seed of ['11', '12', '13', '14', '15', '16', '17', '18']) {
    states += (await exploreDamage({ seed, rounds: ROUNDS, secondCrashes: 0 }, 60)).states;
  }
  t.diagnostic(`состояний ${states}`);
  assert.ok(states > 100);
});
