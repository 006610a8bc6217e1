// Каталог: страницы по номеру, по ключу и по состоянию со сроком, счёт, лента с начала, повтор без последствий.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createRandom } from '../../test/crash/random.ts';
import { fileIdOf } from '../../test/crash/workload.ts';
import type { StoredFile, StoredStatus } from '../files/file.ts';
import { Catalog } from './catalog.ts';
import type { LogRecord } from './wal-record.ts';

const PLACE = { day: '20261123', bucket: 12 };
const NOW = '2026-11-23T12:00:00.000Z';

function fileOf(index: number, change: Partial<StoredFile> = {}): StoredFile {
  return {
    fileId: fileIdOf(index),
    originalFilename: 'а.txt',
    contentType: 'text/plain',
    size: 10,
    checksum: 'ab'.repeat(32),
    uploadedBy: 'я',
    uploadedAt: '2026-11-01T12:00:00.000Z',
    description: '',
    tags: [],
    metadata: {},
    status: 'active',
    retentionPolicy: 'temporary',
    ttlDays: 30,
    expiresAt: '2026-12-01T12:00:00.000Z',
    deletedAt: null,
    version: 1,
    revision: index + 1,
    ...change,
  };
}

const put = (file: StoredFile): LogRecord => ({ type: 'put', file, place: PLACE, bytes: { inline: Buffer.alloc(0) } });
const patch = (file: StoredFile): LogRecord => ({ type: 'patch', file, place: PLACE });
const remove = (index: number, revision: number): LogRecord => ({
  type: 'remove',
  fileId: fileIdOf(index),
  place: PLACE,
  reason: 'expired',
  removedAt: NOW,
  revision,
});

function list(
  catalog: Catalog,
  o: { limit?: number; offset?: number; after?: string; status?: StoredStatus; nowIso?: string } = {},
) {
  return catalog.list({
    limit: o.limit ?? 1000,
    offset: o.offset ?? 0,
    nowIso: o.nowIso ?? NOW,
    ...(o.after === undefined ? {} : { after: o.after }),
    ...(o.status === undefined ? {} : { status: o.status }),
  });
}

const idsOf = (page: { items: readonly StoredFile[] }): string[] => page.items.map(({ fileId }) => fileId);

test('страницы по номеру и по ключу вместе дают весь список по порядку, без пропусков и повторов', () => {
  const catalog = new Catalog(':memory:');
  const shuffled = Array.from({ length: 25 }, (_, index) => (index * 7) % 25);
  catalog.apply(shuffled.map((index, at) => put(fileOf(index, { revision: at + 1 }))));
  const all = Array.from({ length: 25 }, (_, index) => fileIdOf(index));
  assert.deepEqual(idsOf(list(catalog)), all);
  const byOffset = [0, 10, 20].flatMap((offset) => idsOf(list(catalog, { limit: 10, offset })));
  assert.deepEqual(byOffset, all);
  const byKey: string[] = [];
  for (let after: string | undefined; ; after = byKey.at(-1)) {
    const page = idsOf(list(catalog, { limit: 4, ...(after === undefined ? {} : { after }) }));
    byKey.push(...page);
    if (page.length < 4) break;
  }
  assert.deepEqual(byKey, all);
  assert.deepEqual(list(catalog, { offset: 2 ** 53 - 1 }), { items: [], total: 25 });
  assert.deepEqual(idsOf(list(catalog, { limit: 3, after: 'zzzz' })), []);
});

test('срок действует на списки и счёт с точностью до миллисекунды, хотя сборщик ещё не прошёл', () => {
  const catalog = new Catalog(':memory:');
  catalog.apply([
    put(fileOf(1, { size: 1, expiresAt: '2026-11-23T12:00:00.001Z' })),
    put(fileOf(2, { size: 2, expiresAt: NOW })),
    put(fileOf(3, { size: 4, expiresAt: null, ttlDays: null })),
    put(fileOf(4, { size: 8, status: 'expired', expiresAt: '2026-11-01T00:00:00.000Z' })),
    put(fileOf(5, { size: 16, status: 'deleted', deletedAt: NOW, expiresAt: '2026-11-01T00:00:00.000Z' })),
  ]);
  assert.deepEqual(idsOf(list(catalog, { status: 'active' })), [1, 3].map(fileIdOf));
  assert.deepEqual(idsOf(list(catalog, { status: 'expired' })), [2, 4].map(fileIdOf));
  assert.deepEqual(idsOf(list(catalog, { status: 'deleted' })), [5].map(fileIdOf));
  assert.deepEqual(
    ['active', 'expired', 'deleted', 'missing'].map(
      (status) => list(catalog, { status: status as StoredStatus }).total,
    ),
    [2, 2, 1, 0],
  );
  const totals = catalog.totals(NOW);
  assert.deepEqual(
    [totals.active, totals.expired, totals.deleted],
    [
      { files: 2, bytes: 5 },
      { files: 2, bytes: 10 },
      { files: 1, bytes: 16 },
    ],
  );
  assert.equal(catalog.storedBytes, 31);
  assert.equal(idsOf(list(catalog, { status: 'expired', nowIso: '2026-11-23T12:00:00.001Z' })).length, 3);
});

test('страницы по состоянию с ключом и номером согласны между собой', () => {
  const catalog = new Catalog(':memory:');
  catalog.apply(
    Array.from({ length: 30 }, (_, index) => put(fileOf(index, index % 3 === 0 ? { status: 'deleted' } : {}))),
  );
  for (const status of ['active', 'deleted', 'expired'] as const) {
    const all = idsOf(list(catalog, { status }));
    assert.equal(all.length, list(catalog, { status }).total);
    assert.deepEqual(
      [0, 3, 6, 9, 12, 15, 18].flatMap((offset) => idsOf(list(catalog, { status, limit: 3, offset }))),
      all,
    );
    assert.deepEqual(
      idsOf(list(catalog, { status, limit: 3, ...(all[2] === undefined ? {} : { after: all[2] }) })),
      all.slice(all.length < 3 ? 0 : 3, 6),
    );
  }
});

test('истёкших мало или много — страницы и счёт одни и те же, и после правок тоже', () => {
  for (const lapsedEvery of [2, 40]) {
    const catalog = new Catalog(':memory:');
    const isLapsed = (index: number): boolean => index % lapsedEvery === 0;
    const lapsed = { expiresAt: '2026-11-20T12:00:00.000Z' };
    const files = Array.from({ length: 80 }, (_, index) => fileOf(index, isLapsed(index) ? lapsed : {}));
    catalog.apply(files.map(put));
    catalog.apply([patch(fileOf(1, { status: 'expired', revision: 200 }))]);
    const expected = files.filter(({ fileId }, index) => isLapsed(index) || fileId === fileIdOf(1));
    const check = (nowIso: string, ids: readonly string[]): void => {
      assert.deepEqual(idsOf(list(catalog, { status: 'expired', nowIso })), ids);
      assert.equal(catalog.totals(nowIso).expired.files, ids.length);
      const pages = Array.from({ length: 41 }, (_, at) =>
        list(catalog, { status: 'expired', nowIso, limit: 2, offset: at * 2 }),
      );
      assert.deepEqual(pages.flatMap(idsOf), ids);
    };
    const ids = expected.map(({ fileId }) => fileId);
    check(NOW, ids);
    // Часы назад: истёк только записанный истёкшим; снова вперёд — прежний счёт.
    check('2026-11-19T12:00:00.000Z', [fileIdOf(1)]);
    check(NOW, ids);
    catalog.apply([patch(fileOf(0, { revision: 201 })), remove(40, 202)]);
    check(
      NOW,
      ids.filter((id) => id !== fileIdOf(0) && id !== fileIdOf(40)),
    );
    catalog.apply([put(fileOf(90, { ...lapsed, revision: 203 }))]);
    assert.equal(catalog.totals(NOW).expired.files, ids.length - 1);
    // Время идёт — истекают и остальные.
    assert.equal(catalog.totals('2027-01-01T00:00:00.000Z').active.files, 0);
  }
});

/** Случайная история: описания, правки, удаления и повторные загрузки. */
function randomRecords(seed: string, count: number): LogRecord[] {
  const random = createRandom(seed);
  const alive = new Map<number, StoredFile>();
  const records: LogRecord[] = [];
  for (let revision = 1; revision <= count; revision += 1) {
    const index = random.below(12);
    const known = alive.get(index);
    if (known && random.chance(0.3)) {
      alive.delete(index);
      records.push(remove(index, revision));
    } else if (known) {
      const next = {
        ...known,
        revision,
        version: known.version + 1,
        status: random.pick<StoredStatus>(['active', 'deleted']),
      };
      alive.set(index, next);
      records.push(patch(next));
    } else {
      const file = fileOf(index, { revision, size: random.below(100) });
      alive.set(index, file);
      records.push(put(file));
    }
  }
  return records;
}

function replay(catalog: Catalog, limit: number): StoredFile[] {
  const files = new Map<string, StoredFile>();
  for (let after = 0; ; ) {
    const page = catalog.changes(after, limit);
    for (const change of page) {
      assert.ok(change.revision > after, 'лента растёт');
      after = change.revision;
      if (change.type === 'upsert') files.set(change.fileId, change.file);
      else files.delete(change.fileId);
    }
    if (page.length < limit) break;
  }
  return [...files.values()].toSorted((a, b) => (a.fileId < b.fileId ? -1 : 1));
}

test('лента с начала, любыми страницами, даёт тот же список; счёт равен пересчитанному', () => {
  for (const seed of ['1', '2', '3', '4']) {
    const catalog = new Catalog(':memory:');
    for (const record of randomRecords(seed, 200)) catalog.apply([record]);
    const { items } = list(catalog);
    for (const limit of [1, 3, 1000]) assert.deepEqual(replay(catalog, limit), items);
    assert.equal(
      catalog.storedBytes,
      items.reduce((sum, { size }) => sum + size, 0),
    );
    assert.equal(list(catalog).total, items.length);
    assert.equal(catalog.appliedRevision, 200);
  }
});

test('повтор записей с любого места ничего не меняет', () => {
  const records = randomRecords('повтор', 120);
  const catalog = new Catalog(':memory:');
  catalog.apply(records);
  const before = [list(catalog), catalog.changes(0, 1000), catalog.totals(NOW)];
  for (const from of [0, 40, 119]) {
    for (const record of records.slice(from)) catalog.apply([record]);
    assert.deepEqual([list(catalog), catalog.changes(0, 1000), catalog.totals(NOW)], before);
    assert.equal(catalog.appliedRevision, 120);
  }
});

test('повтор одного удаления не уносит файла, загруженного под тем же именем позже', () => {
  const catalog = new Catalog(':memory:');
  catalog.apply([put(fileOf(1, { revision: 1 })), remove(1, 2), put(fileOf(1, { revision: 3 }))]);
  // Обычно за удалением повторится и вторая загрузка; здесь журнал на удалении и кончился.
  catalog.apply([remove(1, 2)]);
  assert.equal(catalog.get(fileIdOf(1))?.file.revision, 3);
  assert.equal(catalog.totals(NOW).active.files, 1);
  catalog.close();
});

test('отказ посреди пачки не оставляет от неё ни строк, ни счёта', () => {
  const catalog = new Catalog(':memory:');
  catalog.apply([put(fileOf(1))]);
  assert.throws(() => catalog.apply([put(fileOf(2)), put(fileOf(3, { revision: 2 }))]));
  assert.deepEqual(idsOf(list(catalog)), [fileIdOf(1)]);
  assert.deepEqual(catalog.totals(NOW).active, { files: 1, bytes: 10 });
  assert.equal(catalog.appliedRevision, 2);
  catalog.apply([put(fileOf(4))]);
  assert.equal(list(catalog).total, 2);
});

test('внесённое видно сразу, другому соединению — когда закреплено: числом или сбросом; незакреплённое закрытие теряет', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-catalog-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'catalog.db');
  const catalog = new Catalog(path);
  const other = new DatabaseSync(path);
  const seen = (): unknown => other.prepare('SELECT count(*) AS files FROM files').get()?.['files'];
  catalog.apply([put(fileOf(0))]);
  assert.deepEqual([list(catalog).total, seen()], [1, 0]);
  catalog.sync();
  assert.equal(seen(), 1);
  for (let index = 1; index < 600; index += 1) catalog.apply([put(fileOf(index))]);
  const committed = Number(seen());
  assert.ok(committed > 1 && committed < 600, `закреплено ${committed}`);
  assert.deepEqual([list(catalog).total, catalog.appliedRevision], [600, 600]);
  // Чужая перемена закрепляет и внесённое до неё.
  catalog.unlessNoSpace(() => undefined);
  assert.equal(seen(), 600);
  catalog.apply([put(fileOf(600))]);
  catalog.close();
  other.close();
  const again = new Catalog(path);
  assert.deepEqual([list(again).total, again.appliedRevision], [600, 600]);
  again.close();
});

test('проверенное в будущем правится пачками: каждая закрепляется сама, последняя неполная', () => {
  const catalog = new Catalog(':memory:');
  const uploadedAt = '2030-01-01T00:00:00.000Z';
  catalog.apply([0, 1, 2, 3, 4].map((index) => put(fileOf(index, { uploadedAt }))));
  const [nowMs, atMs] = [Date.parse(NOW), Date.parse(NOW) - 1];
  const counts: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    catalog.transaction(() => counts.push(catalog.verified.clampFuture(nowMs, atMs, 2)));
  }
  assert.deepEqual(counts, [2, 2, 1, 0]);
  assert.equal(catalog.verified.due(atMs, 10).length, 5);
  catalog.close();
});

test('база сама отменила запись (кончилось место) — наружу идёт её причина, и каталог работает дальше', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-catalog-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'catalog.db');
  const catalog = new Catalog(path);
  const other = new DatabaseSync(path);
  other.exec("CREATE TRIGGER full BEFORE INSERT ON files BEGIN SELECT RAISE(ROLLBACK, 'кончилось место'); END");
  assert.throws(() => catalog.apply([put(fileOf(1))]), /кончилось место/);
  other.exec('DROP TRIGGER full');
  other.close();
  catalog.apply([put(fileOf(1))]);
  assert.equal(list(catalog).total, 1);
  catalog.close();
});

test('место файла возвращается таким же, каким записано', () => {
  const catalog = new Catalog(':memory:');
  catalog.apply([put(fileOf(1))]);
  assert.deepEqual(catalog.get(fileIdOf(1))?.place, PLACE);
  assert.equal(catalog.get('нет такого'), undefined);
});

test('сброшенный каталог переживает перезапуск вместе со счётом; чужой файл вместо базы — отказ открыть', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-catalog-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'catalog.db');
  const catalog = new Catalog(path);
  catalog.apply(randomRecords('диск', 50));
  catalog.setFact('epoch', 'э');
  catalog.sync();
  const before = [list(catalog), catalog.totals(NOW), catalog.changes(0, 1000)];
  catalog.close();
  const again = new Catalog(path);
  assert.deepEqual([list(again), again.totals(NOW), again.changes(0, 1000)], before);
  assert.equal(again.fact('epoch'), 'э');
  again.close();
  writeFileSync(join(dir, 'чужой.db'), 'это не база'.repeat(100));
  assert.throws(() => new Catalog(join(dir, 'чужой.db')));
});
