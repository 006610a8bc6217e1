import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { DEBIAN_PROGRAMS } from '@artstore/tools/debian/debian-programs.ts';
import { findProgram } from '@artstore/tools/debian/find-program.ts';
import type { Result } from '../rows.ts';

const run = promisify(execFile);
const bench = join(import.meta.dirname, '../bench.ts');
const nginx = DEBIAN_PROGRAMS.find(({ name }) => name === 'nginx');

async function measure(only: string): Promise<Result> {
  const { stdout } = await run(process.execPath, [bench, '--smoke', '--json', '--only', only]);
  return JSON.parse(stdout);
}

test('одна строка печатается как JSON со сравнением, отношением и целью', async () => {
  const result = await measure('se.put-1g');
  assert.deepEqual(Object.keys(result).toSorted(), ['baseline', 'id', 'ok', 'ratio', 'target', 'unit', 'value']);
  assert.ok(result.value !== null && result.value > 0);
  assert.equal(result.target, '≥ 0.9 × сравнения');
});

test('скачивание сравнивается с nginx', { skip: nginx && findProgram(nginx) ? false : 'nginx нет' }, async () => {
  const result = await measure('se.get-1g');
  assert.ok(result.baseline !== null && result.baseline > 0);
});

test('строки большого набора снимаются по имени', async () => {
  const result = await measure('se.1m-get-p99');
  assert.ok(result.value !== null && result.value > 0);
});

test('поиск меряется на своём реестре: все запросы получают ответ', async () => {
  const result = await measure('search.fulltext');
  assert.ok(result.value !== null && result.value > 0);
  assert.equal(result.note, undefined);
});

test('незнакомая строка — понятный отказ', async () => {
  await assert.rejects(run(process.execPath, [bench, '--only', 'нет.такой']), /Нет такой строки/);
});
