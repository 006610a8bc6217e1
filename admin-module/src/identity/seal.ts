// Шифрование закрытых ключей для хранения в базе: AES-256-GCM главным ключом (NIST SP 800-38D).
// Вид записи: байт версии (1) | 12 байт одноразового числа | 16 байт метки | шифртекст.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export const MASTER_KEY_BYTES = 32;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Запись не расшифровалась: главный ключ другой, либо её подменили. */
export class SealBroken extends Error {
  constructor(cause: unknown) {
    super('запись не расшифровывается: главный ключ не тот, которым её шифровали, либо она повреждена', { cause });
    this.name = 'SealBroken';
  }
}

/** @param context имя записи: зашифрованное под одним именем под другим не откроется */
export function seal(masterKey: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), encrypted]);
}

/** @throws SealBroken */
export function unseal(masterKey: Buffer, sealed: Buffer, context: string): Buffer {
  const bodyStart = 1 + NONCE_BYTES + TAG_BYTES;
  if (sealed[0] !== VERSION || sealed.length <= bodyStart) throw new SealBroken('unknown format');
  const decipher = createDecipheriv('aes-256-gcm', masterKey, sealed.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, bodyStart));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(bodyStart)), decipher.final()]);
  } catch (cause) {
    throw new SealBroken(cause);
  }
}
