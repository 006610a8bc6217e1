// Настоящий EIO: файловая система обрывается под живым процессом. Подтверждённое остаётся, ответы — 5xx, а не «не найдено»
// и не пустой список; процесс кончается с ошибкой, следующий запуск восстанавливает.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import type { FilePage } from '../start-element.ts';
import type { ElementProcess } from '../start-process.ts';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { createLoopDisk } from './loop-disk.ts';
import { underLoad } from './under-load.ts';

/** Сколько ждать, пока процесс заметит и завершится. */
const END_MS = 60_000;

for (const type of ['ext4', 'xfs'] as const) {
  test(`EIO под нагрузкой, ${type}: подтверждённое цело, отказы — 5xx`, { timeout: 180_000 }, async (t) => {
    const room = await openFaultRoom(t);
    const disk = createLoopDisk(t, room.dir, { type, bytes: 2 ** 30 });
    if (disk === undefined) return;
    room.env['SE_DATA_DIR'] = join(disk.path, 'data');
    const ledger = new Ledger();
    const feed = new FeedCopy();
    const before = await room.start();
    await underLoad({ element: before, ledger, workers: 6 }, () =>
      waitUntil('есть что терять', () => ledger.acknowledged.upload > 20, END_MS),
    );
    assert.equal(await stopElement(before), 0);
    // Кэш ядра пуст: чтение после обрыва дойдёт до диска.
    disk.unmount();
    disk.mount();

    const element = await room.start();
    await compareWithLedger({ element, ledger, feed, recheckShare: 0 });
    const filesBefore = feed.files.size;
    await underLoad({ element, ledger, workers: 6 }, async () => {
      await sleep(100);
      disk.cutPower();
      await watchAnswers(element, [...feed.files.keys()], filesBefore);
    });
    // Сам, без чужой помощи: пока процесс держит диск, подключить его заново нельзя.
    const code = await Promise.race([element.ended, sleep(END_MS, 'не завершился', { ref: false })]);
    assert.ok(typeof code === 'number' && code !== 0, `код завершения: ${code}`);
    disk.unmount();
    disk.mount();

    const after = await room.start();
    const downloads = await compareWithLedger({ element: after, ledger, feed, recheckShare: 1 });
    assert.equal(await stopElement(after), 0);
    t.diagnostic(
      `подтверждено перемен ${ledger.acknowledgedTotal}, отказов с ответом ${ledger.refused.failed}, код завершения ${code}, сверено скачиваний ${downloads}`,
    );
  });
}

/** Полсекунды после обрыва: список либо отказ, либо не короче прежнего; о файле — что угодно, кроме «не найдено». */
async function watchAnswers(element: ElementProcess, ids: readonly string[], filesMin: number): Promise<void> {
  const token = element.token();
  const until = performance.now() + 500;
  for (let turn = 0; performance.now() < until; turn += 1) {
    try {
      const list = await element.call('GET', '/api/v1/files?limit=1', { token });
      if (list.status === 200) assert.ok(list.json<FilePage>().total >= filesMin, 'список не стал короче');
      else assert.ok(list.status >= 500, `список: ${list.status}`);
      const one = await element.call('GET', `/api/v1/files/${ids[turn % ids.length]}`, { token });
      assert.ok(one.status === 200 || one.status >= 500, `описание: ${one.status} ${one.bytes.toString()}`);
    } catch (error) {
      // Процесс уже завершился: молчание — тоже не ложь.
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}
