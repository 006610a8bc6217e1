// Ошибка «токен предъявлен, но не годится» (RFC 6750, 3.1). Почему именно — остаётся в журнале.
import { ArtError } from '@artstore/contracts';

export function invalidToken(cause: unknown): ArtError {
  return new ArtError('UNAUTHORIZED', {
    cause,
    headers: { 'www-authenticate': 'Bearer realm="artstore", error="invalid_token"' },
  });
}
