// Полный диск: загрузкам отказ, соседям — нет, и запуск после сбоя не требует рук. Настоящий tmpfs на 64 МиБ.
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cleanUp } from './clean-up.ts';
import { openFile } from '../src/files/open-file.ts';
import { removeFile } from '../src/files/remove-file.ts';
import { collectExpired, emptyReport, type GcReport } from '../src/upkeep/collect-expired.ts';
import type { Store } from '../src/engine/store.ts';
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
  cleanUp(t, () => {
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

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function collect(store: Store): Promise<GcReport & { more: boolean }> {
  const report = emptyReport();
  const budget = { passFilesMax: 1000, passBytesMax: 1 << 30, passMs: 60_000 };
  const limits = { graceMs: DAY_MS, tombstoneKeepMs: 30 * DAY_MS, ...budget };
  const more = await collectExpired({ store, limits, report, signal: new AbortController().signal });
  return { ...report, more };
}

test('уборка на полном диске: пометка «истёк» откладывается, а удаление идёт и освобождает место', async (t) => {
  const dir = smallDisk(t);
  if (dir === undefined) return;
  const fatal: unknown[] = [];
  let nowMs = Date.UTC(2026, 10, 23, 12);
  const ballastBytes = 2 << 20;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs };
  const store = await openFullDiskStore(dir, (error) => fatal.push(error), { ballastBytes, clock });
  cleanUp(t, () => store.close());
  const passTime = (ms: number): void => {
    for (let left = ms; left > 0; left -= HOUR_MS / 2) {
      nowMs += HOUR_MS / 2;
      store.wallClock.check();
    }
  };
  const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
  const [overdue, trash, lapsed] = [ids(5), ids(5), ids(5)];
  for (const id of [...overdue, ...trash]) await putBytes(store, id, Buffer.alloc(1000, 1));
  for (const id of trash) await removeFile(store, id);
  passTime(DAY_MS);
  for (const id of lapsed) await putBytes(store, id, Buffer.alloc(1000, 2));
  passTime(30 * DAY_MS + HOUR_MS);

  // Балласт уже потрачен, и от него осталось меньше четверти: правок такой диск не принимает.
  const [ballast, foreign] = [join(dir, 'data', 'ballast'), join(dir, 'чужое')];
  while (!existsSync(ballast)) await new Promise((resolve) => setTimeout(resolve, 50));
  unlinkSync(ballast);
  const { bavail, bsize } = statfsSync(dir);
  writeFileSync(foreign, Buffer.alloc(bavail * bsize - ballastBytes / 5));

  const full = await collect(store);
  assert.deepEqual([full.filesRemoved, full.filesExpired, full.more], [10, 0, false]);
  for (const id of [...overdue, ...trash]) assert.equal(store.catalog.get(id), undefined);
  for (const id of lapsed) {
    assert.equal(store.catalog.get(id)?.file.status, 'active', 'пометки ещё нет');
    await assert.rejects(openFile(store, id), { code: 'FILE_EXPIRED' });
  }

  unlinkSync(foreign);
  assert.equal((await collect(store)).filesExpired, lapsed.length, 'место вернулось — помечены');
  assert.deepEqual(fatal, []);
});
