// Полоса хода работы. Только на терминале: в файле журнала и в конвейере она лишь мусор.

import { humanSize, shown } from './output.ts';
import type { Messages } from './messages.ts';
import type { Room } from './room.ts';

export interface Progress {
  /** Сколько байт уже пройдено. */
  readonly at: (bytes: number) => void;
  /** Стирает полосу. */
  readonly clear: () => void;
}

const REDRAW_MS = 100;
const BAR_CELLS = 24;

export function openProgress(room: Room, o: { label: string; total: number; quiet: boolean }): Progress {
  const { stderr } = room;
  if (o.quiet || stderr.isTTY !== true) return { at: () => undefined, clear: () => undefined };
  const startedMs = performance.now();
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    at(bytes) {
      const nowMs = performance.now();
      if (nowMs - drawnMs < REDRAW_MS && bytes < o.total) return;
      drawnMs = nowMs;
      drawn = true;
      stderr.write(
        `\r\u001b[K${drawBar({ ...o, text: room.text, bytes, seconds: (nowMs - startedMs) / 1000, columns: stderr.columns ?? 80 })}`,
      );
    },
    clear() {
      if (drawn) stderr.write('\r\u001b[K');
      drawn = false;
    },
  };
}

interface Bar {
  readonly text: Messages;
  readonly label: string;
  readonly total: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly columns: number;
}

function drawBar({ text, label, total, bytes, seconds, columns }: Bar): string {
  const share = total === 0 ? 1 : Math.min(bytes / total, 1);
  const filled = Math.round(share * BAR_CELLS);
  const speed = seconds > 0.2 ? ` ${humanSize(text, bytes / seconds)}${text.units.perSecond}` : '';
  const tail = ` [${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}] ${String(Math.floor(share * 100)).padStart(3)}%${speed}`;
  const room = Math.max(columns - tail.length - 1, 8);
  const name = Array.from(shown(label));
  return `${name.length > room ? `${name.slice(0, room - 1).join('')}…` : name.join('')}${tail}`;
}
