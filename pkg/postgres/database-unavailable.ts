// Отличает «база недоступна» от ошибок запроса: первое клиент видит как 503 NOT_READY, причина остаётся в cause.
import { ArtError, isArtError } from '@artstore/contracts';

const RETRY_AFTER_SECONDS = 2;

/** Коды системы и SQLSTATE (приложение A руководства PostgreSQL), при которых повтор позже имеет смысл. */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // сокет unix исчез вместе с сервером
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  '25006', // запись на реплике: идёт переключение
  '28000',
  '28P01',
  '3D000',
  '53300', // все соединения сервера заняты
  '57P01',
  '57P02',
  '57P03',
]);

/** Ошибки самого pg не имеют кода; узнать их можно только по тексту. */
const UNAVAILABLE_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Query read timeout',
];

/** Недоступна ли база: соединения нет, оно оборвано или сервер не принимает. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (isArtError(error)) return error.code === 'NOT_READY';
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.length === 5 && code.startsWith('08')) return true;
  return UNAVAILABLE_CODES.has(code) || UNAVAILABLE_MESSAGES.some((text) => error.message.startsWith(text));
}

/** Недоступность базы становится NOT_READY; прочие ошибки остаются собой. */
export function nameDatabaseError(error: unknown): unknown {
  if (isArtError(error) || !isDatabaseUnavailable(error)) return error;
  return new ArtError('NOT_READY', { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
