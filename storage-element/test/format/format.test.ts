// Байты на диске — обещание будущим версиям. Образцы записаны однажды и лежат в хранилище исходников: нынешняя версия
// обязана читать их и, пока номер формата прежний, писать такие же до байта.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { attrFromJson, attrToJson, sealAttr, unsealAttr } from '../../src/engine/attr.ts';
import { openStore, type Store } from '../../src/engine/store.ts';
import { FRAME_HEADER_BYTES, readFrameHeader, readFramePayload } from '../../src/engine/wal-record.ts';
import { STORAGE_ID } from '../crash/workload.ts';
import { ELEMENT_LIMITS, type ExpectedElement, tell } from './element-case.ts';
import { FIXTURES, jsonBytes, writeFixtureTree } from './fixture-tree.ts';
import { LOG_FIRST_FRAME, LOG_FRAMES, LOG_SALT, LOG_SEGMENT } from './log-cases.ts';
import { SIDECAR_CASES } from './sidecar-cases.ts';

const CHANGED =
  'формат на диске изменился: нужен новый номер формата и новая папка образцов, прежняя остаётся (DESIGN.md, «Формат»)';
const NOW_MS = Date.UTC(2026, 10, 23, 12);

function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES));
}

function parsed(path: string): unknown {
  return JSON.parse(fixture(path).toString());
}

test('эта версия пишет образцы такими же до байта', async () => {
  const { exact, loose } = await writeFixtureTree();
  for (const [path, bytes] of exact) assert.ok(fixture(path).equals(bytes), `${path}: ${CHANGED}`);
  const kept = readdirSync(FIXTURES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.equal(kept.length, exact.size + loose.size, 'лишних образцов нет');
});

for (const name of Object.keys(SIDECAR_CASES)) {
  test(`описание «${name}» читается тем же и переписывается до байта`, () => {
    const text = fixture(`sidecars/${name}.attr.json`).toString();
    const file = attrFromJson(unsealAttr(text));
    assert.deepEqual(file, SIDECAR_CASES[name]);
    assert.equal(jsonBytes(file).toString(), fixture(`sidecars/${name}.expected.json`).toString());
    assert.equal(sealAttr(attrToJson(file)), text);
  });
}

test('кадры журнала с записями каждого вида читаются теми же; оборванный — ни одной записи', () => {
  const bytes = fixture('log/frames.bin');
  let at = 0;
  for (const [index, records] of LOG_FRAMES.entries()) {
    const header = readFrameHeader(bytes, at, { segment: LOG_SEGMENT, salt: LOG_SALT });
    assert.ok(header);
    assert.equal(header.number, LOG_FIRST_FRAME + index);
    const end = at + FRAME_HEADER_BYTES + header.payloadBytes;
    assert.equal(jsonBytes(readFramePayload(bytes, at, header)).toString(), jsonBytes(records).toString());
    assert.equal(readFramePayload(bytes.subarray(0, end - 1), at, header), undefined);
    at = end;
  }
  assert.equal(at, bytes.length);
  assert.deepEqual(parsed('log/frames.expected.json'), JSON.parse(jsonBytes(LOG_FRAMES).toString()));
});

/** Открывает копию каталога данных настоящим диском. */
async function openCopy(t: TestContext, without: readonly string[]): Promise<Store> {
  const dir = mkdtempSync(join(tmpdir(), 'artstore-format-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  cpSync(fileURLToPath(new URL('element/', FIXTURES)), dir, { recursive: true });
  for (const path of without) rmSync(join(dir, path));
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const store = await openStore({
    dataDir: join(dir, 'data'),
    walDir: join(dir, 'wal'),
    mode: 'edit',
    storageId: STORAGE_ID,
    space: { capacityBytesMax: undefined, reserveBytes: 0 },
    walLimits: ELEMENT_LIMITS,
    checkpointMs: 2 ** 31 - 1,
    log: silent,
    clock: { now: () => NOW_MS, monotonicMs: () => 0 },
  });
  t.after(() => store.close());
  await store.whenRebuilt();
  return store;
}

async function checkBytes(store: Store, expected: ExpectedElement): Promise<void> {
  for (const { fileId, size, checksum } of expected.files) {
    const entry = store.catalog.get(fileId);
    const blob = entry && (await store.openBlob(entry));
    assert.ok(blob, fileId);
    const bytes = Buffer.alloc(size + 1);
    const read = await blob.read(bytes, 0);
    await blob.close();
    assert.equal(createHash('sha256').update(bytes.subarray(0, read)).digest('hex'), checksum, fileId);
  }
}

test('каталог данных, погибший посреди кадра, читается: тот же список, та же лента, те же байты', async (t) => {
  const expected = parsed('element.expected.json') as ExpectedElement;
  assert.deepEqual(
    expected.files.map(({ status }) => status),
    ['active', 'deleted', 'missing', 'active', 'active'],
  );
  const store = await openCopy(t, []);
  assert.deepEqual(JSON.parse(jsonBytes(tell(store)).toString()), expected);
  await checkBytes(store, expected);
});

test('тот же каталог данных без указателя: тот же список и байты, эпоха новая', async (t) => {
  const expected = parsed('element.expected.json') as ExpectedElement;
  const store = await openCopy(t, ['data/catalog/catalog.db']);
  const told = tell(store);
  assert.deepEqual(JSON.parse(jsonBytes(told.files).toString()), expected.files);
  assert.notEqual(told.epoch, expected.epoch);
  await checkBytes(store, expected);
});
