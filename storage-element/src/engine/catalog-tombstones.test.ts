// Забывание надгробий: по порядку, порциями, вместе с отметкой; читатель прежней копии узнаёт, что история утрачена.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, openBench } from '../../test/crash/open-bench.ts';
import { fileIdOf, putBytes } from '../../test/crash/workload.ts';
import { listChanges } from '../files/list-changes.ts';

const DAY_MS = 86_400_000;
const isoAt = (ms: number) => new Date(ms).toISOString();

const put = (bench: Bench, index: number) =>
  putBytes(bench.store, { fileId: fileIdOf(index), bytes: Buffer.from('байты'), description: '' });

const remove = (bench: Bench, index: number) =>
  bench.store.withFile(fileIdOf(index), async (locked) => {
    const entry = locked.current();
    assert.ok(entry);
    await locked.remove(entry, 'trash', isoAt(bench.nowMs));
  });

/** Десять файлов, 1…10; удалены 3 и 7, между удалениями — день. Надгробия — 11 и 12. */
async function openWithRemovals(): Promise<Bench> {
  const bench = await openBench();
  for (let index = 1; index <= 10; index += 1) await put(bench, index);
  await remove(bench, 3);
  bench.nowMs += DAY_MS;
  await remove(bench, 7);
  return bench;
}

test('забываются только старые надгробия, не больше порции за раз', async () => {
  const bench = await openWithRemovals();
  const { catalog } = bench.store;
  assert.equal(catalog.forgetTombstones(isoAt(bench.nowMs - 2 * DAY_MS), 100), 0);
  assert.equal(catalog.historyFrom, 0);
  assert.equal(catalog.forgetTombstones(isoAt(bench.nowMs - DAY_MS), 100), 1);
  assert.equal(catalog.historyFrom, 11);
  const removed = listChanges(bench.store, { after: 0, limit: 100 }).items.filter(({ type }) => type === 'remove');
  assert.deepEqual(
    removed.map(({ revision }) => revision),
    [12],
  );
  bench.nowMs += DAY_MS;
  await remove(bench, 1);
  assert.equal(catalog.forgetTombstones(isoAt(bench.nowMs), 1), 1);
  assert.equal(catalog.forgetTombstones(isoAt(bench.nowMs), 1), 1);
  assert.equal(catalog.forgetTombstones(isoAt(bench.nowMs), 1), 0);
  assert.equal(catalog.historyFrom, 13);
});

test('читатель, отставший от забытого, узнаёт, что история утрачена, и продолжает с нынешней revision', async () => {
  const bench = await openWithRemovals();
  const { catalog, revision } = bench.store;
  catalog.forgetTombstones(isoAt(bench.nowMs - DAY_MS), 100);
  const lost = listChanges(bench.store, { after: 10, limit: 100 });
  assert.deepEqual([lost.historyLost, lost.items, lost.nextAfter], [true, [], revision]);
  assert.equal(listChanges(bench.store, { after: 11, limit: 100 }).historyLost, false, 'он знает о забытом');
  assert.equal(listChanges(bench.store, { after: 0, limit: 100 }).historyLost, false, 'с нуля терять нечего');
});

test('чтение с нуля по страницам доходит до конца, хотя проходит по забытому, и даёт список', async () => {
  const bench = await openWithRemovals();
  const { catalog } = bench.store;
  catalog.forgetTombstones(isoAt(bench.nowMs), 100);
  const seen = new Set<string>();
  let page = listChanges(bench.store, { after: 0, limit: 2 });
  const knownHistoryFrom = page.historyFrom;
  for (;;) {
    for (const { type, fileId } of page.items) if (type === 'upsert') seen.add(fileId);
    if (!page.hasMore) break;
    page = listChanges(bench.store, { after: page.nextAfter, knownHistoryFrom, limit: 2 });
    assert.equal(page.historyLost, false);
  }
  assert.equal(seen.size, 8);
  // Пока он читал, забыто ещё одно удаление: о нём он мог и не узнать.
  bench.nowMs += DAY_MS;
  await remove(bench, 1);
  catalog.forgetTombstones(isoAt(bench.nowMs), 100);
  assert.equal(listChanges(bench.store, { after: 5, knownHistoryFrom, limit: 2 }).historyLost, true);
});

test('забытое не возвращается перезапуском, хотя журнал повторяет записи об удалении', async () => {
  const bench = await openWithRemovals();
  bench.store.catalog.forgetTombstones(isoAt(bench.nowMs), 100);
  const again = await bench.restart();
  assert.equal(again.store.catalog.historyFrom, 12);
  assert.equal(again.store.epoch, bench.store.epoch);
  const page = listChanges(again.store, { after: 0, limit: 100 });
  assert.deepEqual(
    page.items.filter(({ type }) => type === 'remove'),
    [],
  );
  assert.equal(listChanges(again.store, { after: 11, limit: 100 }).historyLost, true);
});
