// Каталог данных отключён или подменён под живым процессом: 503 на всё о файлах — не пустой список и не «не найдено».
// Диск вернулся — всё подтверждённое на месте.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { type ElementInfo, type FilePage, newId } from '../start-element.ts';
import type { ElementProcess } from '../start-process.ts';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { createLoopDisk } from './loop-disk.ts';
import { underLoad } from './under-load.ts';

/** Сколько ждать того, чего на занятой машине ждать приходится долго. */
const PATIENCE_MS = 60_000;

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
  const ready = await element.call('GET', '/health/ready');
  assert.equal(ready.status, 503, ready.bytes.toString());
}

interface Vanishing {
  readonly vanish: () => void;
  readonly comeBack: () => void;
}

async function loseAndReturn(t: TestContext, room: FaultRoom, { vanish, comeBack }: Vanishing): Promise<void> {
  const ledger = new Ledger();
  const feed = new FeedCopy();
  const element = await room.start();
  await underLoad({ element, ledger, workers: 6 }, () =>
    waitUntil('есть что терять', () => ledger.acknowledged.upload > 20, PATIENCE_MS),
  );
  await compareWithLedger({ element, ledger, feed, recheckShare: 0 });
  const [known = ''] = [...feed.files].filter(([, file]) => file.status === 'active').map(([id]) => id);
  await underLoad({ element, ledger, workers: 6 }, async () => {
    await sleep(100);
    vanish();
    await waitUntil('отказы пошли', () => ledger.refused.failed > 0, PATIENCE_MS);
  });
  const refused = ledger.refused.failed;
  assert.ok(refused > 0);
  await expectNotReady(element, known);
  await sleep(1_200);
  assert.equal(element.child.exitCode, null, 'процесс не завершается: следующий запуск увидел бы пустой каталог');
  comeBack();
  await waitUntil(
    'процесс ушёл или снова отвечает',
    async () => {
      if (element.child.exitCode !== null) return true;
      return element.call('GET', '/health/ready').then(
        ({ status }) => status === 200,
        () => true,
      );
    },
    PATIENCE_MS,
  );
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

const REBUILT_FILES = 30;

test('диск отключён umount -l, пока каталог строится: 503, а не половина списка; вернули — код 70, потом всё на месте', async (t) => {
  const room = await openFaultRoom(t);
  const disk = createLoopDisk(t, room.dir, { type: 'ext4', bytes: 128 << 20 });
  if (disk === undefined) return;
  const dataDir = join(disk.path, 'data');
  room.env['SE_DATA_DIR'] = dataDir;
  const ids = Array.from({ length: REBUILT_FILES }, newId);
  const first = await room.start();
  for (const id of ids) assert.equal((await first.put(id, `тело ${id}`)).status, 201);
  assert.equal(await stopElement(first), 0);
  rmSync(join(dataDir, 'catalog'), { recursive: true });

  // Построение встаёт на описании посреди ведра: из канала под его именем нечего прочесть, пока его держат открытым.
  const attrs = readdirSync(join(dataDir, 'files'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.attr.json'))
    .map((name) => join(dataDir, 'files', name));
  assert.equal(attrs.length, REBUILT_FILES);
  const held = attrs[REBUILT_FILES / 2] ?? '';
  const aside = join(disk.path, 'описание');
  renameSync(held, aside);
  execFileSync('mkfifo', [held]);
  const pipe = openSync(held, 'r+');
  const element = await room.start();
  assert.equal((await element.call('GET', '/api/v1/info')).json<ElementInfo>().status, 'maintenance');

  const [known = ''] = ids;
  disk.unmountBusy();
  const noticed = async () => (await element.call('GET', '/health/ready')).status === 503;
  await waitUntil('отключение замечено', noticed, PATIENCE_MS);
  await expectNotReady(element, known);
  closeSync(pipe);
  await waitUntil('построение прервано', () => element.output().includes('writes_stopped'), PATIENCE_MS);
  await expectNotReady(element, known);
  assert.equal(element.child.exitCode, null, 'процесс не завершается: следующий запуск увидел бы пустой каталог');
  disk.mount();
  assert.equal(await element.ended, 70);

  rmSync(held);
  renameSync(aside, held);
  const again = await room.start();
  const online = async () => (await again.call('GET', '/api/v1/info')).json<ElementInfo>().status === 'online';
  await waitUntil('каталог построен', online, PATIENCE_MS);
  const page = (await again.call('GET', '/api/v1/files?limit=1000')).json<FilePage>();
  assert.deepEqual(page.items.map((file) => file.file_id).toSorted(), ids.toSorted());
  for (const id of ids) {
    assert.equal((await again.call('GET', `/api/v1/files/${id}/download`)).bytes.toString(), `тело ${id}`);
  }
  assert.equal((await again.put(newId(), 'новый')).status, 201);
  assert.equal(await stopElement(again), 0);
});
