// Балласт на настоящем диске и диск, который отвечает им на нехватку места.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ballast } from './ballast.ts';
import { createRealDisk, type Disk } from './disk.ts';
import { withBallast } from './disk-with-ballast.ts';

const BYTES = 3_000_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function openBallast(t: TestContext, o: { bytes?: number; dir?: string; disk?: Disk } = {}) {
  const dir = o.dir ?? mkdtempSync(join(tmpdir(), 'artstore-ballast-'));
  if (o.dir === undefined) t.after(() => rmSync(dir, { recursive: true }));
  const room = { dir, nowMs: 0 };
  const disk = o.disk ?? createRealDisk();
  const path = join(dir, 'ballast');
  const ballast = new Ballast({ disk, path, bytes: o.bytes ?? BYTES, log, monotonicMs: () => room.nowMs });
  return Object.assign(room, { ballast, path });
}

test('балласт занимает настоящие блоки, а не дыру', async (t) => {
  const { ballast, path } = openBallast(t);
  assert.equal(ballast.missingBytes, BYTES);
  await ballast.ensure();
  assert.equal(ballast.missingBytes, 0);
  const { size, blocks } = statSync(path);
  assert.equal(size, BYTES);
  assert.ok(blocks * 512 >= BYTES, `занято ${blocks * 512}`);
  assert.ok(
    readFileSync(path)
      .subarray(0, 4096)
      .some((byte) => byte !== 0),
    'нули файловая система могла бы не хранить',
  );
});

test('убрать можно один раз; сразу заново он не заводится, после паузы — да', async (t) => {
  const room = openBallast(t);
  await room.ballast.ensure();
  assert.equal(room.ballast.drop(), true);
  assert.equal(room.ballast.drop(), false);
  await room.ballast.ensure();
  assert.equal(room.ballast.missingBytes, BYTES);
  room.nowMs += 6_000;
  await room.ballast.ensure();
  assert.equal(room.ballast.missingBytes, 0);
});

test('новая величина — новый балласт; нулевая — никакого', async (t) => {
  const { ballast, dir, path } = openBallast(t);
  await ballast.ensure();
  const smaller = openBallast(t, { dir, bytes: 10_000 }).ballast;
  assert.equal(smaller.missingBytes, 10_000);
  await smaller.ensure();
  assert.equal(statSync(path).size, 10_000);
  const none = openBallast(t, { dir, bytes: 0 }).ballast;
  await none.ensure();
  assert.deepEqual([readdirSync(dir), none.missingBytes, none.drop()], [[], 0, false]);
});

test('не хватило места — ни обрывка, ни отказа', async (t) => {
  const real = createRealDisk();
  let writes = 0;
  const disk: Disk = {
    ...real,
    open: async (path, how) => {
      const file = await real.open(path, how);
      return {
        read: (buffer, at) => file.read(buffer, at),
        datasync: () => file.datasync(),
        size: () => file.size(),
        close: () => file.close(),
        write: async (chunks, at) => {
          writes += 1;
          if (writes > 1) throw Object.assign(new Error('нет места'), { code: 'ENOSPC' });
          await file.write(chunks, at);
        },
      };
    },
  };
  const { ballast, dir } = openBallast(t, { disk });
  await ballast.ensure();
  assert.deepEqual(readdirSync(dir), []);
  assert.equal(ballast.missingBytes, BYTES);
});

test('на нехватку места диск убирает балласт и повторяет: новый файл целый, без балласта — отказ', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-ballast-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const real = createRealDisk();
  let drops = 1;
  let isFull = true;
  const full: Disk = {
    ...real,
    writeSmall: (path, bytes, how) => {
      if (!isFull) return real.writeSmall(path, bytes, how);
      // Как настоящий: имя заведено, на байты места не хватило.
      writeFileSync(path, '', { flag: how === 'create' ? 'wx' : 'w' });
      throw Object.assign(new Error('нет места'), { code: 'ENOSPC' });
    },
  };
  const disk = withBallast(full, () => {
    isFull = drops === 0;
    drops -= 1;
    return !isFull;
  });
  disk.writeSmall(join(dir, 'a'), 'текст', 'create');
  assert.equal(readFileSync(join(dir, 'a'), 'utf8'), 'текст');
  assert.throws(() => disk.writeSmall(join(dir, 'a'), 'другой', 'create'), { code: 'EEXIST' });
  isFull = true;
  assert.throws(() => disk.writeSmall(join(dir, 'b'), 'текст', 'create'), { code: 'ENOSPC' });
});
