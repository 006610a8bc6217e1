// Байты журнала. Чистая комната: запись собирается и разбирается в памяти.
//
// Журнал — это сегменты, сегмент — подряд идущие кадры, кадр — всё, что накопилось к одному сбросу.
//
// Кадр, 40 байт заголовка и записи (числа от младшего байта):
//    0  u32  магия 'AWF1'
//    4  u32  CRC-32 байтов 8..39 заголовка
//    8  u64  номер сегмента: остатки прежней жизни файла не сойдут за свои
//   16  u64  номер кадра, растёт на единицу через все сегменты
//   24  u32  длина записей
//   28  u32  CRC-32 записей
//   32  u32  сколько записей
//   36  u32  соль журнала этого элемента: байты файла, похожие на кадр, за кадр не сойдут
// Запись:
//    0  u32  длина записи целиком
//    4  u32  вид: 1 put, 2 patch, 3 remove, 4 mode, 5 mark
//    8  u64  revision
//   16  u32  длина JSON
//   20       JSON, за ним байты файла, если это put с байтами внутри
//
// Кадр пишется, только когда предыдущий сброшен. Поэтому испорченный кадр, за которым есть целый,
// был сброшен и испорчен позже — это порча; испорченный последний — недописанный хвост.
import { crc32 } from 'node:zlib';
import type { StorageMode } from '../files/mode.ts';
import type { StoredFile } from '../files/file.ts';
import { attrFromJson, attrToJson } from './attr.ts';
import type { Place } from './layout.ts';

export const FRAME_HEADER_BYTES = 40;
const RECORD_HEADER_BYTES = 20;
const FRAME_MAGIC = 0x31465741;
export const FRAME_MAGIC_BYTES = Buffer.from('AWF1', 'latin1');

export type RemoveReason = 'expired' | 'trash';

export type LogRecord =
  | {
      readonly type: 'put';
      readonly file: StoredFile;
      readonly place: Place;
      /** Байты внутри записи либо имя в staging. */
      readonly bytes: { readonly inline: Uint8Array } | { readonly staged: string };
    }
  | { readonly type: 'patch'; readonly file: StoredFile; readonly place: Place }
  | {
      readonly type: 'remove';
      readonly fileId: string;
      readonly place: Place;
      readonly reason: RemoveReason;
      readonly removedAt: string;
      readonly revision: number;
    }
  | { readonly type: 'mode'; readonly mode: StorageMode; readonly revision: number }
  | {
      /** Пометка движка: содержимое или описание испорчено, пропало или снова цело. */
      readonly type: 'mark';
      readonly file: StoredFile;
      readonly place: Place;
      /** keep — описание на диске не читается, и его байты остаются как есть: о пометке знает только каталог. */
      readonly sidecar: 'rewrite' | 'keep';
    };

const TYPE_CODES = { put: 1, patch: 2, remove: 3, mode: 4, mark: 5 } as const;
const EMPTY = new Uint8Array(0);

/** Кадр или запись не разобрать: говорит, что именно не так. */
export class LogDamaged extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'LogDamaged';
  }
}

export function revisionOf(record: LogRecord): number {
  return 'file' in record ? record.file.revision : record.revision;
}

/** Запись в байтах: заголовок с JSON и, отдельным куском без копии, байты файла. */
export function encodeRecord(record: LogRecord): Uint8Array[] {
  const json = Buffer.from(recordJson(record));
  const inline = record.type === 'put' && 'inline' in record.bytes ? record.bytes.inline : EMPTY;
  const head = Buffer.allocUnsafe(RECORD_HEADER_BYTES + json.length);
  head.writeUInt32LE(head.length + inline.byteLength, 0);
  head.writeUInt32LE(TYPE_CODES[record.type], 4);
  head.writeBigUInt64LE(BigInt(revisionOf(record)), 8);
  head.writeUInt32LE(json.length, 16);
  json.copy(head, RECORD_HEADER_BYTES);
  return inline.byteLength === 0 ? [head] : [head, inline];
}

function recordJson(record: LogRecord): string {
  switch (record.type) {
    case 'put': {
      const staged = 'staged' in record.bytes ? record.bytes.staged : null;
      return `{"place":${JSON.stringify(record.place)},"staged":${JSON.stringify(staged)},"attr":${attrToJson(record.file)}}`;
    }
    case 'patch':
      return `{"place":${JSON.stringify(record.place)},"attr":${attrToJson(record.file)}}`;
    case 'mark':
      return `{"place":${JSON.stringify(record.place)},"sidecar":"${record.sidecar}","attr":${attrToJson(record.file)}}`;
    case 'remove':
      return JSON.stringify({
        place: record.place,
        file_id: record.fileId,
        reason: record.reason,
        removed_at: record.removedAt,
      });
    case 'mode':
      return JSON.stringify({ mode: record.mode });
  }
}

/** Заголовок кадра для уже собранных записей. */
export function frameHeader(frame: {
  segment: number;
  salt: number;
  number: number;
  records: readonly Uint8Array[];
  count: number;
}): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  let length = 0;
  let sum = 0;
  for (const part of frame.records) {
    length += part.byteLength;
    sum = crc32(part, sum);
  }
  header.writeUInt32LE(FRAME_MAGIC, 0);
  header.writeBigUInt64LE(BigInt(frame.segment), 8);
  header.writeBigUInt64LE(BigInt(frame.number), 16);
  header.writeUInt32LE(length, 24);
  header.writeUInt32LE(sum, 28);
  header.writeUInt32LE(frame.count, 32);
  header.writeUInt32LE(frame.salt, 36);
  header.writeUInt32LE(crc32(header.subarray(8)), 4);
  return header;
}

export interface FrameHeader {
  readonly number: number;
  readonly payloadBytes: number;
  readonly payloadCrc: number;
  readonly count: number;
}

/** Чьи кадры признаются своими. */
export interface FrameOwner {
  readonly segment: number;
  readonly salt: number;
}

/** Читает заголовок кадра этого сегмента; undefined, если его здесь нет или он не сходится. */
export function readFrameHeader(bytes: Buffer, offset: number, owner: FrameOwner): FrameHeader | undefined {
  if (offset + FRAME_HEADER_BYTES > bytes.length) return undefined;
  const header = bytes.subarray(offset, offset + FRAME_HEADER_BYTES);
  if (header.readUInt32LE(0) !== FRAME_MAGIC) return undefined;
  if (header.readUInt32LE(4) !== crc32(header.subarray(8))) return undefined;
  if (header.readBigUInt64LE(8) !== BigInt(owner.segment) || header.readUInt32LE(36) !== owner.salt) return undefined;
  return {
    number: Number(header.readBigUInt64LE(16)),
    payloadBytes: header.readUInt32LE(24),
    payloadCrc: header.readUInt32LE(28),
    count: header.readUInt32LE(32),
  };
}

/** Записи кадра; undefined, если они не дописаны или испорчены. Бросает LogDamaged, если сумма верна, а формат нет. */
export function readFramePayload(bytes: Buffer, offset: number, header: FrameHeader): LogRecord[] | undefined {
  const start = offset + FRAME_HEADER_BYTES;
  const end = start + header.payloadBytes;
  if (end > bytes.length) return undefined;
  const payload = bytes.subarray(start, end);
  if (crc32(payload) !== header.payloadCrc) return undefined;
  const records: LogRecord[] = [];
  for (let at = 0; at < payload.length; ) {
    const length = payload.length - at < RECORD_HEADER_BYTES ? 0 : payload.readUInt32LE(at);
    if (length < RECORD_HEADER_BYTES || at + length > payload.length) {
      throw new LogDamaged(`длина записи ${length} не укладывается в кадр`);
    }
    records.push(decodeOrRefuse(payload.subarray(at, at + length)));
    at += length;
  }
  if (records.length !== header.count) throw new LogDamaged('в кадре не столько записей, сколько заявлено');
  return records;
}

interface RecordFields {
  place?: Place;
  attr?: unknown;
  staged?: string | null;
  sidecar?: 'rewrite' | 'keep';
  file_id?: string;
  reason?: RemoveReason;
  removed_at?: string;
  mode?: StorageMode;
}

function decodeOrRefuse(bytes: Buffer): LogRecord {
  try {
    return decodeRecord(bytes);
  } catch (error) {
    throw error instanceof LogDamaged ? error : new LogDamaged('запись журнала не по формату', error);
  }
}

function decodeRecord(bytes: Buffer): LogRecord {
  const type = bytes.readUInt32LE(4);
  const revision = Number(bytes.readBigUInt64LE(8));
  const jsonEnd = RECORD_HEADER_BYTES + bytes.readUInt32LE(16);
  // Сумма кадра уже сошлась: JSON писал этот же движок, поэтому проверяются наличие полей и описание файла.
  const fields = JSON.parse(bytes.toString('utf8', RECORD_HEADER_BYTES, jsonEnd)) as RecordFields;
  const { place, mode, reason } = fields;
  if (type === TYPE_CODES.mode && mode) return { type: 'mode', mode, revision };
  if (type === TYPE_CODES.remove && place && reason && fields.file_id && fields.removed_at) {
    return { type: 'remove', fileId: fields.file_id, place, reason, removedAt: fields.removed_at, revision };
  }
  if (place && fields.attr) {
    const file = attrFromJson(JSON.stringify(fields.attr));
    if (type === TYPE_CODES.patch) return { type: 'patch', file, place };
    if (type === TYPE_CODES.mark && fields.sidecar) return { type: 'mark', file, place, sidecar: fields.sidecar };
    if (type === TYPE_CODES.put) {
      const staged = fields.staged;
      return { type: 'put', file, place, bytes: staged ? { staged } : { inline: bytes.subarray(jsonEnd) } };
    }
  }
  throw new LogDamaged(`запись вида ${type} этой версии неизвестна или неполна`);
}
