// Отказ стенда, понятный человеку: одна фраза, без следа вызовов.

export class StandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StandError';
  }
}

/** Код ошибки системы (ENOENT и подобные); пустая строка, если его нет. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
