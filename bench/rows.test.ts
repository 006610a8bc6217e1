import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEASURES } from './measures.ts';
import { judge, ROWS, type Row, withBaselines } from './rows.ts';

function row(id: string): Row {
  const found = ROWS.find((item) => item.id === id);
  assert.ok(found, id);
  return found;
}

test('имена строк не повторяются, у каждой есть замер, а сравнения существуют и стоят выше', () => {
  const ids = ROWS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, measure, baseline } of ROWS) {
    assert.ok(MEASURES[measure], `${id}: нет замера ${measure}`);
    if (baseline !== undefined)
      assert.ok(ids.indexOf(baseline) < ids.indexOf(id), `${id}: сравнение ${baseline} не выше`);
  }
});

test('вместе со строкой снимают всё, с чем её сравнивают', () => {
  assert.deepEqual(
    withBaselines(['path.put-1g']).map(({ id }) => id),
    ['base.dd', 'se.put-1g-tls', 'path.put-1g'],
  );
});

test('цель отношения судит отношение, а без сравнения не судит', () => {
  assert.equal(judge(row('se.put-4k-c64'), 1500, 1000).ok, true);
  assert.equal(judge(row('se.put-4k-c64'), 1499, 1000).ok, false);
  assert.equal(judge(row('se.get-1g'), 1499, null).ok, null);
});

test('цель значения судит само значение', () => {
  assert.equal(judge(row('se.put-1g.cpu'), 2.2, null).ok, true);
  assert.equal(judge(row('se.put-1g.cpu'), 2.3, null).ok, false);
  assert.equal(judge(row('path.put-4k-c64'), 600, 5000).ok, true);
});

test('десять миллионов — в два с половиной раза от миллиона', () => {
  for (const kind of ['exact', 'partial', 'fulltext', 'filters']) {
    const [million, more] = [row(`search.${kind}`).target, row(`search.10m.${kind}`).target];
    assert.ok(million?.kind === 'atMost' && more?.kind === 'atMost');
    assert.equal(more.value / million.value, 2.5);
  }
});
