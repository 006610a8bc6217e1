// Сколько дней действует секрет, если не сказано иначе (требования, 2.7).
export const SECRET_TTL_DAYS_DEFAULT = 90;
