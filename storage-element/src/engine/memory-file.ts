// Байты в памяти под видом открытого файла: так читается то, что подтверждено, но ещё не разложено.
import type { DiskFile } from './disk.ts';

/** Только для чтения. */
export function memoryFile(bytes: Uint8Array): DiskFile {
  const readOnly = (): Promise<never> => Promise.reject(new Error('этот файл только читают'));
  return {
    write: readOnly,
    datasync: readOnly,
    read: async (buffer, position) => {
      const part = bytes.subarray(position, position + buffer.byteLength);
      buffer.set(part);
      return part.byteLength;
    },
    size: async () => bytes.byteLength,
    close: async () => undefined,
  };
}
