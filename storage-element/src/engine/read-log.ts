// Чтение журнала при запуске: кадры по порядку от контрольной точки до последнего целого.
// Недописанный хвост откладывается в сторону; порча до хвоста — отказ запускаться с указанием места.
import { join } from 'node:path';
import { type Disk, isNoSpace } from './disk.ts';
import type { Layout } from './layout.ts';
import { segmentSequence } from './layout.ts';
import type { WalPosition } from './wal.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_MAGIC_BYTES,
  type FrameOwner,
  LogDamaged,
  type LogRecord,
  readFrameHeader,
  readFramePayload,
  revisionOf,
} from './wal-record.ts';

/** Сколько байт недописанного хвоста откладывается для разбора. */
const TORN_TAIL_BYTES_MAX = 8 << 20;
/** Сколько последних хвостов хранится. */
const TORN_TAILS_MAX = 4;

export interface LogEnd {
  readonly nextFrame: number;
  readonly revision: number;
  /** Сегменты, с которых начинается и на которых кончается повтор, по возрастанию номера. */
  readonly segments: readonly number[];
  /** Где в последнем из них кончился последний целый кадр: отсюда журнал и продолжится, поверх недописанного. */
  readonly offset: number;
  /** Сегменты до точки: они отслужили. */
  readonly spare: readonly number[];
  /** Куда отложен хвост, если он был. */
  readonly tornTail: string | undefined;
}

/** Номера сегментов в каталоге журнала, по возрастанию. Недозаполненные заготовки убираются. */
function listSegments(disk: Disk, layout: Layout): number[] {
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
 *
 * История сбоя, из-за которой кадр придерживается до следующего: процесс погиб между записью кадра и сбросом
 * (или сброс отказал, и ядро назвало страницы чистыми). Следующий процесс читает кадр из памяти ядра, раскладывает его,
 * и тут выключается питание: кадра в журнале нет, а каталог о нём помнит. Таким бывает только последний кадр,
 * поэтому он переписывается и сбрасывается заново до раскладки.
 */
export async function* readLog(disk: Disk, layout: Layout, from: WalPosition): AsyncGenerator<LogRecord[], LogEnd> {
  const segments = listSegments(disk, layout);
  const live = segments.filter((sequence) => sequence >= from.segment);
  checkUnbroken(live, from);
  let held: Frame | undefined;
  const { salt } = from;
  let stop: Stop = { segment: from.segment, offset: from.offset, number: from.frame, salt };
  let offset = from.offset;
  let tornTail: string | undefined;
  for (const [index, segment] of live.entries()) {
    const bytes = disk.readSmall(layout.segment(segment)) ?? Buffer.alloc(0);
    offset = index === 0 ? from.offset : 0;
    refuseEmptied(bytes, segment, offset);
    for (;;) {
      const number = held === undefined ? from.frame : held.number + 1;
      const frame = readFrame(bytes, { segment, offset, number, salt });
      if (!frame) break;
      if (held) yield held.records;
      held = frame;
      offset += frame.bytes.length;
      stop = { segment, offset, number: number + 1, salt };
    }
    refuseDamage(bytes, { segment, offset, salt, isLast: index === live.length - 1 }, stop);
    if (index === live.length - 1) tornTail = keepTornTail(disk, layout, bytes, { ...stop, segment, offset });
  }
  const end = { segments: live, offset, spare: segments.filter((sequence) => sequence < from.segment), tornTail };
  if (!held) return { ...end, nextFrame: from.frame, revision: from.revision };
  await rewrite(disk, layout, held);
  yield held.records;
  const last = held.records.at(-1);
  return { ...end, nextFrame: held.number + 1, revision: last ? revisionOf(last) : from.revision };
}

/** Где остановились и какой кадр там ожидался. */
interface Stop extends FrameOwner {
  readonly offset: number;
  readonly number: number;
}

interface Frame extends Stop {
  readonly bytes: Buffer;
  readonly records: LogRecord[];
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

function readFrame(bytes: Buffer, at: Stop): Frame | undefined {
  const header = readFrameHeader(bytes, at.offset, at);
  if (header?.number !== at.number) return undefined;
  const records = readFramePayload(bytes, at.offset, header);
  const end = at.offset + FRAME_HEADER_BYTES + header.payloadBytes;
  return records && { ...at, bytes: bytes.subarray(at.offset, end), records };
}

async function rewrite(disk: Disk, layout: Layout, frame: Frame): Promise<void> {
  const file = await disk.open(layout.segment(frame.segment), 'update');
  try {
    await file.write([frame.bytes], frame.offset);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Сегмент заполняют до конца раньше, чем в него пишут: короче места, где остановились, он стать сам не мог. */
function refuseEmptied(bytes: Buffer, segment: number, offset: number): void {
  if (bytes.length > 0 && bytes.length >= offset) return;
  throw new LogDamaged(`журнал испорчен: сегмент ${segment} обрезан: в нём ${bytes.length} байт`);
}

/**
 * Отличает порчу от недописанного хвоста. Кадр был сброшен и испорчен позже, если за ним есть целый кадр новее
 * или начат следующий сегмент: то и другое делается только после сброса. Кадр, который не уместился в файл, обрезан
 * позже: сегмент заполнен до конца заранее, и кадры за его конец не заходят.
 */
function refuseDamage(bytes: Buffer, here: FrameOwner & { offset: number; isLast: boolean }, stop: Stop): void {
  const damaged = (proof: string) =>
    new LogDamaged(
      `журнал испорчен: сегмент ${stop.segment}, байт ${stop.offset}: кадр ${stop.number} не читается, а ${proof}`,
    );
  const unfinished = readFrameHeader(bytes, here.offset, here);
  if (unfinished?.number === stop.number) {
    if (!here.isLast) throw damaged('следующий сегмент начат');
    const end = here.offset + FRAME_HEADER_BYTES + unfinished.payloadBytes;
    if (end > bytes.length) throw damaged(`сегмент обрезан: в нём ${bytes.length} байт, а кадр кончается на ${end}`);
  }
  for (let at = bytes.indexOf(FRAME_MAGIC_BYTES, here.offset); at >= 0; at = bytes.indexOf(FRAME_MAGIC_BYTES, at + 1)) {
    const header = readFrameHeader(bytes, at, here);
    if (header && header.number > stop.number) throw damaged(`кадр ${header.number} за ним цел`);
  }
}

/** Недописанный кадр никому не был обещан; его байты остаются для разбора. */
function keepTornTail(disk: Disk, layout: Layout, bytes: Buffer, stop: Stop): string | undefined {
  const header = readFrameHeader(bytes, stop.offset, stop);
  if (header?.number !== stop.number) return undefined;
  const end = Math.min(stop.offset + FRAME_HEADER_BYTES + header.payloadBytes, stop.offset + TORN_TAIL_BYTES_MAX);
  const kept = disk.list(layout.tornTails).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  for (const name of kept.slice(0, Math.max(0, kept.length - TORN_TAILS_MAX + 1)))
    disk.remove(join(layout.tornTails, name));
  const path = join(layout.tornTails, `${stop.segment}-${stop.offset}.bin`);
  try {
    disk.makeDirectory(layout.tornTails);
    disk.writeSmall(path, bytes.subarray(stop.offset, end), 'replace');
  } catch (error) {
    // Хвост нужен только для разбора: из-за полного диска запуск не срывается.
    if (!isNoSpace(error)) throw error;
  }
  return path;
}
