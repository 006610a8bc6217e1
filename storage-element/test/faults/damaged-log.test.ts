// Порча журнала между смертью процесса и запуском: элемент отказывается запускаться и называет место, на диске ничего
// не меняет; вернули байты — поднимается со всем подтверждённым.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { waitUntil } from '@artstore/testing';
import { compareWithLedger, FeedCopy } from './compare-with-ledger.ts';
import { type FaultRoom, openFaultRoom, stopElement } from './fault-room.ts';
import { Ledger } from './ledger.ts';
import { underLoad } from './under-load.ts';

/** Элемент убит посреди нагрузки: журнал не разложен до конца. Возвращает его единственный сегмент. */
async function dieUnderLoad(room: FaultRoom, ledger: Ledger): Promise<string> {
  const element = await room.start();
  await underLoad({ element, ledger, workers: 6, sizes: [1000, 4096, 20_000, 70_000] }, async () => {
    await waitUntil('журнал не пуст', () => ledger.acknowledged.upload >= 30, 60_000);
    element.child.kill('SIGKILL');
    await element.ended;
  });
  const walDir = join(room.env['SE_DATA_DIR'] ?? '', 'wal');
  // Нулевой — запасной: в нём ничего не записано.
  const segments = readdirSync(walDir).filter((name) => /^wal-.*\.log$/.test(name) && !/^wal-0+\.log$/.test(name));
  assert.equal(segments.length, 1);
  return join(walDir, segments[0] ?? '');
}

/** Где кончается записанное: дальше в заготовке одни нули. */
function writtenBytes(path: string): number {
  const bytes = readFileSync(path);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return end;
}

function flipBit(path: string, at: number): void {
  const fd = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8() ^ 0x10);
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}

/** Имена и содержимое всего, кроме замка и указателя: их запуск вправе открыть. */
function fingerprint(dir: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted();
  for (const name of names) {
    if (/^(lock\.db|catalog\/)/.test(name)) continue;
    hash.update(`${name}\n`);
    const path = join(dir, name);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

async function prepare(t: TestContext) {
  const room = await openFaultRoom(t);
  const ledger = new Ledger();
  const segment = await dieUnderLoad(room, ledger);
  const end = writtenBytes(segment);
  assert.ok(end > 40_000, `в журнале ${end} байт`);
  return { room, ledger, segment, end, dataDir: room.env['SE_DATA_DIR'] ?? '' };
}

test('испорченный бит посреди журнала: отказ запуска с местом, ничего не тронуто; исправили — всё на месте', async (t) => {
  const { room, ledger, segment, end, dataDir } = await prepare(t);
  for (const share of [0.05, 0.4, 0.8]) {
    const at = Math.floor(end * share);
    flipBit(segment, at);
    const before = fingerprint(dataDir);
    const { code, output } = await room.fail();
    assert.equal(code, 1, output);
    assert.match(output, /сегмент 1, байт \d+/, 'названо место');
    assert.equal(fingerprint(dataDir), before, 'на диске ничего не изменилось');
    flipBit(segment, at);
  }
  const element = await room.start();
  await compareWithLedger({ element, ledger, feed: new FeedCopy(), recheckShare: 1 });
  assert.equal(await stopElement(element), 0);
});

test('обрезанный сегмент: отказ запуска, а не молчаливая потеря', async (t) => {
  const { room, segment, end, dataDir } = await prepare(t);
  truncateSync(segment, Math.floor(end / 2));
  const before = fingerprint(dataDir);
  const { code, output } = await room.fail();
  assert.equal(code, 1, output);
  assert.match(output, /сегмент обрезан/);
  assert.equal(fingerprint(dataDir), before, 'на диске ничего не изменилось');
});

test('обрезанный сегмент и потерянный указатель: отказ запуска, а не молчаливая потеря', async (t) => {
  const { room, segment, end, dataDir } = await prepare(t);
  for (const name of readdirSync(join(dataDir, 'catalog'))) truncateSync(join(dataDir, 'catalog', name), 0);
  truncateSync(segment, Math.floor(end / 2));
  const { code, output } = await room.fail();
  assert.equal(code, 1, output);
  assert.match(output, /сегмент обрезан/);
});
