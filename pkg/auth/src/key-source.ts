// Откуда берутся открытые ключи. Модуль управления даёт свои, остальные — из опубликованного набора (JWKS).
import type { KeyObject, webcrypto } from 'node:crypto';

export interface KeySource {
  /** Ключ по имени. UNAUTHORIZED — такого нет; NOT_READY — узнать негде. */
  key(kid: string): Promise<webcrypto.CryptoKey | KeyObject>;
  /** Меняется вместе с набором ключей; проверка по ней забывает прежние итоги. Нет метода — набор постоянен. */
  generation?(): number;
}
