// Движок на маленьком диске: малые сегменты журнала, малый запас.
import { join } from 'node:path';
import { openStore, type Store } from '../src/engine/store.ts';
import type { StoreOptions } from '../src/engine/store-options.ts';
import { putFile } from '../src/files/put-file.ts';

export function openFullDiskStore(
  dir: string,
  onFatal: (error: unknown) => void = () => undefined,
  change: Pick<StoreOptions, 'ballastBytes' | 'clock'> = {},
): Promise<Store> {
  return openStore({
    dataDir: join(dir, 'data'),
    walDir: join(dir, 'wal'),
    mode: 'edit',
    space: { capacityBytesMax: undefined, reserveBytes: 8 << 20 },
    walLimits: { segmentBytes: 4 << 20, segmentsMax: 4 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    hooks: { onFatal },
    ...change,
  });
}

export async function putBytes(store: Store, fileId: string, bytes: AsyncIterable<Uint8Array> | Buffer): Promise<void> {
  const body = Buffer.isBuffer(bytes) ? oneChunk(bytes) : bytes;
  await putFile(store, {
    fileId,
    intent: {
      originalFilename: 'файл.bin',
      contentType: 'application/octet-stream',
      description: '',
      tags: [],
      metadata: {},
      retentionPolicy: 'temporary',
      ttlDays: 30,
      uploadedBy: 'проверка',
    },
    body,
    declaredLength: undefined,
    lengthMax: undefined,
    sha256: undefined,
    fileBytesMax: 1 << 30,
    signal: new AbortController().signal,
  });
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
