// Какая служба не ответила и по какому адресу: ошибка сети сама этого не знает. Чистый файл.

import { ArtError } from '@artstore/contracts';
import { messagesFor } from './messages.ts';
import type { Messages } from './messages.ts';

export interface Service {
  readonly kind: 'admin' | 'ingester' | 'query';
  readonly url: string;
  /** За токеном ходят сюда, к какой бы службе ни шла команда. */
  readonly adminUrl: string;
}

/** Ошибка сети, дополненная именем и адресом службы; всякая другая — как есть. */
export function nameService(error: unknown, service: Service): unknown {
  if (!(error instanceof ArtError) || error.options.explain !== undefined) return error;
  const reason = networkReason(error.options.cause);
  if (reason === undefined || (error.code !== 'NOT_READY' && error.code !== 'ADMIN_UNAVAILABLE')) return error;
  const isAdmin = error.code === 'ADMIN_UNAVAILABLE';
  const url = isAdmin ? service.adminUrl : service.url;
  const words = (text: Messages): string => {
    const { name } = text.services[isAdmin ? 'admin' : service.kind];
    return reason === 'ECONNREFUSED' ? text.refused(name, url) : text.unreachable(name, url, reason);
  };
  return new ArtError(error.code, {
    ...error.options,
    explain: { ru: words(messagesFor('ru')), en: words(messagesFor('en')) },
  });
}

/** Почему команда повторяет, без совета повторить: она это уже делает. @param spoken слова самой ошибки */
export function whyRetry(text: Messages, error: unknown, service: Service, spoken: string): string {
  if (!(error instanceof ArtError)) return spoken;
  const { name, notReady } = text.services[error.code === 'ADMIN_UNAVAILABLE' ? 'admin' : service.kind];
  if (error.code === 'ADMIN_UNAVAILABLE') return text.silent(name);
  if (error.code === 'NOT_READY') return error.options.cause === undefined ? notReady : text.silent(name);
  if (error.code === 'RATE_LIMITED') return text.busyServer;
  return spoken.replace(/\.$/, '');
}

/** Почему не дозвонились: код системы (ECONNREFUSED, ENOTFOUND…) из глубины причин. */
function networkReason(cause: unknown): string | undefined {
  for (let at: unknown = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(at.code)) return at.code;
  }
  return undefined;
}
