// Приём байтов: границы, обрывы, отказы диска; после любого отказа — ни имени, ни дескриптора.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CrashDisk, type Operation, type Refusal } from '../../test/crash/crash-disk.ts';
import { MemoryImage } from '../../test/crash/memory-image.ts';
import { createRandom } from '../../test/crash/random.ts';
import { createLayout } from './layout.ts';
import { receiveBlob, type ReceivedBlob } from './receive-blob.ts';
import { openSha256Here } from './sha256.ts';
import { Slabs } from './slabs.ts';

const LAYOUT = createLayout('/data', '/wal');
const STAGED = 'загрузка.part';
const random = createRandom('приём');

interface Order {
  readonly chunks: readonly Uint8Array[];
  readonly inlineBytesMax?: number;
  readonly fileBytesMax?: number;
  readonly declaredLength?: number;
  readonly expectedSha256?: string;
  readonly gatherBytes?: number;
  /** Обрыв после всех кусков. */
  readonly broken?: boolean;
}

function openDisk(refuse?: (operation: Operation) => Refusal | undefined): CrashDisk {
  const image = MemoryImage.empty();
  image.makeDirectory('/data/staging');
  return new CrashDisk({ image, random, ...(refuse ? { refuse } : {}) });
}

function receive(disk: CrashDisk, order: Order): Promise<ReceivedBlob> {
  const body = (async function* () {
    yield* order.chunks;
    if (order.broken === true) throw new Error('соединение оборвано');
  })();
  return receiveBlob(disk, LAYOUT, {
    stagedName: STAGED,
    body,
    inlineBytesMax: order.inlineBytesMax ?? 100,
    fileBytesMax: order.fileBytesMax ?? 10_000,
    gatherBytes: () => order.gatherBytes ?? 64,
    slabs: new Slabs(),
    openSha256: openSha256Here,
    ...(order.declaredLength === undefined ? {} : { declaredLength: order.declaredLength }),
    ...(order.expectedSha256 === undefined ? {} : { expectedSha256: order.expectedSha256 }),
  });
}

function assertClean(disk: CrashDisk, why: string): void {
  assert.deepEqual(disk.image.names('/data/staging'), [], why);
  assert.equal(disk.openFiles, 0, why);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('до предела — в память, больше — в staging; сумма и длина верны при любой нарезке', async () => {
  for (const length of [0, 1, 99, 100, 101, 128, 163, 164, 1000, 4096]) {
    const bytes = random.bytes(length);
    for (const cut of [1, 7, 64, 5000]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < length; at += cut) chunks.push(bytes.subarray(at, at + cut));
      const disk = openDisk();
      const received = await receive(disk, { chunks, declaredLength: length, expectedSha256: sha256(bytes) });
      assert.deepEqual([received.size, received.sha256], [length, sha256(bytes)]);
      if ('inline' in received.bytes) {
        assert.ok(length <= 100);
        assert.deepEqual(Buffer.from(received.bytes.inline), bytes);
        assertClean(disk, `${length}/${cut}`);
      } else {
        assert.ok(length > 100);
        assert.deepEqual(disk.readSmall(LAYOUT.staged(STAGED)), bytes);
        assert.equal(disk.openFiles, 0);
        const afterCut = disk.image.crash('names', random);
        assert.deepEqual(afterCut.content(afterCut.find(LAYOUT.staged(STAGED)) ?? -1), bytes, 'содержимое сброшено');
      }
    }
  }
});

test('предел размера: ровно — принято, на байт больше — FILE_TOO_LARGE, и ничего не осталось', async () => {
  for (const fileBytesMax of [50, 100, 300]) {
    const exact = Buffer.alloc(fileBytesMax);
    assert.equal((await receive(openDisk(), { chunks: [exact], fileBytesMax })).size, fileBytesMax);
    for (const chunks of [[Buffer.alloc(fileBytesMax + 1)], [exact, Buffer.alloc(1)]]) {
      const disk = openDisk();
      await assert.rejects(receive(disk, { chunks, fileBytesMax }), { code: 'FILE_TOO_LARGE' });
      assertClean(disk, `предел ${fileBytesMax}`);
    }
  }
});

test('длина и сумма не те, что заявлены: свой код, и ничего не осталось', async () => {
  for (const length of [10, 500]) {
    const disk = openDisk();
    const chunks = [Buffer.alloc(length)];
    await assert.rejects(receive(disk, { chunks, declaredLength: length + 1 }), { code: 'LENGTH_MISMATCH' });
    await assert.rejects(receive(disk, { chunks, declaredLength: length - 1 }), { code: 'LENGTH_MISMATCH' });
    await assert.rejects(receive(disk, { chunks, expectedSha256: 'ab'.repeat(32) }), { code: 'CHECKSUM_MISMATCH' });
    assertClean(disk, `длина ${length}`);
  }
});

test('обрыв на любом куске — LENGTH_MISMATCH, даже если заявленного не было; ничего не осталось', async () => {
  for (let count = 0; count < 12; count += 1) {
    const disk = openDisk();
    const chunks = Array.from({ length: count }, () => Buffer.alloc(40));
    await assert.rejects(receive(disk, { chunks, broken: true }), { code: 'LENGTH_MISMATCH' });
    assertClean(disk, `кусков ${count}`);
  }
});

test('отказ диска на любом шаге: нет места — STORAGE_FULL, сброс — SyncFailed, прочее — как есть; ничего не осталось', async () => {
  const chunks = Array.from({ length: 8 }, () => Buffer.alloc(60));
  for (const [kind, refusal, expected] of [
    ['open', 'EIO', { code: 'EIO' }],
    ['open', 'ENOSPC', { code: 'STORAGE_FULL' }],
    ['write', 'ENOSPC', { code: 'STORAGE_FULL' }],
    ['write', 'EIO', { code: 'EIO' }],
    ['datasync', 'forget', { name: 'SyncFailed' }],
  ] as const) {
    for (let skip = 0; skip < 6; skip += 1) {
      let seen = 0;
      const disk = openDisk((operation) => {
        if (operation.kind !== kind) return undefined;
        seen += 1;
        return seen > skip ? refusal : undefined;
      });
      const receiving = receive(disk, { chunks });
      if (kind !== 'write' && skip > 0) await receiving;
      else if (skip < 4) {
        await assert.rejects(receiving, expected);
        assertClean(disk, `${kind} ${refusal} после ${skip}`);
      } else await receiving.catch(() => undefined);
    }
  }
});

test('отказ закрытия — SyncFailed: диск не подтвердил записанного', async () => {
  const disk = openDisk(({ kind }) => (kind === 'close' ? 'EIO' : undefined));
  await assert.rejects(receive(disk, { chunks: [Buffer.alloc(200)] }), { name: 'SyncFailed' });
  assert.deepEqual(disk.image.names('/data/staging'), []);
});

test('отказ раннего сброса не прячется за обрывом тела: движок обязан о нём узнать', async () => {
  const disk = openDisk(({ kind }) => (kind === 'datasync' ? 'forget' : undefined));
  const chunks = Array.from({ length: 34 }, () => Buffer.alloc(1 << 20));
  const receiving = receive(disk, { chunks, fileBytesMax: 2 ** 30, gatherBytes: 4 << 20, broken: true });
  await assert.rejects(receiving, { name: 'SyncFailed' });
});

test('занятое имя в staging не перекрывается и не убирается', async () => {
  const disk = openDisk();
  disk.writeSmall(LAYOUT.staged(STAGED), 'чужое', 'create');
  await assert.rejects(receive(disk, { chunks: [Buffer.alloc(200)] }), { code: 'EEXIST' });
  assert.equal(disk.readSmall(LAYOUT.staged(STAGED))?.toString(), 'чужое');
});
