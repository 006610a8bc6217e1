// Где в журнале последний кадр: порча в нём неотличима от недописанного хвоста, испытания порчи его обходят.
import { createLayout } from '../../src/engine/layout.ts';
import { readFrameHeader } from '../../src/engine/wal-record.ts';
import type { MemoryImage } from './memory-image.ts';

const LAYOUT = createLayout('/element/data', '/element/wal');
const HEADER_BYTES = 40;

/** Лежит ли байт в последнем кадре журнала или за ним. */
export function isInLastFrame(image: MemoryImage, name: string, byte: number): boolean {
  const from = readPosition(image);
  if (from === undefined || !name.endsWith('.log')) return false;
  let last: { path: string; start: number } | undefined;
  let number = from.frame;
  for (let segment = from.segment; ; segment += 1) {
    const path = LAYOUT.segment(segment);
    const inode = image.find(path);
    if (inode === undefined) break;
    const bytes = image.content(inode);
    for (let at = segment === from.segment ? from.offset : 0; ; ) {
      const header = readFrameHeader(bytes, at, { segment, salt: from.salt });
      if (header?.number !== number) break;
      last = { path, start: at };
      at += HEADER_BYTES + header.payloadBytes;
      number += 1;
    }
  }
  return last?.path === `/element/wal/${name}` && byte >= last.start;
}

function readPosition(
  image: MemoryImage,
): { segment: number; offset: number; frame: number; salt: number } | undefined {
  const inode = image.find(LAYOUT.checkpoint);
  return inode === undefined
    ? undefined
    : (JSON.parse(image.content(inode).toString()) as ReturnType<typeof readPosition>);
}
