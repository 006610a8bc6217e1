// Полный диск: загрузкам отказ, соседям — нет, и запуск после сбоя не требует рук. Настоящий tmpfs на 64 МиБ.
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openFullDiskStore, putBytes } from './full-disk-store.ts';

const FIRST = '00000000-0000-4000-8000-000000000001';

/** Свой диск на 64 МиБ; undefined, если подключить его нельзя. */
function smallDisk(t: TestContext): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    rmSync(dir, { recursive: true });
    t.skip('подключить tmpfs здесь нельзя: нужен root');
    return undefined;
  }
  t.after(() => {
    execFileSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true });
  });
  return dir;
}

test('поток без длины упирается в запас: ему 507, малым соседям место есть, движок жив', async (t) => {
  const dir = smallDisk(t);
  if (dir === undefined) return;
  const fatal: unknown[] = [];
  const store = await openFullDiskStore(dir, (error) => fatal.push(error));
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield Buffer.alloc(256 << 10, 7);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await assert.rejects(putBytes(store, randomUUID(), endless()), { code: 'STORAGE_FULL' });
  assert.deepEqual(readdirSync(join(dir, 'data', 'staging')), []);
  await putBytes(store, FIRST, Buffer.alloc(40_000, 2));
  assert.equal(store.catalog.get(FIRST)?.file.size, 40_000);
  assert.deepEqual(fatal, []);
  await store.close();
});

test('сбой на полном диске: брошенная загрузка убрана до повтора журнала, и элемент поднимается сам', async (t) => {
  const dir = smallDisk(t);
  if (dir === undefined) return;
  const writer = fork(join(import.meta.dirname, 'full-disk-writer.ts'), [dir]);
  const [message] = await once(writer, 'message');
  assert.equal(message, 'full');
  await once(writer, 'exit');
  // Разложенное до диска не дошло: повтору нужно записать байты заново.
  for (const day of readdirSync(join(dir, 'data', 'files'))) {
    unlinkSync(join(dir, 'data', 'files', day, '000000', `${FIRST}.bin`));
  }
  const store = await openFullDiskStore(dir);
  assert.equal(store.catalog.get(FIRST)?.file.size, 50_000);
  assert.deepEqual(readdirSync(join(dir, 'data', 'staging')), []);
  await store.close();
});
