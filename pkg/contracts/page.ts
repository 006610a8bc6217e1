// Страница списка: единая форма для всей системы (требования, 2.9).

export const PAGE_LIMIT_DEFAULT = 100;
export const PAGE_LIMIT_MAX = 1000;

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly has_more: boolean;
}

/** Собирает страницу; has_more выводится из total. */
export function page<T>(items: readonly T[], total: number, limit: number, offset: number): Page<T> {
  return { items, total, limit, offset, has_more: offset + items.length < total };
}
