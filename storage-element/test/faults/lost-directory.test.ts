// Каталог данных отключён или подменён под живым процессом: 503 на всё о файлах — не пустой список и не «не найдено».
// Диск вернулся — всё подтверждённое на месте.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { newId } from '../start-element.ts';
import type { ElementProcess } from '../start-process.ts';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { createLoopDisk } from './loop-disk.ts';
import { underLoad } from './under-load.ts';

/** Всё, что спрашивают о файлах: известном и неизвестном. */
async function expectNotReady(element: ElementProcess, known: string): Promise<void> {
  const asked = [
    ['GET', '/api/v1/files'],
    ['GET', '/api/v1/changes?after=0'],
    ['GET', `/api/v1/files/${known}`],
    ['GET', `/api/v1/files/${known}/download`],
    ['GET', `/api/v1/files/${newId()}`],
    ['GET', `/api/v1/files/${newId()}/download`],
    ['DELETE', `/api/v1/files/${known}`],
  ] as const;
  for (const [method, path] of asked) {
    const reply = await element.call(method, path);
    assert.equal(reply.status, 503, `${method} ${path}: ${reply.status} ${reply.bytes.toString()}`);
  }
  assert.equal((await element.put(newId(), 'мимо')).status, 503);
  assert.equal((await element.call('GET', '/health/ready')).status, 503);
}

interface Vanishing {
  readonly vanish: () => void;
  readonly comeBack: () => void;
}

async function loseAndReturn(t: TestContext, room: FaultRoom, { vanish, comeBack }: Vanishing): Promise<void> {
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const element = await room.start();
  await underLoad({ element, ledger, workers: 6 }, () => sleep(300));
  await compareWithLedger({ element, ledger, feed, recheckShare: 0 });
  const [known = ''] = [...feed.files].filter(([, file]) => file.status === 'active').map(([id]) => id);
  await underLoad({ element, ledger, workers: 6 }, async () => {
    await sleep(100);
    vanish();
    await sleep(300);
  });
  const refused = ledger.refused.failed;
  assert.ok(refused > 0);
  await expectNotReady(element, known);
  await sleep(1_200);
  assert.equal(element.child.exitCode, null, 'процесс не завершается: следующий запуск увидел бы пустой каталог');
  comeBack();
  await waitUntil('процесс ушёл или снова отвечает', async () => {
    if (element.child.exitCode !== null) return true;
    return element.call('GET', '/health/ready').then(
      ({ status }) => status === 200,
      () => true,
    );
  });
  await stopElement(element);
  const again = await room.start();
  await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(again), 0);
  t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, отказов без каталога ${refused}`);
}

test('диск данных отключён umount -l: 503, а не пустой список; вернули — всё на месте', async (t) => {
  const room = await openFaultRoom(t);
  const disk = createLoopDisk(t, room.dir, { type: 'ext4', bytes: 512 << 20 });
  if (disk === undefined) return;
  room.env['SE_DATA_DIR'] = join(disk.path, 'data');
  await loseAndReturn(t, room, { vanish: disk.unmountBusy, comeBack: disk.mount });
});

test('на месте каталога данных другой, пустой: 503, а не пустой список; вернули — всё на месте', async (t) => {
  const room = await openFaultRoom(t);
  const dataDir = room.env['SE_DATA_DIR'] ?? '';
  await loseAndReturn(t, room, {
    vanish: () => {
      renameSync(dataDir, `${dataDir}-прежний`);
      mkdirSync(dataDir);
    },
    comeBack: () => {
      renameSync(dataDir, `${dataDir}-пустой`);
      renameSync(`${dataDir}-прежний`, dataDir);
    },
  });
});
