// Сертификат и ключ с диска. cert-manager обновляет их на ходу, поэтому чтение повторяемо.
import { X509Certificate, createPrivateKey } from 'node:crypto';
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
  try {
    requireMatch({ cert, key });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `сертификат ${certFile} и ключ ${keyFile} не годятся или не подходят друг к другу: ${reason}`;
    throw new Error(message, { cause });
  }
  return { cert, key };
}

/** Пустой файл createSecureContext принимает за «не задано» и молча остаётся без ключа: пара сверяется явно. */
function requireMatch({ cert, key }: TlsPair): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error('ключ не от этого сертификата');
  createSecureContext({ cert, key });
}
