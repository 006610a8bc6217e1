// Кто виноват в отказе базы: сама запись или база.

/** SQLSTATE классов 22 (данные) и 23 (целостность): виновата запись. */
export function isDataFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}
