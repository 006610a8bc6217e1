// Тело multipart/form-data руками: проверкам нужны и правильные формы, и испорченные.

import { Readable } from 'node:stream';
import type { Content } from './content.ts';

export const BOUNDARY = 'e2e-boundary-4f1c9a55';

export interface FilePart {
  readonly field?: string;
  readonly filename: string;
  readonly contentType?: string;
  readonly content: Content;
}

export interface Form {
  readonly contentType: string;
  readonly bytes: number;
  stream(): Readable;
}

function quote(text: string): string {
  // WHATWG: в имени экранируются только кавычка и переводы строк.
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Складывает форму: поля, затем файлы. */
export function buildForm(fields: Readonly<Record<string, string>>, files: readonly FilePart[]): Form {
  const pieces: (Buffer | Content)[] = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  for (const { field = 'file', filename, contentType = 'application/octet-stream', content } of files) {
    const head = `Content-Disposition: form-data; name="${field}"; filename="${quote(filename)}"\r\nContent-Type: ${contentType}`;
    pieces.push(Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${BOUNDARY}--\r\n`));
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    bytes: pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.bytes), 0),
    stream: () => Readable.from(flow(pieces), { objectMode: false }),
  };
}

async function* flow(pieces: readonly (Buffer | Content)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else yield* piece.stream();
  }
}
