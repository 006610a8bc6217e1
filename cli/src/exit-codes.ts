// Коды выхода команды: по ним сценарий отличает «войдите заново» от «повторите позже». Таблица описана в README. Чистый файл.

import { ArtError } from '@artstore/contracts';
import type { ErrorCode } from '@artstore/contracts';

export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  authentication: 3,
  notFound: 4,
  refused: 5,
  unavailable: 6,
  integrity: 7,
  local: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Readonly<Record<ErrorCode, ExitCode>> = {
  VALIDATION_ERROR: EXIT.refused,
  UNAUTHORIZED: EXIT.authentication,
  INVALID_CREDENTIALS: EXIT.authentication,
  SECRET_EXPIRED: EXIT.authentication,
  INVALID_REFRESH_TOKEN: EXIT.authentication,
  FORBIDDEN: EXIT.authentication,
  NOT_FOUND: EXIT.notFound,
  FILE_NOT_FOUND: EXIT.notFound,
  CONFLICT: EXIT.refused,
  MODE_NOT_ALLOWED: EXIT.refused,
  INVALID_TRANSITION: EXIT.refused,
  CONFIRMATION_REQUIRED: EXIT.refused,
  RECONCILE_IN_PROGRESS: EXIT.refused,
  SYNC_IN_PROGRESS: EXIT.refused,
  NOT_LOCKED: EXIT.refused,
  FILE_EXPIRED: EXIT.notFound,
  FILE_TOO_LARGE: EXIT.refused,
  INVALID_RANGE: EXIT.refused,
  CHECKSUM_MISMATCH: EXIT.integrity,
  LENGTH_MISMATCH: EXIT.integrity,
  ACCOUNT_LOCKED: EXIT.authentication,
  RATE_LIMITED: EXIT.unavailable,
  INTERNAL_ERROR: EXIT.unavailable,
  ADMIN_UNAVAILABLE: EXIT.unavailable,
  SE_UNAVAILABLE: EXIT.unavailable,
  SE_UPLOAD_FAILED: EXIT.unavailable,
  NO_STORAGE_AVAILABLE: EXIT.unavailable,
  NOT_READY: EXIT.unavailable,
  STORAGE_FULL: EXIT.refused,
};

/** Отказ самой команды, а не сервера: неверный вызов, нет профиля, беда с местным файлом. */
export class CliError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.code = code;
    this.exitCode = exitCode;
  }
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof ArtError ? BY_CODE[error.code] : EXIT.unexpected;
}

/** Стоит ли повторить то же самое чуть позже. */
export function isTemporary(error: unknown): boolean {
  return error instanceof ArtError && BY_CODE[error.code] === EXIT.unavailable;
}
