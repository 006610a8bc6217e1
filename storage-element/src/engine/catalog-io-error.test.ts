// Отказ диска под каталогом: настоящая SQLite, у которой дескрипторы базы подменены каталогом, — чтение и запись отказывают.
// Обещание: подтверждённое либо видно, либо отказ; пустого списка и «не найдено» не бывает.
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isArtError } from '@artstore/contracts';
import { fileIdOf } from '../../test/crash/workload.ts';
import { Catalog } from './catalog.ts';
import type { LogRecord } from './wal-record.ts';

const NOW = '2026-11-23T12:00:00.000Z';
const PLACE = { day: '20261123', bucket: 0 };
/** Закреплены до отказа; столько, чтобы они не уместились на одной странице. */
const COMMITTED = 300;
/** Внесены, но сами ещё не закрепляются. */
const PENDING = 20;

function put(index: number): LogRecord {
  return {
    type: 'patch',
    place: PLACE,
    file: {
      fileId: fileIdOf(index),
      originalFilename: 'а.txt',
      contentType: 'text/plain',
      size: 10,
      checksum: 'ab'.repeat(32),
      uploadedBy: 'я',
      uploadedAt: '2026-11-01T12:00:00.000Z',
      description: 'длинное описание '.repeat(20),
      tags: [],
      metadata: {},
      status: 'active',
      retentionPolicy: 'permanent',
      ttlDays: null,
      expiresAt: null,
      deletedAt: null,
      version: 1,
      revision: index + 1,
    },
  };
}

/** Ставит под открытые дескрипторы файлов другие; возвращает, как вернуть прежние. Между концом и началом ничто не ждёт. */
function breakFiles(paths: readonly string[]): () => void {
  const broken: { fd: number; path: string }[] = [];
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    const path = linkOf(fd);
    if (path !== undefined && paths.includes(path)) broken.push({ fd, path });
  }
  assert.ok(broken.length > 0, 'файлы базы не открыты');
  for (const { fd } of broken) occupy(fd, '/', 'r');
  return () => {
    for (const { fd, path } of broken) occupy(fd, path, 'r+');
  };
}

function linkOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // Дескриптор, которым читали сам перечень, уже закрыт.
    return undefined;
  }
}

/** Система отдаёт наименьший свободный номер: лишние занимаются, пока не дойдёт до нужного. */
function occupy(fd: number, path: string, flags: string): void {
  closeSync(fd);
  const spare: number[] = [];
  for (;;) {
    const got = openSync(path, flags);
    if (got === fd) break;
    spare.push(got);
  }
  for (const each of spare) closeSync(each);
}

/** Каталог с закреплённым и незакреплённым, у которого страницы базы ещё не прочитаны. */
function openRoom(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-catalog-eio-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'catalog.db');
  const first = new Catalog(path);
  first.apply(Array.from({ length: COMMITTED }, (_, index) => put(index)));
  first.sync();
  first.close();
  const catalog = new Catalog(path);
  const keeper = { fix: () => undefined as void };
  t.after(() => {
    keeper.fix();
    catalog.close();
  });
  for (let index = COMMITTED; index < COMMITTED + PENDING; index += 1) catalog.apply([put(index)]);
  const breakDisk = (): (() => void) => {
    const fix = breakFiles([path, `${path}-wal`]);
    keeper.fix = () => {
      keeper.fix = () => undefined;
      fix();
    };
    return () => keeper.fix();
  };
  return { path, catalog, breakDisk };
}

const total = (catalog: Catalog): number => catalog.list({ limit: 1, offset: 0, nowIso: NOW }).total;

function assertNotReady(read: () => unknown): void {
  assert.throws(read, (error) => isArtError(error, 'NOT_READY'));
}

/** Ответ либо верен, либо отказ диска или NOT_READY. */
function trueOrRefused<T>(read: () => T, expected: T): void {
  let value: T;
  try {
    value = read();
  } catch (error) {
    assert.ok(isArtError(error, 'NOT_READY') || (error instanceof Error && 'errcode' in error), String(error));
    return;
  }
  assert.deepEqual(value, expected);
}

test('закрепить не дал диск, и перечитать он не даёт: отказ, а не пустой список; диск ожил — всё на месте', (t) => {
  const { catalog, breakDisk } = openRoom(t);
  const all = COMMITTED + PENDING;
  const fix = breakDisk();
  assert.throws(() => catalog.sync(), { errstr: 'disk I/O error' });
  for (let turn = 0; turn < 3; turn += 1) {
    assertNotReady(() => catalog.totals(NOW));
    assertNotReady(() => catalog.storedBytes);
    assertNotReady(() => total(catalog));
    assertNotReady(() => catalog.get(fileIdOf(COMMITTED)));
    assertNotReady(() => catalog.damaged);
    assertNotReady(() => catalog.dueQueue);
    assertNotReady(() => catalog.verified);
    assertNotReady(() => catalog.changes(0, 10));
    assertNotReady(() => catalog.historyFrom);
  }
  fix();
  assert.equal(total(catalog), all);
  assert.equal(catalog.storedBytes, all * 10);
  assert.equal(catalog.get(fileIdOf(all - 1))?.file.revision, all);
  assert.equal(catalog.appliedRevision, all);
});

test('диск отказал посреди пачки: от неё ничего, прежнее незакреплённое видно', (t) => {
  const { catalog, breakDisk } = openRoom(t);
  const fix = breakDisk();
  assert.throws(() => catalog.apply(Array.from({ length: COMMITTED }, (_, index) => put(index))), {
    errstr: 'disk I/O error',
  });
  assertNotReady(() => catalog.totals(NOW));
  fix();
  assert.equal(catalog.totals(NOW).active.files, COMMITTED + PENDING);
  assert.equal(catalog.changes(0, 1000).length, COMMITTED + PENDING);
});

test('диск отказал в чтении — SQLite отменила и незакреплённое: оно видно дальше и закрепляется целиком', (t) => {
  const { path, catalog, breakDisk } = openRoom(t);
  const fix = breakDisk();
  const failed = Array.from({ length: COMMITTED }, (_, index) => index).filter((index) => {
    try {
      return catalog.get(fileIdOf(index)) === undefined;
    } catch {
      return true;
    }
  });
  assert.ok(failed.length > 0, 'все страницы уже были в памяти');
  trueOrRefused(() => total(catalog), COMMITTED + PENDING);
  trueOrRefused(() => catalog.get(fileIdOf(COMMITTED))?.file.revision, COMMITTED + 1);
  fix();
  // Первой идёт запись: она не вправе закрепить себя без потерянных.
  catalog.apply([put(COMMITTED + PENDING)]);
  const all = COMMITTED + PENDING + 1;
  assert.equal(total(catalog), all);
  catalog.sync();
  const again = new Catalog(path);
  assert.equal(total(again), all);
  assert.equal(again.changes(0, 1000).length, all);
  assert.equal(again.appliedRevision, all);
  again.close();
});
