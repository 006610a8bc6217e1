// Заголовок ответов, в которых есть секреты: им нельзя оседать в кэшах (RFC 9111, 5.2.2.5).
export const NO_STORE = { 'cache-control': 'no-store' } as const;
