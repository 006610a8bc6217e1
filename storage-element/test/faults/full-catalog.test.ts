// Указатель на диске без единого байта: внесённое видно, не закреплено и не мешает; место вернулось — закреплено.
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCatalogFile } from '../../src/engine/catalog-file.ts';
import { createRealDisk } from '../../src/engine/disk.ts';
import { createLayout } from '../../src/engine/layout.ts';
import type { LogRecord } from '../../src/engine/wal-record.ts';
import { newId, temporaryDir } from '../start-element.ts';
import { createMemoryDisk } from './loop-disk.ts';

/** Столько, чтобы указатель успел попробовать закрепить внесённое и сам, до сброса. */
const COUNT = 400;
const place = { day: '20261123', bucket: 0 };

function put(revision: number): LogRecord {
  const file = {
    fileId: newId(),
    originalFilename: 'а.txt',
    contentType: 'text/plain',
    description: 'о'.repeat(500),
    tags: [],
    metadata: {},
    retentionPolicy: 'permanent' as const,
    ttlDays: null,
    uploadedBy: 'испытание',
    size: 3,
    checksum: '0'.repeat(64),
    uploadedAt: '2026-11-23T12:00:00.000Z',
    status: 'active' as const,
    expiresAt: null,
    deletedAt: null,
    version: 1,
    revision,
  };
  return { type: 'put', file, place, bytes: { inline: Buffer.from('абв') } };
}

/** Забирает всё до последнего байта. */
function occupyAll(path: string): void {
  const fd = openSync(path, 'a');
  try {
    for (let size = 1 << 20; size >= 1; ) {
      try {
        writeSync(fd, Buffer.alloc(size, 1));
      } catch {
        size >>= 1;
      }
    }
  } finally {
    closeSync(fd);
  }
}

test('указателю нет места ни байта: внесённое видно, открывается заново, место вернулось — закреплено', async (t) => {
  const memory = createMemoryDisk(t, await temporaryDir(t), 4 << 20);
  if (memory === undefined) return;
  const disk = createRealDisk();
  const layout = createLayout(join(memory.path, 'data'), join(memory.path, 'wal'));
  mkdirSync(layout.catalogDir, { recursive: true });
  const open = () => openCatalogFile(disk, layout, { fresh: false, makeRoom: () => false });
  const foreign = join(memory.path, 'чужое');

  const first = open();
  first.apply([put(1)]);
  first.sync();
  occupyAll(foreign);
  for (let revision = 2; revision <= COUNT; revision += 1) first.apply([put(revision)]);
  assert.equal(first.changes(0, 1000).length, COUNT);
  assert.throws(() => first.sync(), { errcode: 13 });
  assert.equal(first.totals('2026').active.files, COUNT);
  assert.equal(first.forgetTombstones('9999', 10), 0);
  first.close();

  // Закрытие убрало общую память соединений, и сосед занял её место.
  occupyAll(foreign);
  const second = open();
  assert.ok(second.isAlone);
  assert.equal(second.appliedRevision, second.changes(0, 1000).length);
  for (let revision = second.appliedRevision + 1; revision <= COUNT; revision += 1) second.apply([put(revision)]);
  assert.equal(second.changes(0, 1000).length, COUNT);
  rmSync(foreign);
  second.sync();
  second.close();

  const third = open();
  assert.equal(third.isAlone, false);
  assert.equal(third.appliedRevision, COUNT);
  assert.equal(third.totals('2026').active.files, COUNT);
  third.close();
});
