// Плиты памяти для больших тел: ровные, общие для потоков, служат по кругу.
// Ровные — чтобы диск брал байты прямо из них, мимо кэша страниц. Общие — чтобы поток, считающий сумму, читал их без копии.

/** Кратно странице и любому блоку диска. */
export const SLAB_BYTES = 128 << 10;
/**
 * Столько свободных плит ждёт следующей загрузки: по три (собирается, пишется, считается) на 64 разом. Лишние уходят
 * сборщику мусора, а он о памяти вне кучи узнаёт поздно.
 */
const FREE_SLABS_MAX = 192;
/** Сколько памяти на все собираемые пачки разом и сколько на одну. */
const BATCHES_BYTES_MAX = 8 << 20;
const BATCH_BYTES_MAX = 1 << 20;

/** По сколько байт собирать запись, когда идёт столько загрузок: целое число плит, неровная запись пошла бы через кэш. */
export function batchBytes(uploads: number): number {
  const bytes = Math.min(BATCH_BYTES_MAX, BATCHES_BYTES_MAX / uploads);
  return Math.max(1, Math.floor(bytes / SLAB_BYTES)) * SLAB_BYTES;
}

export class Slabs {
  readonly #free: Uint8Array[] = [];

  take(): Uint8Array {
    // Растяжимый буфер V8 размещает страницами; обычный начинается с произвольного адреса, и прямая запись его не примет.
    return this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(SLAB_BYTES, { maxByteLength: SLAB_BYTES }));
  }

  /** Возвращает плиты; ни диск, ни счёт суммы их больше не читают. */
  give(slabs: readonly Uint8Array[]): void {
    for (const slab of slabs) if (this.#free.length < FREE_SLABS_MAX) this.#free.push(slab);
  }
}
