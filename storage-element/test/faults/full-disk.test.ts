// Полный диск у настоящего процесса: 16–24 МиБ на ext4 и в памяти. Загрузкам — 507, чтение и удаление идут, ничего наполовину
// видимого; место вернулось — загрузки пошли без перезапуска. Отдельно — диск, который забил кто-то другой.
import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { newId } from '../start-element.ts';
import type { ElementProcess } from '../start-process.ts';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { createLoopDisk, createMemoryDisk } from './loop-disk.ts';
import { underLoad } from './under-load.ts';

const DISK_BYTES = 16 << 20;
/** Столько занимает чужой файл до начала: вернуть это место может только он. */
const FOREIGN_BYTES = 4 << 20;
/** Столько файлов удалят круги на полном диске, с запасом. */
const DELETED_ON_FULL = 40;
const SIZES = [1000, 4096, 30_000, 70_000, 200_000];
/** Запас и вес диска меряются заново не чаще раза в секунду. */
const NOTICE_MS = 1_200;
/** Дольше любой задержки занятой машины: не дождались — значит, не будет. */
const PATIENCE_MS = 60_000;
const ext4 = (bytes: number, blockBytes: number) => (t: TestContext, dir: string) =>
  createLoopDisk(t, dir, { type: 'ext4', bytes, formatting: ['-m', '0', '-b', String(blockBytes)] });
const KINDS = {
  // Блок короче страницы: запись в отображённый файл может не найти места и убить процесс.
  'ext4 на 16 МиБ': ext4(DISK_BYTES, 1024),
  'ext4 на 24 МиБ с блоком в 4 КиБ': ext4(24 << 20, 4096),
  'tmpfs на 16 МиБ': (t: TestContext, dir: string) => createMemoryDisk(t, dir, DISK_BYTES),
} as const;

/** Чужой файл на том же диске: столько байт или сколько вместит. */
function occupy(path: string, bytes = Number.POSITIVE_INFINITY): void {
  const fd = openSync(path, 'w');
  let left = bytes;
  try {
    for (let size = 256 << 10; size >= 512 && left > 0; ) {
      try {
        left -= writeSync(fd, Buffer.alloc(Math.min(size, left), 1));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        size /= 2;
      }
    }
  } finally {
    closeSync(fd);
  }
}

async function open(t: TestContext, kind: keyof typeof KINDS): Promise<{ room: FaultRoom; path: string } | undefined> {
  const room = await openFaultRoom(t);
  const disk = KINDS[kind](t, room.dir);
  if (disk === undefined) return undefined;
  room.env['SE_DATA_DIR'] = join(disk.path, 'data');
  return { room, path: disk.path };
}

async function uploadSucceeds(element: ElementProcess): Promise<boolean> {
  const reply = await element.put(newId(), Buffer.alloc(100_000, 3));
  assert.ok([201, 507].includes(reply.status), `${reply.status} ${reply.bytes.toString()}`);
  return reply.status === 201;
}

async function deleteSome(element: ElementProcess, ledger: Ledger): Promise<number> {
  let deleted = 0;
  for (; deleted < 10; deleted += 1) {
    const taken = ledger.take('active');
    if (taken === undefined) break;
    ledger.startChange(taken.id, { ...taken.state, status: 'deleted' });
    const reply = await element.call('DELETE', `/api/v1/files/${taken.id}`);
    assert.equal(reply.status, 204, `удаление на полном диске: ${reply.status} ${reply.bytes.toString()}`);
    ledger.acknowledge(taken.id, 'delete');
  }
  return deleted;
}

for (const kind of ['ext4 на 16 МиБ', 'ext4 на 24 МиБ с блоком в 4 КиБ', 'tmpfs на 16 МиБ'] as const) {
  test(`диск ${kind} полон: 507, чтение и удаление идут, место вернулось — загрузки тоже`, async (t) => {
    const opened = await open(t, kind);
    if (opened === undefined) return;
    const { room, path } = opened;
    const ledger = new Ledger();
    const feed = new FeedCopy();
    const foreign = join(path, 'чужое');
    occupy(foreign, FOREIGN_BYTES);
    const first = await room.start();
    await underLoad({ element: first, ledger, sizes: SIZES }, () =>
      waitUntil('диск полон', () => ledger.refused.full > 20, PATIENCE_MS),
    );
    assert.ok(ledger.acknowledged.upload > 20, `загрузок до отказа: ${ledger.acknowledged.upload}`);
    assert.equal(ledger.refused.failed, 0, 'других отказов нет');
    await compareWithLedger({ element: first, ledger, feed, recheckShare: 1 });
    assert.equal(await deleteSome(first, ledger), 10);

    // И запуск на полном диске не требует рук.
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await room.start();
    await compareWithLedger({ element: second, ledger, feed, recheckShare: 1 });
    rmSync(foreign);
    await waitUntil('загрузки пошли', () => uploadSucceeds(second), PATIENCE_MS);
    assert.equal(await stopElement(second), 0);
    t.diagnostic(
      `принято загрузок ${ledger.acknowledged.upload}, отказов 507 ${ledger.refused.full}, удалено на полном ${ledger.acknowledged.delete}`,
    );
  });

  const noByteLeft = `диск ${kind} без единого байта: элемент запускается, читает и удаляет; место вернулось — принимает`;
  test(noByteLeft, async (t) => {
    const opened = await open(t, kind);
    if (opened === undefined) return;
    const { room, path } = opened;
    const ledger = new Ledger();
    const feed = new FeedCopy();
    const foreign = join(path, 'чужое');
    occupy(foreign, FOREIGN_BYTES);
    const first = await room.start();
    await underLoad({ element: first, ledger, sizes: SIZES, workers: 6, keeping: true }, async () => {
      await sleep(NOTICE_MS);
      const isEnough = () => ledger.acknowledged.upload >= DELETED_ON_FULL || ledger.refused.full > 0;
      await waitUntil('есть что удалять', isEnough, PATIENCE_MS);
      occupy(join(path, 'чужой-остаток'));
      await sleep(NOTICE_MS / 2);
    });
    // Убит и остановлен по-хорошему: в обоих случаях освобождённое им место тут же занимает сосед.
    let element = first;
    for (const [number, ending] of (['SIGKILL', 'SIGTERM', 'SIGKILL'] as const).entries()) {
      element.child.kill(ending);
      const code = await element.ended;
      if (ending === 'SIGTERM') assert.equal(code, 0, element.output());
      occupy(join(path, `чужой-остаток-${number}`));
      element = await room.start();
      await compareWithLedger({ element, ledger, feed, recheckShare: 1 });
      assert.equal(await uploadSucceeds(element), false);
      assert.equal(await deleteSome(element, ledger), 10);
      await compareWithLedger({ element, ledger, feed, recheckShare: 0.2 });
    }
    rmSync(foreign);
    const last = element;
    const accepted = ledger.acknowledged.upload;
    await underLoad({ element: last, ledger, workers: 1, sizes: [1000, 70_000] }, () =>
      waitUntil('загрузки пошли', () => ledger.acknowledged.upload > accepted, PATIENCE_MS),
    );
    last.child.kill('SIGKILL');
    await last.ended;
    const again = await room.start();
    await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
    assert.equal(await stopElement(again), 0);
    t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, удалено ${ledger.acknowledged.delete}`);
  });

  const foreignFill = `диск ${kind} до последнего байта забил кто-то другой, пока шли загрузки: подтверждённое цело, процесс жив`;
  test(foreignFill, async (t) => {
    const opened = await open(t, kind);
    if (opened === undefined) return;
    const { room, path } = opened;
    const ledger = new Ledger();
    const feed = new FeedCopy();
    const foreign = join(path, 'чужое');
    const rest = join(path, 'чужой-остаток');
    occupy(foreign, FOREIGN_BYTES);
    const element = await room.start();
    await underLoad({ element, ledger, sizes: SIZES, workers: 6 }, async () => {
      await sleep(NOTICE_MS);
      occupy(rest);
      await sleep(NOTICE_MS);
    });
    const code = element.child.exitCode;
    assert.ok(code === null || code === 70, `код завершения ${code}`);
    for (const file of [foreign, rest]) rmSync(file);
    if (code === null) {
      element.child.kill('SIGKILL');
      await element.ended;
    }
    const second = await room.start();
    await compareWithLedger({ element: second, ledger, feed, recheckShare: 1 });
    await underLoad({ element: second, ledger, workers: 2, sizes: [1000] }, () => sleep(NOTICE_MS));
    await compareWithLedger({ element: second, ledger, feed, recheckShare: 0 });
    assert.equal(await stopElement(second), 0);
    assert.equal(code, null, element.output());
    t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, отказов 507 ${ledger.refused.full}, процесс жив`);
  });
}
