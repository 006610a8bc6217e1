// Имя нового файла и жребий его места. С ключом повтора оно выводится из отправителя и ключа: повтор находит тот же файл
// без всякой памяти в модуле. Без ключа — UUIDv7, чтобы соседние по времени файлы были соседями и в индексах.

import { createHash, randomUUIDv7 } from 'node:crypto';

/** UUIDv8 (RFC 9562, 5.8) из SHA-256 отправителя и ключа; длина отправителя не даёт склеить чужую пару. */
export function deriveFileId(caller: string, idempotencyKey: string): string {
  const digest = createHash('sha256')
    .update(`${Buffer.byteLength(caller)}:`)
    .update(caller)
    .update(idempotencyKey)
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function newFileId(): string {
  return randomUUIDv7();
}

/** Жребий пары «файл — элемент» для choose-element.ts: равномерен и одинаков во всех экземплярах модуля. */
export function drawLot(fileId: string, elementId: string): number {
  const digest = createHash('sha256').update(fileId).update('\0').update(elementId).digest();
  // 52 бита и половинка: число лежит строго между 0 и 1, его логарифм конечен и не ноль.
  return (Number(digest.readBigUInt64BE(0) >> 12n) + 0.5) / 2 ** 52;
}
