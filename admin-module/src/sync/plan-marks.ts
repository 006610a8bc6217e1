// Бюджет потерь: сколько живых строк элемента один проход вправе пометить сам. Чистый файл.

const LOSSES_ALWAYS_ALLOWED = 10;
const LOSSES_SHARE = 0.01;
const ROWS_MAX = 1_000_000_000;
const PAGES_SPARE = 1000;

/** Больше и десяти, и процента — похоже не на удаление, а на беду с диском или сетью. */
export function lossBudget(rows: number): number {
  return Math.max(LOSSES_ALWAYS_ALLOWED, Math.floor(rows * LOSSES_SHARE));
}

export interface Losses {
  readonly live: number;
  readonly budget: number;
  readonly confirmed: boolean;
}

/** Остановить ли пометки до подтверждения человеком. */
export function exceedsBudget({ live, budget, confirmed }: Losses): boolean {
  return !confirmed && live > budget;
}

/** Пройденное число записей не сходится с обещанным, даже если все перемены за проход были загрузками. */
export function isListingShort(o: { seen: number; total: number; changesDuring: number }): boolean {
  return o.seen + o.changesDuring < o.total;
}

/** Больше страниц исправный перечень не даёт, сколько бы файлов ни прибавилось за проход. */
export function pagesAllowed(total: number, pageLimit: number): number {
  return Math.ceil((2 * Math.min(total, ROWS_MAX)) / pageLimit) + PAGES_SPARE;
}
