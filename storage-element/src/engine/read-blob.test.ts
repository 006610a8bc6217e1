import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@artstore/testing';
import { createRealDisk, type DiskFile } from './disk.ts';
import { readBlob } from './read-blob.ts';

const SIZE = 3_000_001;
const disk = createRealDisk();

async function fixture(t: { after(job: () => unknown): void }, size = SIZE) {
  const dir = await mkdtemp(join(tmpdir(), 'artstore-blob-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const bytes = randomBytes(size);
  await writeFile(join(dir, 'blob'), bytes);
  return { bytes, open: () => disk.open(join(dir, 'blob'), 'read') };
}

/** Приёмник, который держит куски по ссылке и отдаёт их не сразу: повторное использование буфера раньше времени видно. */
function slowSink(holdMs: number): { sink: Writable; received: () => Buffer } {
  const copies: Buffer[] = [];
  const sink = new Writable({
    highWaterMark: 16_384,
    write(chunk: Buffer, _encoding, done) {
      setTimeout(() => {
        copies.push(Buffer.from(chunk));
        done();
      }, holdMs);
    },
  });
  return { sink, received: () => Buffer.concat(copies) };
}

for (const [start, end] of [
  [0, SIZE - 1],
  [0, 0],
  [524_287, 524_288],
  [1_000_000, 2_999_999],
  [SIZE - 1, SIZE - 1],
] as const) {
  test(`участок ${start}–${end} одинаков через pipe и через for await`, async (t) => {
    const { bytes, open } = await fixture(t);
    const expected = bytes.subarray(start, end + 1);
    const { sink, received } = slowSink(2);
    readBlob(await open(), { start, end }).pipe(sink);
    await finished(sink);
    assert.ok(received().equals(expected));
    const chunks = await readBlob(await open(), { start, end }).toArray();
    assert.ok(Buffer.concat(chunks as Buffer[]).equals(expected));
  });
}

test('пустой файл кончается сразу и завершает приёмник', async (t) => {
  const { open } = await fixture(t, 0);
  const { sink, received } = slowSink(0);
  const stream = readBlob(await open(), { start: 0, end: -1 });
  stream.pipe(sink);
  await finished(sink);
  assert.equal(received().length, 0);
});

test('файл короче описанного — ошибка потока, приёмник не завершён', async (t) => {
  const { open } = await fixture(t, 1000);
  const { sink } = slowSink(0);
  const stream = readBlob(await open(), { start: 0, end: 5000 });
  stream.pipe(sink);
  await assert.rejects(finished(stream), /короче/);
  assert.equal(sink.writableEnded, false);
});

test('брошенный поток закрывает файл, даже если приёмник молчит', async (t) => {
  const { open } = await fixture(t);
  const file = await open();
  let closed = 0;
  const watched: DiskFile = {
    write: (chunks, position) => file.write(chunks, position),
    read: (buffer, position) => file.read(buffer, position),
    datasync: () => file.datasync(),
    size: () => file.size(),
    close: () => {
      closed += 1;
      return file.close();
    },
  };
  const stuck = new Writable({ write: () => undefined });
  const stream = readBlob(watched, { start: 0, end: SIZE - 1 });
  stream.pipe(stuck);
  await sleep(20);
  stream.destroy();
  await waitUntil('файл закрыт', () => closed > 0, 30_000);
  assert.equal(closed, 1);
});
