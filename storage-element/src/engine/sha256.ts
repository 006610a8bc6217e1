// Счёт SHA-256 по частям: здесь же, в этом потоке, или в соседнем — тому, кто шлёт части, всё равно.
import { createHash } from 'node:crypto';

export interface Sha256 {
  /** Учитывает части по порядку; пока обещание не исполнено, память частей не меняют. */
  update(parts: readonly Uint8Array[]): Promise<void>;
  /** Сумма всего учтённого, шестнадцатеричная запись. Зовётся один раз, последним. */
  digest(): Promise<string>;
  /** Сумма не понадобится. */
  drop(): void;
}

/** large — тело велико: есть смысл считать в другом потоке. */
export type OpenSha256 = (large: boolean) => Sha256;

/** Счёт в этом потоке. */
export function openSha256Here(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: async (parts) => {
      for (const part of parts) hash.update(part);
    },
    digest: async () => hash.digest('hex'),
    drop: () => undefined,
  };
}
