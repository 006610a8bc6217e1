// Диск, обещавший больше, чем есть под ним (тонкий том): место по счёту свободно, а запись на пластины отказывает.
// Отказ приходит не с write, а со сбросом. Подтверждённое цело; процесс уходит с ошибкой или, если ядро успело закрыть
// диск от записи, остаётся ради чтения. Дали места — поднимается.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { createLoopDisk, createMemoryDisk } from './loop-disk.ts';
import type { ElementProcess } from '../start-process.ts';
import { underLoad } from './under-load.ts';

const UNDERLYING_BYTES = 96 << 20;
const PROMISED_BYTES = 1 << 30;
const FAIL_MS = 120_000;

const READ_ONLY = 'только чтение';

async function untilReadOnly(element: ElementProcess): Promise<string> {
  for (;;) {
    await sleep(500);
    const ready = await element.call('GET', '/health/ready', { token: null }).catch(() => undefined);
    const writes = ready?.json<{ checks: Record<string, { message?: string }> }>().checks['writes'];
    if (writes?.message === 'the disk is read-only') return READ_ONLY;
    if (element.child.exitCode !== null) return await new Promise<never>(() => undefined);
  }
}

test('под диском кончилось настоящее место: сброс отказал, подтверждённое цело', { timeout: 240_000 }, async (t) => {
  const room = await openFaultRoom(t);
  const underlying = createMemoryDisk(t, room.dir, UNDERLYING_BYTES);
  if (underlying === undefined) return;
  const disk = createLoopDisk(t, underlying.path, { type: 'ext4', bytes: PROMISED_BYTES });
  if (disk === undefined) return;
  room.env['SE_DATA_DIR'] = join(disk.path, 'data');
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const element = await room.start();
  const code = await underLoad({ element, ledger, workers: 6, sizes: [4096, 300_000, 1_500_000] }, () =>
    Promise.race([element.ended, untilReadOnly(element), sleep(FAIL_MS, 'не завершился', { ref: false })]),
  );
  assert.ok(code === READ_ONLY || (typeof code === 'number' && code !== 0), `код завершения: ${code}`);
  if (code === READ_ONLY) element.child.kill('SIGKILL');
  await element.ended;
  disk.unmount();
  underlying.resize(4 * UNDERLYING_BYTES);
  disk.mount();
  const again = await room.start();
  const downloads = await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(again), 0);
  t.diagnostic(
    `подтверждено перемен ${ledger.acknowledgedTotal}, отказов ${ledger.refused.failed}, код ${code}, сверено ${downloads}`,
  );
});
