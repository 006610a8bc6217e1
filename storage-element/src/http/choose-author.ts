// Кто записывается отправителем файла. Чистое правило.
import { ArtError, type Principal } from '@artstore/contracts';

const UNPRINTABLE = /\p{Cc}/u;

/**
 * Назвать другого отправителя вправе лишь тот, кому доверено управлять хранилищем (Ingester);
 * остальным пишется `sub` их собственного токена.
 */
export function chooseAuthor(principal: Principal, claimed: string | undefined): string {
  if (claimed !== undefined && (UNPRINTABLE.test(claimed) || !claimed.isWellFormed())) {
    throw new ArtError('VALIDATION_ERROR', {
      details: [
        {
          field: 'header.artstore-metadata.uploaded_by',
          message: 'must not contain control characters',
          ru: 'без управляющих знаков',
        },
      ],
    });
  }
  const trusted = principal.kind === 'service' && principal.scopes.has('storage:write');
  return trusted && claimed !== undefined ? claimed : principal.subject;
}
