// Кто записывается отправителем файла (решение 19). Чистое правило.
import type { Principal } from '@artstore/contracts';

/**
 * Назвать другого отправителя вправе лишь тот, кому доверено управлять хранилищем (Ingester);
 * остальным пишется `sub` их собственного токена.
 */
export function chooseAuthor(principal: Principal, claimed: string | undefined): string {
  const trusted = principal.kind === 'service' && principal.scopes.has('storage:write');
  return trusted && claimed !== undefined ? claimed : principal.subject;
}
