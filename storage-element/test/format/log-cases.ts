// Записи журнала, по одной каждого вида, и кадры из них.
import { encodeRecord, frameHeader, type LogRecord } from '../../src/engine/wal-record.ts';
import { SIDECAR_CASES } from './sidecar-cases.ts';

const { active, 'proto-metadata': odd, missing, corrupted } = SIDECAR_CASES;
if (!active || !odd || !missing || !corrupted) throw new Error('описаний для записей журнала нет');

const PLACE = { day: '20261123', bucket: 3 };
const BYTES = Buffer.from('содержимое малого файла\0и байт 255: \xff', 'latin1');

/** Кадры по порядку; в каждом — записи. */
export const LOG_FRAMES: readonly (readonly LogRecord[])[] = [
  [{ type: 'put', file: { ...active, size: BYTES.length, revision: 1 }, place: PLACE, bytes: { inline: BYTES } }],
  [
    {
      type: 'put',
      file: { ...odd, revision: 2 },
      place: PLACE,
      bytes: { staged: 'ac1d0000-0000-4000-8000-000000000001.part' },
    },
    { type: 'patch', file: { ...active, description: 'правка', version: 2, revision: 3 }, place: PLACE },
    { type: 'mark', file: { ...missing, version: 2, revision: 4 }, place: PLACE, sidecar: 'rewrite' },
  ],
  [
    { type: 'mark', file: { ...corrupted, revision: 5 }, place: PLACE, sidecar: 'keep' },
    {
      type: 'remove',
      fileId: active.fileId,
      place: PLACE,
      reason: 'expired',
      removedAt: '2026-12-24T12:00:00.000Z',
      revision: 6,
    },
    {
      type: 'remove',
      fileId: odd.fileId,
      place: PLACE,
      reason: 'trash',
      removedAt: '2026-12-24T12:00:00.001Z',
      revision: 7,
    },
    { type: 'mode', mode: 'ar', revision: 8 },
  ],
];

export const LOG_SEGMENT = 5;
export const LOG_SALT = 0xdeadbeef;
export const LOG_FIRST_FRAME = 40;

/** Кадры подряд, как в сегменте. */
export function encodeFrames(): Buffer {
  const parts = LOG_FRAMES.flatMap((frame, index) => {
    const records = frame.flatMap(encodeRecord);
    const header = { segment: LOG_SEGMENT, salt: LOG_SALT, number: LOG_FIRST_FRAME + index };
    return [frameHeader({ ...header, records, count: frame.length }), ...records];
  });
  return Buffer.concat(parts);
}
