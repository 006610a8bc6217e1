// Не хватает не места, а другого: дескрипторов, индексных узлов, прав, времени на остановку.
// Обещание то же: подтверждённое цело, отказы — 5xx, после починки элемент поднимается сам.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { createLoopDisk } from './loop-disk.ts';
import { underLoad } from './under-load.ts';

const STOPS = 5;
/** Дольше любой задержки занятой машины: не дождались — значит, не будет. */
const PATIENCE_MS = 60_000;
/** Столько дескрипторов хватает на запуск и немного сверх. */
const DESCRIPTORS = 64;
const DROP_ROOT_RIGHTS = ['/usr/bin/setpriv', '--bounding-set=-dac_override,-dac_read_search'];

test(`${STOPS} остановок SIGTERM под нагрузкой: код 0, подтверждённое цело`, async (t) => {
  const room = await openFaultRoom(t);
  const ledger = new Ledger();
  const feed = new FeedCopy();
  for (let stop = 0; stop < STOPS; stop += 1) {
    const element = await room.start();
    await compareWithLedger({ element, ledger, feed, recheckShare: 0.1 });
    await underLoad({ element, ledger, workers: 8 }, async () => {
      await sleep(150);
      assert.equal(await stopElement(element), 0);
    });
  }
  const last = await room.start();
  const downloads = await compareWithLedger({ element: last, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(last), 0);
  t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, сверено скачиваний ${downloads}`);
});

test(`дескрипторов ${DESCRIPTORS}: отказы — 5xx, а не «не найдено»; подтверждённое цело`, async (t) => {
  const room = await openFaultRoom(t);
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const limit = ['/bin/sh', '-c', `ulimit -n ${DESCRIPTORS}; exec "$@"`, 'sh'];
  const element = await room.start({}, limit);
  await underLoad({ element, ledger, workers: 80 }, () => sleep(1_000));
  const code = element.child.exitCode;
  if (code === null) {
    await compareWithLedger({ element, ledger, feed, recheckShare: 1 });
    assert.equal(await stopElement(element), 0);
  }
  const again = await room.start();
  await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(again), 0);
  t.diagnostic(
    `подтверждено перемен ${ledger.acknowledgedTotal}, отказов ${ledger.refused.failed}, ${code === null ? 'процесс жив' : `код ${code}`}`,
  );
});

test('индексные узлы кончились: 507, чтение и удаление идут, запуск не требует рук', async (t) => {
  const room = await openFaultRoom(t);
  const disk = createLoopDisk(t, room.dir, { type: 'ext4', bytes: 256 << 20, formatting: ['-N', '128'] });
  if (disk === undefined) return;
  room.env['SE_DATA_DIR'] = join(disk.path, 'data');
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const element = await room.start();
  await underLoad({ element, ledger, sizes: [1000], workers: 4 }, () =>
    waitUntil('узлы кончились', () => ledger.refused.full > 0 || element.child.exitCode !== null, PATIENCE_MS),
  );
  assert.equal(element.child.exitCode, null, element.output());
  assert.equal(ledger.refused.failed, 0);
  assert.ok(ledger.refused.full > 0);
  await compareWithLedger({ element, ledger, feed, recheckShare: 1 });
  element.child.kill('SIGKILL');
  await element.ended;
  const again = await room.start();
  await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(again), 0);
  t.diagnostic(`принято загрузок ${ledger.acknowledged.upload}, отказов 507 ${ledger.refused.full}`);
});

test('все индексные узлы забрал сосед, пока шли загрузки: элемент жив и запускается, подтверждённое цело', async (t) => {
  const room = await openFaultRoom(t);
  const disk = createLoopDisk(t, room.dir, { type: 'ext4', bytes: 256 << 20, formatting: ['-N', '4096'] });
  if (disk === undefined) return;
  room.env['SE_DATA_DIR'] = join(disk.path, 'data');
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const foreign = join(disk.path, 'чужое');
  mkdirSync(foreign);
  const element = await room.start();
  await underLoad({ element, ledger, sizes: [1000, 70_000], workers: 4, keeping: true }, async () => {
    await sleep(400);
    takeNames(foreign, 'а');
    await sleep(800);
  });
  assert.equal(element.child.exitCode, null, element.output());
  await compareWithLedger({ element, ledger, feed, recheckShare: 1 });
  element.child.kill('SIGKILL');
  await element.ended;
  takeNames(foreign, 'б');
  const again = await room.start();
  await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
  rmSync(foreign, { recursive: true });
  const accepted = ledger.acknowledged.upload;
  await underLoad({ element: again, ledger, workers: 1, sizes: [1000] }, () =>
    waitUntil('загрузки пошли', () => ledger.acknowledged.upload > accepted, PATIENCE_MS),
  );
  assert.equal(await stopElement(again), 0);
  t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, отказов 507 ${ledger.refused.full}`);
});

/** Заводит пустые файлы, пока на диске есть имена. */
function takeNames(dir: string, prefix: string): void {
  for (let number = 0; ; number += 1) {
    try {
      writeFileSync(join(dir, `${prefix}${number}`), '');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
      throw error;
    }
  }
}

test('права на каталог файлов отняты: 5xx, а не «не найдено»; вернули — подтверждённое цело', async (t) => {
  if (process.getuid?.() === 0 && !existsSync(DROP_ROOT_RIGHTS[0] ?? '')) return t.skip('нет setpriv');
  const room = await openFaultRoom(t);
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const element = await room.start({}, process.getuid?.() === 0 ? DROP_ROOT_RIGHTS : []);
  await underLoad({ element, ledger, workers: 4 }, () =>
    waitUntil('есть что терять', () => ledger.acknowledged.upload > 10, PATIENCE_MS),
  );
  await compareWithLedger({ element, ledger, feed, recheckShare: 0 });
  const files = join(room.env['SE_DATA_DIR'] ?? '', 'files');
  await underLoad({ element, ledger, workers: 4 }, async () => {
    await sleep(100);
    chmodSync(files, 0);
    const refused = () => ledger.refused.failed > 0 || element.child.exitCode !== null;
    await waitUntil('отказы пошли', refused, PATIENCE_MS);
  });
  chmodSync(files, 0o755);
  assert.ok(ledger.refused.failed > 0, 'отказы были');
  element.child.kill('SIGKILL');
  await element.ended;
  const again = await room.start();
  await compareWithLedger({ element: again, ledger, feed, recheckShare: 1 });
  assert.equal(await stopElement(again), 0);
  t.diagnostic(`подтверждено перемен ${ledger.acknowledgedTotal}, отказов с ответом ${ledger.refused.failed}`);
});
