// Repr-Digest запроса (RFC 9530, 3): из словаря сумм берётся sha-256. Чистый файл.

import { ArtError } from '@artstore/contracts';

/**
 * Запись суммы для элемента хранения; undefined — суммы sha-256 в заголовке нет.
 * @throws VALIDATION_ERROR — негодную сумму нельзя пропустить молча: отправитель думал бы, что она проверена.
 */
export function parseDigest(header: string | undefined): string | undefined {
  const members = (header ?? '').split(',').map((member) => member.trim());
  // Повтор ключа в словаре: действует последний (RFC 8941, 3.2).
  const member = members.findLast((candidate) => /^sha-256\s*=/.test(candidate));
  if (member === undefined) return undefined;
  const encoded = /^sha-256\s*=\s*:([A-Za-z0-9+/]{43}=):\s*(?:;.*)?$/.exec(member)?.[1];
  if (encoded === undefined) {
    throw new ArtError('VALIDATION_ERROR', {
      details: [{ field: 'header.Repr-Digest', message: 'must be sha-256=:<base64 of 32 bytes>:' }],
    });
  }
  return `sha-256=:${encoded}:`;
}
