// Один процесс на каталог данных: второй уходит с понятными словами, работает первый, остановлен или только что убит.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { underLoad } from './under-load.ts';

async function expectRefusal(room: FaultRoom, change: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, output } = await room.fail(change);
  assert.equal(code, 1, output);
  assert.match(output, /уже занят другим процессом/);
}

test('два процесса на одном каталоге', async (t) => {
  const room = await openFaultRoom(t);
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const first = await room.start();
  const elsewhere = join(room.dir, 'второй-путь');
  symlinkSync(join(room.dir, 'data'), elsewhere);

  await t.test('второй под нагрузкой уходит с кодом 1 и словами, первому не мешает', async () => {
    await underLoad({ element: first, ledger, workers: 4 }, async () => {
      await expectRefusal(room);
      await expectRefusal(room, { SE_DATA_DIR: elsewhere });
    });
    assert.equal(ledger.refused.failed, 0);
    await compareWithLedger({ element: first, ledger, feed, recheckShare: 1 });
  });

  await t.test('журнал работающего элемента другому каталогу не достанется', async () => {
    const walDir = join(room.dir, 'data', 'wal');
    const { code, output } = await room.fail({ SE_DATA_DIR: join(room.dir, 'чужой'), SE_WAL_DIR: walDir });
    assert.equal(code, 1, output);
    assert.match(output, /каталог чужой/);
    await compareWithLedger({ element: first, ledger, feed, recheckShare: 0 });
  });

  await t.test('первый остановлен SIGSTOP: каталог всё ещё его', async () => {
    first.child.kill('SIGSTOP');
    await expectRefusal(room);
    first.child.kill('SIGCONT');
    await underLoad({ element: first, ledger, workers: 4 }, () => sleep(100));
    await compareWithLedger({ element: first, ledger, feed, recheckShare: 1 });
  });

  await t.test('первый убит kill -9: второй запускается сразу, подтверждённое на месте', async () => {
    await underLoad({ element: first, ledger, workers: 4 }, async () => {
      await sleep(100);
      first.child.kill('SIGKILL');
      await first.ended;
    });
    const second = await room.start();
    await compareWithLedger({ element: second, ledger, feed, recheckShare: 1 });
    assert.equal(await stopElement(second), 0);
  });
});
