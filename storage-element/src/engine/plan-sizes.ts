// Сколько места движок оставляет себе. Заданное настройкой берётся как есть; умолчания на малом диске уменьшаются,
// чтобы журнал и запасы не съели его целиком. Чистые вычисления.

export interface SizeSettings {
  /** Запас под описания и указатель, байт. */
  readonly reserveBytes: number | undefined;
  readonly ballastBytes: number | undefined;
  /** Журнал целиком, байт. */
  readonly logBytesMax: number | undefined;
}

export interface PlannedSizes {
  readonly reserveBytes: number;
  readonly ballastBytes: number;
  readonly wal: { readonly segmentBytes: number; readonly segmentsMax: number; readonly frameBytesMax: number };
}

const MIB = 1 << 20;
const RESERVE_BYTES = 64 * MIB;
const BALLAST_BYTES = 64 * MIB;
const LOG_BYTES = 384 * MIB;
const SEGMENT_BYTES = 16 * MIB;
/** Меньше нельзя: в сегмент обязан войти кадр, а в кадр — самая длинная запись с байтами внутри. */
const SEGMENT_BYTES_MIN = 512 << 10;
const SEGMENTS_MIN = 4;
const FRAME_BYTES_MAX = 4 * MIB;

/** Меньше этого журнал не бывает: SE_WAL_MAX проверяется при чтении настроек. */
export const LOG_BYTES_MIN = SEGMENT_BYTES_MIN * SEGMENTS_MIN;

/** diskBytes — весь диск каталога данных. */
export function planSizes(diskBytes: number, settings: SizeSettings): PlannedSizes {
  const logBytes = settings.logBytesMax ?? Math.max(LOG_BYTES_MIN, atMost(LOG_BYTES, diskBytes / 8));
  const segmentBytes = Math.max(SEGMENT_BYTES_MIN, Math.min(SEGMENT_BYTES, blocks(logBytes / 8)));
  return {
    reserveBytes: settings.reserveBytes ?? atMost(RESERVE_BYTES, diskBytes / 16),
    ballastBytes: settings.ballastBytes ?? atMost(BALLAST_BYTES, diskBytes / 32),
    wal: {
      segmentBytes,
      segmentsMax: Math.max(SEGMENTS_MIN, Math.floor(logBytes / segmentBytes)),
      frameBytesMax: Math.min(FRAME_BYTES_MAX, segmentBytes / 2),
    },
  };
}

function atMost(bytes: number, share: number): number {
  return Math.min(bytes, blocks(share));
}

/** Вниз до целых блоков. */
function blocks(bytes: number): number {
  return Math.floor(bytes / 4096) * 4096;
}
