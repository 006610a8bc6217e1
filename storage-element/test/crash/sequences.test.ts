// Полный перебор последовательностей из одного-трёх действий: сбой каждого вида в каждой точке каждой из них.
// Буквы перебора и начала — в explore-sequences.ts.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addExplored, inWords, NOTHING_EXPLORED, tellTotal } from './explored.ts';
import { ExplorePool, exploreAll } from './explore-pool.ts';
import { sequenceOrders, sequencesOf, STARTS } from './explore-sequences.ts';

const pool = new ExplorePool();
const startedAt = performance.now();
let sequences = 0;
let total = NOTHING_EXPLORED;

after(async () => {
  await pool.close();
  tellTotal(`полный перебор: последовательностей ${sequences}`, total, { startedAt, threads: pool.threads });
});

for (const [start, { mode, before, letters }] of STARTS.entries()) {
  const name = before.length > 0 ? `${mode}, ${before.join(', ')}` : `${mode}, пустой`;
  test(`после сбоя в любой точке любых трёх действий обещанное цело: ${name}`, async (t) => {
    const orders = sequenceOrders(start);
    const { explored, found } = await exploreAll(
      pool,
      orders.map((order) => ({ kind: 'sequences', order })),
    );
    assert.deepEqual(found, []);
    const own = orders.reduce((sum, order) => sum + sequencesOf(order).length, 0);
    const count = Object.keys(letters).length;
    assert.equal(own, count + count ** 2 + count ** 3);
    // Пять видов отключения питания и смерть процесса в каждой точке.
    assert.equal(explored.states, explored.points * 6);
    sequences += own;
    total = addExplored(total, explored);
    t.diagnostic(`последовательностей ${own}, ${inWords(explored)}`);
  });
}
