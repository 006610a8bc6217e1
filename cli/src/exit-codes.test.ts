import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ArtError, ERROR_TABLE } from '@artstore/contracts';
import type { ErrorCode } from '@artstore/contracts';
import { EXIT, exitCodeOf, isTemporary } from './exit-codes.ts';

test('у каждого кода ошибки есть код выхода, и он не «всё хорошо»', () => {
  for (const code of Object.keys(ERROR_TABLE) as ErrorCode[]) {
    const exit = exitCodeOf(new ArtError(code));
    assert.ok(exit >= 3 && exit <= 7, code);
  }
  assert.equal(exitCodeOf(new Error('x')), EXIT.unexpected);
});

test('повторяют только недоступность', () => {
  assert.ok(isTemporary(new ArtError('SE_UPLOAD_FAILED')));
  assert.ok(!isTemporary(new ArtError('VALIDATION_ERROR')));
  assert.ok(!isTemporary(new Error('x')));
});

test('таблица кодов в README полна', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const code of Object.values(EXIT)) assert.match(readme, new RegExp(`^\\| ${code} \\|`, 'm'));
});
