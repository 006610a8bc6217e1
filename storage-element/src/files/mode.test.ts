// Режимы: что каждый разрешает и между какими есть переход.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsPolicy, allowedOperations, allows, judgeTransition, type StorageMode } from './mode.ts';

const MODES: readonly StorageMode[] = ['edit', 'rw', 'ro', 'ar'];

test('edit разрешает всё, rw — без удаления и корзины, ro — читать, ar — только описания', () => {
  assert.deepEqual(allowedOperations('edit').toSorted(), [
    'delete',
    'download',
    'list',
    'metadata',
    'restore',
    'update',
    'upload',
  ]);
  assert.deepEqual(allowedOperations('rw').toSorted(), ['download', 'list', 'metadata', 'update', 'upload']);
  assert.deepEqual(allowedOperations('ro').toSorted(), ['download', 'list', 'metadata']);
  assert.deepEqual(allowedOperations('ar').toSorted(), ['list', 'metadata']);
  assert.equal(allows('ro', 'upload'), false);
});

test('черновики принимает только edit, постоянные — только rw', () => {
  assert.deepEqual(
    MODES.map((mode) => acceptsPolicy(mode, 'temporary')),
    [true, false, false, false],
  );
  assert.deepEqual(
    MODES.map((mode) => acceptsPolicy(mode, 'permanent')),
    [false, true, false, false],
  );
});

test('переходы: rw → ro → ar свободно, ro → rw с подтверждением, остальных нет', () => {
  const table = Object.fromEntries(MODES.map((from) => [from, MODES.map((to) => judgeTransition(from, to))]));
  assert.deepEqual(table, {
    edit: ['invalid', 'invalid', 'invalid', 'invalid'],
    rw: ['invalid', 'invalid', 'allowed', 'invalid'],
    ro: ['invalid', 'confirm', 'invalid', 'allowed'],
    ar: ['invalid', 'invalid', 'invalid', 'invalid'],
  });
});
