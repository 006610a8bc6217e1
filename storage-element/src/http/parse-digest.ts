// Ожидаемая сумма из заголовка Repr-Digest (RFC 9530, 3; словарь по RFC 8941). Чистый разбор.
import { ArtError } from '@artstore/contracts';

const SHA256_MEMBER = /^sha-256[ \t]*=[ \t]*:([A-Za-z0-9+/]{43}=):[ \t]*(?:;.*)?$/;

/**
 * SHA-256 в шестнадцатеричной записи; undefined, если суммы по этому алгоритму в заголовке нет.
 * Негодную запись sha-256 нельзя пропустить молча: отправитель думал бы, что сумма проверена.
 */
export function parseDigest(header: string | undefined): string | undefined {
  const members = header?.split(',').map((member) => member.trim()) ?? [];
  // Повтор ключа в словаре: действует последний (RFC 8941, 3.2).
  const member = members.findLast((candidate) => /^sha-256\b/.test(candidate));
  if (member === undefined) return undefined;
  const encoded = SHA256_MEMBER.exec(member)?.[1];
  if (encoded === undefined) {
    throw new ArtError('VALIDATION_ERROR', {
      details: [
        {
          field: 'header.Repr-Digest',
          message: 'must be sha-256=:<base64 of 32 bytes>:',
          ru: 'нужна запись sha-256=:<32 байта в base64>:',
        },
      ],
    });
  }
  return Buffer.from(encoded, 'base64').toString('hex');
}

/** Запись суммы для ответа. */
export function formatDigest(sha256Hex: string): string {
  return `sha-256=:${Buffer.from(sha256Hex, 'hex').toString('base64')}:`;
}
