// Байты журнала: что записано, то и читается; обрыв и порча любого байта видны.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredFile } from '../files/file.ts';
import {
  encodeRecord,
  FRAME_HEADER_BYTES,
  frameHeader,
  type LogRecord,
  readFrameHeader,
  readFramePayload,
  revisionOf,
} from './wal-record.ts';

const FILE: StoredFile = {
  fileId: 'f11e0000-0000-4000-8000-000000000001',
  originalFilename: 'а.txt',
  contentType: 'text/plain',
  size: 5,
  checksum: 'cd'.repeat(32),
  uploadedBy: 'кто-то',
  uploadedAt: '2026-11-23T12:00:00.000Z',
  description: '',
  tags: [],
  metadata: JSON.parse('{"__proto__":1}') as StoredFile['metadata'],
  status: 'active',
  retentionPolicy: 'permanent',
  ttlDays: null,
  expiresAt: null,
  deletedAt: null,
  version: 1,
  revision: 9,
};
const PLACE = { day: '20261123', bucket: 3 };
const RECORDS: readonly LogRecord[] = [
  { type: 'put', file: FILE, place: PLACE, bytes: { inline: Buffer.from('байты') } },
  { type: 'put', file: { ...FILE, size: 0, revision: 10 }, place: PLACE, bytes: { inline: Buffer.alloc(0) } },
  { type: 'put', file: { ...FILE, revision: 11 }, place: PLACE, bytes: { staged: 'x.part' } },
  { type: 'patch', file: { ...FILE, revision: 12, version: 2 }, place: PLACE },
  {
    type: 'remove',
    fileId: FILE.fileId,
    place: PLACE,
    reason: 'trash',
    removedAt: '2026-11-23T12:00:00.000Z',
    revision: 13,
  },
  { type: 'mode', mode: 'ro', revision: 14 },
  { type: 'mark', file: { ...FILE, status: 'missing', revision: 15 }, place: PLACE, sidecar: 'rewrite' },
  { type: 'mark', file: { ...FILE, status: 'corrupted', revision: 16 }, place: PLACE, sidecar: 'keep' },
];
const OWNER = { segment: 5, salt: 0x1234 };

function frameOf(records: readonly LogRecord[]): Buffer {
  const parts = records.flatMap(encodeRecord);
  return Buffer.concat([frameHeader({ ...OWNER, number: 42, records: parts, count: records.length }), ...parts]);
}

/** Записи кадра; undefined, если он не цел. */
function read(bytes: Buffer, at = 0): LogRecord[] | undefined {
  const header = readFrameHeader(bytes, at, OWNER);
  return header && readFramePayload(bytes, at, header);
}

test('записи всех видов читаются такими же, какими записаны', () => {
  const frame = frameOf(RECORDS);
  const records = read(frame);
  assert.equal(
    JSON.stringify(records),
    JSON.stringify(
      JSON.parse(JSON.stringify(RECORDS)).map((record: LogRecord, index: number) => restoreBytes(record, index)),
    ),
  );
  assert.deepEqual(records?.map(revisionOf), [9, 10, 11, 12, 13, 14, 15, 16]);
  const first = records?.[0];
  assert.ok(first?.type === 'put' && 'inline' in first.bytes);
  assert.deepEqual(Buffer.from(first.bytes.inline), Buffer.from('байты'));
});

/** JSON.stringify у Buffer и у его среза одинаков, поэтому сравнение идёт по нему же. */
function restoreBytes(record: LogRecord, index: number): LogRecord {
  const source = RECORDS[index];
  return record.type === 'put' && source?.type === 'put' && 'inline' in source.bytes
    ? { ...record, bytes: { inline: Buffer.from(source.bytes.inline) } }
    : record;
}

test('номера кадра, сегмента и длина записаны там, где обещает таблица байтов', () => {
  const frame = frameOf(RECORDS);
  assert.equal(frame.toString('latin1', 0, 4), 'AWF1');
  assert.equal(frame.readBigUInt64LE(8), BigInt(OWNER.segment));
  assert.equal(frame.readBigUInt64LE(16), 42n);
  assert.equal(frame.readUInt32LE(24), frame.length - FRAME_HEADER_BYTES);
  assert.equal(frame.readUInt32LE(32), RECORDS.length);
  assert.equal(frame.readUInt32LE(36), OWNER.salt);
});

test('кадр, обрезанный на любом байте, не читается', () => {
  const frame = frameOf(RECORDS);
  for (let length = 0; length < frame.length; length += 1)
    assert.equal(read(frame.subarray(0, length)), undefined, `байт ${length}`);
});

test('недописанный кадр среди нулей и среди остатков прежней жизни сегмента не читается', () => {
  const frame = frameOf(RECORDS);
  for (let length = 0; length < frame.length; length += 1) {
    const segment = Buffer.alloc(frame.length + 100, length % 2 === 0 ? 0 : 0x41);
    frame.copy(segment, 0, 0, length);
    if (segment.subarray(0, frame.length).equals(frame)) continue;
    assert.equal(read(segment), undefined, `байт ${length}`);
  }
});

test('любой перевёрнутый бит кадра замечен', () => {
  const frame = frameOf(RECORDS.slice(0, 1));
  for (let bit = 0; bit < frame.length * 8; bit += 1) {
    const broken = Buffer.from(frame);
    broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(read(broken), undefined, `бит ${bit}`);
  }
});

test('кадр прежней жизни файла — с другим номером сегмента или другой солью — чужой', () => {
  assert.equal(readFrameHeader(frameOf(RECORDS), 0, { ...OWNER, segment: 6 }), undefined);
  assert.equal(readFrameHeader(frameOf(RECORDS), 0, { ...OWNER, salt: 0 }), undefined);
});

test('кадр с верной суммой, но не по формату — порча, а не тихий пропуск', () => {
  const record = Buffer.concat(encodeRecord({ type: 'mode', mode: 'ro', revision: 1 }));
  const framed = (parts: Buffer[], count: number): Buffer =>
    Buffer.concat([frameHeader({ ...OWNER, number: 1, records: parts, count }), ...parts]);
  const unknownType = Buffer.from(record);
  unknownType.writeUInt32LE(99, 4);
  const tooLong = Buffer.from(record);
  tooLong.writeUInt32LE(record.length + 1, 0);
  const brokenJson = Buffer.from(record);
  brokenJson[20] = 0x21;
  for (const [name, parts, count] of [
    ['вид неизвестен', [unknownType], 1],
    ['длина больше кадра', [tooLong], 1],
    ['длина нулевая', [Buffer.alloc(24)], 1],
    ['записей не столько', [record], 2],
    ['обрывок вместо записи', [record, Buffer.alloc(3)], 1],
    ['не JSON', [brokenJson], 1],
  ] as const) {
    assert.throws(() => read(framed([...parts], count)), { name: 'LogDamaged' }, name);
  }
});
