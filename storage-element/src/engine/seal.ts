// Печать: контрольная сумма последним полем JSON. Чистая комната.
// Сумма считается по тексту без этого поля, поэтому проверка не зависит от разбора JSON.
import { createHash } from 'node:crypto';

/** Печати нет или она не сходится; говорит, что именно. */
export class SealBroken extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SealBroken';
  }
}

/** Объект JSON одной строкой с SHA-256 в последнем поле. */
export function seal(json: string, field: string): string {
  return `${json.slice(0, -1)},"${field}":"${sha256(json)}"}\n`;
}

/** Снимает печать и возвращает исходный JSON. Бросает SealBroken. */
export function unseal(text: string, field: string): string {
  const tail = new RegExp(`,"${field}":"([0-9a-f]{64})"\\}\\n$`).exec(text);
  if (!tail) throw new SealBroken('нет контрольной суммы в конце');
  const json = `${text.slice(0, tail.index)}}`;
  if (sha256(json) !== tail[1]) throw new SealBroken('контрольная сумма не сходится');
  return json;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
