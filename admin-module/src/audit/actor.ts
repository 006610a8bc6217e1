// Кто действует: человек, служба или сам модуль. Так это слово знают глаголы и журнал.
import type { Principal } from '@artstore/contracts';

export interface Actor {
  readonly kind: 'user' | 'service' | 'system' | 'anonymous';
  readonly subject: string | null;
  readonly remoteAddress: string | null;
  readonly requestId: string | null;
}

export interface RequestOrigin {
  readonly remoteAddress: string;
  readonly requestId: string;
}

/** Сам модуль: расписания, первый запуск, синхронизация. */
export const SYSTEM: Actor = { kind: 'system', subject: null, remoteAddress: null, requestId: null };

/** Действующее лицо запроса, прошедшего проверку токена. */
export function actorOf({ principal, remoteAddress, requestId }: RequestOrigin & { principal: Principal }): Actor {
  return { kind: principal.kind, subject: principal.subject, remoteAddress, requestId };
}

/** Тот, кто ещё не представился: вход и выдача токена. */
export function anonymous({ remoteAddress, requestId }: RequestOrigin, name: string | null = null): Actor {
  return { kind: 'anonymous', subject: name, remoteAddress, requestId };
}
