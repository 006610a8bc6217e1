// Бюджет потерь и признаки перечня, которому нельзя верить.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceedsBudget, isListingShort, lossBudget, pagesAllowed } from './plan-marks.ts';

test('бюджет — большее из десяти и одного процента строк', () => {
  assert.deepEqual([0, 999, 1000, 1099, 1100, 1_000_000].map(lossBudget), [10, 10, 10, 10, 11, 10_000]);
});

test('ровно бюджет проходит, на одну больше — ждёт подтверждения, подтверждённое проходит', () => {
  assert.equal(exceedsBudget({ live: 10, budget: 10, confirmed: false }), false);
  assert.equal(exceedsBudget({ live: 11, budget: 10, confirmed: false }), true);
  assert.equal(exceedsBudget({ live: 1000, budget: 10, confirmed: true }), false);
});

test('перечень короче обещанного больше, чем на перемены за проход, неполон', () => {
  assert.equal(isListingShort({ seen: 98, total: 100, changesDuring: 2 }), false);
  assert.equal(isListingShort({ seen: 97, total: 100, changesDuring: 2 }), true);
  assert.equal(isListingShort({ seen: 120, total: 100, changesDuring: 0 }), false);
});

test('страниц с запасом хватает выросшему перечню, но их число конечно и при невероятном обещании', () => {
  assert.ok(pagesAllowed(1_000_000, 1000) > 2000);
  assert.ok(Number.isSafeInteger(pagesAllowed(Number.MAX_SAFE_INTEGER, 1000)));
  assert.ok(pagesAllowed(Number.MAX_SAFE_INTEGER, 1000) < 10_000_000);
});
