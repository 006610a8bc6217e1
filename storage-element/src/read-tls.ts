// Сертификат и ключ с диска. cert-manager обновляет их на ходу, поэтому чтение повторяемо.
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsPair } from '@artstore/chassis';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Читает пару и проверяет, что ключ подходит к сертификату: наполовину обновлённая пара не пройдёт. */
export async function readTls({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  createSecureContext({ cert, key });
  return { cert, key };
}
