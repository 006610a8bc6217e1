// Чтение журнала при запуске: кадры по порядку от контрольной точки до последнего целого.
// Недописанный хвост откладывается в сторону; порча до хвоста — отказ запускаться с указанием места.
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import type { Layout } from './layout.ts';
import { segmentSequence } from './layout.ts';
import type { WalPosition } from './wal.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_MAGIC_BYTES,
  type FrameHeader,
  LogDamaged,
  type LogRecord,
  readFrameHeader,
  readFramePayload,
  revisionOf,
} from './wal-record.ts';

/** Сколько байт недописанного хвоста откладывается для разбора. */
const TORN_TAIL_BYTES_MAX = 8 << 20;

export interface LogEnd {
  readonly nextFrame: number;
  readonly revision: number;
  /** Все сегменты на диске, по возрастанию номера. */
  readonly segments: readonly number[];
  /** Куда отложен хвост, если он был. */
  readonly tornTail: string | undefined;
}

/** Номера сегментов в каталоге журнала, по возрастанию. Недозаполненные заготовки убираются. */
export function listSegments(disk: Disk, layout: Layout): number[] {
  const names = disk.list(layout.walDir);
  for (const name of names.filter((each) => each.endsWith('.new'))) disk.remove(join(layout.walDir, name));
  return names
    .map(segmentSequence)
    .filter((sequence) => sequence !== undefined)
    .sort((a, b) => a - b);
}

/**
 * Отдаёт записи кадр за кадром, начиная с from; в конце возвращает, где журнал кончился.
 * Бросает LogDamaged, если испорчено сброшенное.
 */
export function* readLog(disk: Disk, layout: Layout, from: WalPosition): Generator<LogRecord[], LogEnd> {
  const segments = listSegments(disk, layout);
  const live = segments.filter((sequence) => sequence >= from.segment);
  checkUnbroken(live, from);
  let nextFrame = from.frame;
  let revision = from.revision;
  let tornTail: string | undefined;
  for (const [index, segment] of live.entries()) {
    const bytes = disk.readSmall(layout.segment(segment)) ?? Buffer.alloc(0);
    let offset = index === 0 && segment === from.segment ? from.offset : 0;
    for (;;) {
      const frame = readFrame(bytes, offset, { segment, number: nextFrame });
      if (!frame) break;
      yield frame.records;
      const last = frame.records.at(-1);
      if (last) revision = revisionOf(last);
      nextFrame += 1;
      offset += FRAME_HEADER_BYTES + frame.header.payloadBytes;
    }
    const here: Stop = { segment, offset, number: nextFrame };
    const later = live.slice(index + 1);
    refuseDamage(bytes, here, firstFrameOf(disk, layout, later));
    if (later.length === 0 || !continuesIn(disk, layout, later[0], nextFrame)) {
      tornTail = keepTornTail(disk, layout, bytes, here);
      break;
    }
  }
  return { nextFrame, revision, segments, tornTail };
}

interface Stop {
  readonly segment: number;
  readonly offset: number;
  /** Номер кадра, который здесь ожидался. */
  readonly number: number;
}

function checkUnbroken(live: readonly number[], from: WalPosition): void {
  const first = live[0];
  if (first === undefined ? from.offset > 0 : first !== from.segment) {
    throw new LogDamaged(`нет сегмента журнала ${from.segment}, с которого начинается повтор`);
  }
  for (const [index, segment] of live.entries()) {
    if (segment !== from.segment + index) throw new LogDamaged(`пропал сегмент журнала ${from.segment + index}`);
  }
}

function readFrame(
  bytes: Buffer,
  offset: number,
  expected: { segment: number; number: number },
): { header: FrameHeader; records: LogRecord[] } | undefined {
  const header = readFrameHeader(bytes, offset, expected.segment);
  if (header?.number !== expected.number) return undefined;
  const records = readFramePayload(bytes, offset, header);
  return records && { header, records };
}

/** Номер первого целого кадра в следующих сегментах, если он там есть. */
function firstFrameOf(disk: Disk, layout: Layout, later: readonly number[]): number | undefined {
  for (const segment of later) {
    const bytes = disk.readSmall(layout.segment(segment)) ?? Buffer.alloc(0);
    const header = readFrameHeader(bytes, 0, segment);
    if (header) return header.number;
  }
  return undefined;
}

function continuesIn(disk: Disk, layout: Layout, segment: number | undefined, number: number): boolean {
  return segment !== undefined && firstFrameOf(disk, layout, [segment]) === number;
}

/** За испорченным местом есть кадр новее ожидаемого — значит, ожидаемый был сброшен и испорчен позже. */
function refuseDamage(bytes: Buffer, stop: Stop, laterFrame: number | undefined): void {
  const damaged = (found: number) =>
    new LogDamaged(
      `журнал испорчен: сегмент ${stop.segment}, байт ${stop.offset}: кадр ${stop.number} не читается, а кадр ${found} за ним цел`,
    );
  if (laterFrame !== undefined && laterFrame > stop.number) throw damaged(laterFrame);
  for (let at = bytes.indexOf(FRAME_MAGIC_BYTES, stop.offset); at >= 0; at = bytes.indexOf(FRAME_MAGIC_BYTES, at + 1)) {
    const header = readFrameHeader(bytes, at, stop.segment);
    if (header && header.number > stop.number) throw damaged(header.number);
  }
}

/** Недописанный кадр никому не был обещан; его байты остаются для разбора. */
function keepTornTail(disk: Disk, layout: Layout, bytes: Buffer, stop: Stop): string | undefined {
  const header = readFrameHeader(bytes, stop.offset, stop.segment);
  if (header?.number !== stop.number) return undefined;
  const end = Math.min(stop.offset + FRAME_HEADER_BYTES + header.payloadBytes, stop.offset + TORN_TAIL_BYTES_MAX);
  disk.makeDirectory(layout.tornTails);
  const path = join(layout.tornTails, `${stop.segment}-${stop.offset}.bin`);
  disk.writeSmall(path, bytes.subarray(stop.offset, end), 'replace');
  return path;
}
