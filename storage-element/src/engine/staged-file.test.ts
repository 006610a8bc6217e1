// Большое тело на настоящем диске: прямая запись, обычный хвост, возврат к обычной записи — байты те же.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@artstore/testing';
import { createRealDisk } from './disk.ts';
import { openSha256Here } from './sha256.ts';
import { SLAB_BYTES, Slabs } from './slabs.ts';
import { StagedFile } from './staged-file.ts';

const disk = createRealDisk();

test('любая длина и нарезка: на диске те же байты, место объявлено раньше записи, плиты служат по кругу', async (t) => {
  const directory = await temporaryDirectory(t);
  const slabs = new Slabs();
  for (const length of [1, SLAB_BYTES - 1, 3 * SLAB_BYTES, 8 * SLAB_BYTES + 4096, 21 * SLAB_BYTES + 7777]) {
    for (const cut of [65_536, 50_001, 3_000_000]) {
      const bytes = randomBytes(length);
      const path = join(directory, `${length}-${cut}`);
      let covered = 0;
      const staged = new StagedFile(await disk.open(path, 'stream'), {
        slabs,
        openSha256: openSha256Here,
        gatherBytes: () => 4 * SLAB_BYTES,
        cover: async (totalBytes) => {
          assert.ok((disk.sizeOf(path) ?? 0) <= covered);
          covered = totalBytes;
        },
      });
      for (let at = 0; at < length; at += cut) await staged.add(bytes.subarray(at, at + cut));
      assert.equal(await staged.end(), createHash('sha256').update(bytes).digest('hex'));
      await staged.sync();
      assert.equal(covered, length);
      assert.ok(bytes.equals(await readFile(path)), `${length} по ${cut}`);
    }
  }
  const taken = Array.from({ length: 3 }, () => slabs.take());
  assert.equal(new Set(taken).size, 3, 'одна плита не отдаётся двоим');
});

test('память, которую прямая запись не принимает: файл дописывается обычным путём', async (t) => {
  const path = join(await temporaryDirectory(t), 'файл');
  const file = await disk.open(path, 'stream');
  const bytes = randomBytes((1 << 20) + 4096);
  // Сдвиг на байт: ядро откажет прямой записи, а место и длина ровные.
  const uneven = Buffer.from(new ArrayBuffer((1 << 20) + 4097), 1);
  bytes.copy(uneven);
  await file.write([uneven.subarray(0, 1 << 20)], 0);
  await file.write([uneven.subarray(1 << 20)], 1 << 20);
  await file.datasync();
  await file.close();
  assert.ok(bytes.equals(await readFile(path)));
});

test('плита лежит ровно: прямая запись её принимает', async (t) => {
  const path = join(await temporaryDirectory(t), 'файл');
  const file: FileHandle | undefined = await open(
    path,
    constants.O_CREAT | constants.O_WRONLY | constants.O_DIRECT,
  ).catch(() => undefined);
  if (file === undefined) return t.skip('файловая система не умеет прямой записи');
  const slabs = new Slabs();
  try {
    for (let index = 0; index < 20; index += 1) {
      assert.equal((await file.writev([slabs.take()], index * SLAB_BYTES)).bytesWritten, SLAB_BYTES);
    }
  } finally {
    await file.close();
  }
});
