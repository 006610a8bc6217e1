// Идентификатор запроса: чужой, если он похож на идентификатор, иначе свой.
import { randomUUID } from 'node:crypto';

/** Только знаки, безопасные в журнале и в заголовке; длина — как в контракте. */
const SANE = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

export function pickRequestId(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
